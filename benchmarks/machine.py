"""On what the figures were taken: processors, memory, system, versions, and how busy it was."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

PARTS = ("granian", "flask", "sqlalchemy", "psycopg", "rq", "python-liquid")


def facts() -> str:
    """Give one line a fact; no name and no path of the machine is among them."""
    one, five, _ = os.getloadavg()
    lines = (
        f"processors  {os.cpu_count()} x {_processor()}",
        f"memory      {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        f"system      {platform.system()} {platform.machine()}, Python {platform.python_version()}",
        f"parts       {', '.join(f'{name} {version(name)}' for name in PARTS)}",
        f"load        {one:.1f} in the last minute, {five:.1f} in the last five, at the start",
    )
    return "\n".join(lines)


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    if not told.exists():
        return platform.processor() or "unknown"
    names = [line for line in told.read_text().splitlines() if line.startswith("model name")]
    return names[0].partition(":")[2].strip() if names else platform.machine()
