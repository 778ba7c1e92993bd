"""The browser of the tests: Chromium's headless shell, else a Chromium with windows.

    python -m setup.browser            prints its path, exit 1 when there is none
    python -m setup.browser --install  installs the shell first, or where that fails any

Looked for in this order: the CHROMIUM setting, `chromium-headless-shell`, `chromium`,
`google-chrome`, Playwright's own. The shell is the same engine without windows and profiles, and
Playwright's own choice: a test of a page asks the processor for a third less (measured).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SHELL = "chromium-headless-shell"
WINDOWED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = (SHELL, "fonts-liberation")  # Debian's names


def find(names: Sequence[str] = (SHELL, *WINDOWED)) -> str | None:
    """The path of a Chromium, the first of `names` that is there, or None.

    Raises FileNotFoundError when CHROMIUM names nothing.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if not shutil.which(named):
            raise FileNotFoundError(f"CHROMIUM names {named}, which is no program.")
        return shutil.which(named)
    return next((path for name in names if (path := shutil.which(name))), None) or _playwrights()


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only here, it is slow to load

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Debian's package as root, else (or where that fails and there is none) Playwright's build."""
    if os.geteuid() == 0 and shutil.which("apt-get") and _runs(*_debian()):
        return
    if find() is None:
        _runs([sys.executable, "-m", "playwright", "install", "chromium"])


def _debian() -> tuple[list[str], ...]:
    add = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
    return ["apt-get", "update", "-q"], [*add, *PACKAGES]


def _runs(*commands: list[str]) -> bool:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return all(
        subprocess.run(command, env=quiet, stdout=sys.stderr, check=False).returncode == 0
        for command in commands
    )


def _is_wanting(path: str | None) -> bool:
    """Whether there is none, or only one with windows that nobody asked for."""
    return path is None or not (os.environ.get("CHROMIUM") or path.endswith(SHELL))


def main(arguments: list[str]) -> int:
    path = find()
    if "--install" in arguments and _is_wanting(path):
        print("Installing a Chromium for the browser tests.", file=sys.stderr)
        install()
        path = find()
    if path is None:
        print("There is no Chromium here. Install one, or name it: CHROMIUM=...", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
