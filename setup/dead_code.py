"""Dead code, as part of `make check`: functions, classes and methods that nobody mentions.

Variables and arguments are ruff's business. What a framework calls by name is listed in
pyproject.toml, [tool.vulture].
"""

import sys
import tomllib

from vulture import Vulture

from setup.install import ROOT

KINDS = {"function", "method", "class", "property", "import", "unreachable_code"}


def main() -> int:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["vulture"]
    vulture = Vulture(
        ignore_names=settings["ignore_names"], ignore_decorators=settings["ignore_decorators"]
    )
    vulture.scavenge([str(ROOT / path) for path in settings["paths"]], settings["exclude"])
    dead = [item for item in vulture.get_unused_code() if item.typ in KINDS]
    for item in dead:
        print(
            f"{item.filename.relative_to(ROOT)}:{item.first_lineno} unused {item.typ} {item.name}"
        )
    looked_at = len(vulture.defined_funcs) + len(vulture.defined_methods)
    print(f"{len(dead)} dead of {looked_at} functions.")
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
