"""The browser of the tests: the one that is there, else one we install.

    python -m setup.browser            prints its path, exit 1 when there is none
    python -m setup.browser --install  installs one first when there is none

Looked for in this order: the CHROMIUM setting, `chromium`, `google-chrome`, Playwright's own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE = ("chromium", "fonts-liberation")  # Debian's names


def find() -> str | None:
    """The path of a Chromium, or None. Raises FileNotFoundError when CHROMIUM names nothing."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not shutil.which(named):
            raise FileNotFoundError(f"CHROMIUM names {named}, which is no program.")
        return shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None) or _playwrights()


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only here, it is slow to load

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Debian's package as root, else (or where that fails) the build that Playwright fetches."""
    if os.geteuid() == 0 and shutil.which("apt-get") and _runs(*_debian()):
        return
    _runs([sys.executable, "-m", "playwright", "install", "chromium"])


def _debian() -> tuple[list[str], ...]:
    add = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
    return ["apt-get", "update", "-q"], [*add, *PACKAGE]


def _runs(*commands: list[str]) -> bool:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return all(
        subprocess.run(command, env=quiet, stdout=sys.stderr, check=False).returncode == 0
        for command in commands
    )


def main(arguments: list[str]) -> int:
    path = find()
    if path is None and "--install" in arguments:
        print("No Chromium found: installing one for the browser tests.", file=sys.stderr)
        install()
        path = find()
    if path is None:
        print("There is no Chromium here. Install one, or name it: CHROMIUM=...", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
