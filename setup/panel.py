"""The panel's own checks, as part of `make check`: what its package.json calls `check`."""

import json
import sys

from setup import panel_types
from setup.install import PANEL, CannotInstallError, npm


def main() -> int:
    manifest = PANEL / "package.json"
    if not manifest.exists() or "check" not in json.loads(manifest.read_text())["scripts"]:
        print("The panel has no checks of its own.")
        return 0
    panel_types.main()
    try:
        npm(PANEL, "run", "--silent", "check")
    except CannotInstallError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
