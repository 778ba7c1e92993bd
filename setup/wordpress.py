"""The WordPress of the tests: Debian's packages, and what it takes to run a site from them.

python -m setup.wordpress            says where everything is, exit 1 when something is missing
python -m setup.wordpress --install  installs it first, as root on a Debian
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("php-cli", "php-mysql", "php-xml", "mariadb-server", "wordpress")  # Debian's names
CORE = Path("/usr/share/wordpress")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a site is made of."""

    core: Path
    """WordPress itself, to be copied."""
    php: str
    mariadb: str
    """The database server's program."""
    install_db: str
    """The program that makes an empty database."""


def find() -> Parts | None:
    """Give the parts, or None when one of them is missing."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    names = ("php", "mariadbd", "mariadb-install-db")
    programs = [found for name in names if (found := shutil.which(name, path=path))]
    if len(programs) < len(names) or not (CORE / "wp-load.php").exists():
        return None
    return Parts(CORE, *programs)


def install() -> None:
    """Install Debian's packages; nothing where that is not ours to do."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    add = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES]
    for command in (["apt-get", "update", "-q"], add):
        subprocess.run(command, env=quiet, stdout=sys.stderr, check=False)


def main(arguments: list[str]) -> int:
    parts = find()
    if parts is None and "--install" in arguments:
        print("No WordPress found: installing one for the plugin's tests.", file=sys.stderr)
        install()
        parts = find()
    if parts is None:
        wanted = " ".join(PACKAGES)
        print(f"There is no WordPress here to try the plugin in. It takes: {wanted}.")
        return 1
    print(parts)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
