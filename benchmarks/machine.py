"""What a measurement ran on."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]


def machine() -> str:
    """The processor, the cores that may be used, the memory, the system, and how busy it was before."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    return f"{processor}, {cores} cores, {memory:.0f} GB, {platform.platform()}; load before the first run {load:.2f}"


def commit() -> str:
    """The commit of this checkout, and whether it was changed since."""
    return _output(["git", "describe", "--always", "--dirty"]) or "not known"


def versions(python: Path, libraries: Iterable[str]) -> dict[str, str]:
    """The versions of an interpreter and of libraries in its environment."""
    code = (
        "import json, platform, sys; from importlib.metadata import version; "
        "print(json.dumps({'Python': platform.python_version(), **{name: version(name) for name in sys.argv[1:]}}))"
    )
    found: dict[str, str] = json.loads(_output([str(python), "-c", code, *libraries]))
    return found


def _output(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False).stdout.strip()
