"""Known vulnerabilities in what we ship: Python's by pip-audit, the panel's by npm.

Where a service that knows cannot be reached, that is said and is no failure: CI must not depend
on it. A vulnerability that was found fails the command.
"""

import json
import subprocess
import sys
from typing import Any

from setup.install import BIN, PANEL, REQUIREMENTS, machines_node


def main() -> int:
    failed = [part for part in (python_fails, panel_fails) if part()]
    return 1 if failed else 0


def python_fails() -> bool:
    command = [
        BIN / "pip-audit", "--requirement", REQUIREMENTS / "app.txt", "--require-hashes",
        "--disable-pip", "--format", "json", "--progress-spinner", "off",
    ]  # fmt: skip
    told = parsed(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    packages = told.get("dependencies", [])
    checked = [package for package in packages if "skip_reason" not in package]
    if not checked:
        print("Python: no answer from the service that knows vulnerabilities; nothing was checked.")
        return False
    holes = [(p["name"], v["id"]) for p in checked for v in p["vulns"]]
    return report("Python", f"{len(checked)} of {len(packages)} packages checked", holes)


def panel_fails() -> bool:
    if not (PANEL / "package-lock.json").exists():
        return False
    npm = str((machines_node() or BIN) / "npm")
    command = [npm, "audit", "--omit=dev", "--json"]
    told = parsed(
        subprocess.run(command, cwd=PANEL, capture_output=True, text=True, check=False).stdout
    )
    if "vulnerabilities" not in told:
        print("Panel: no answer from the service that knows vulnerabilities; nothing was checked.")
        return False
    holes = [(name, found["severity"]) for name, found in told["vulnerabilities"].items()]
    return report("Panel", f"{told['metadata']['dependencies']['prod']} packages checked", holes)


def report(part: str, extent: str, holes: list[tuple[str, str]]) -> bool:
    print(f"{part}: {extent}, {len(holes)} known vulnerabilities.")
    for name, hole in holes:
        print(f"  {name}: {hole}")
    return bool(holes)


def parsed(text: str) -> dict[str, Any]:
    try:
        return dict(json.loads(text))
    except ValueError:
        return {}


if __name__ == "__main__":
    sys.exit(main())
