"""What a build costs on each engine: this machine alone, Daft in one process, and Daft on a Ray cluster of two nodes.

    python -m benchmarks.cluster CORPUS [RUNS]

needs the extra `cluster`. The cluster has one core on each node and is started before the clock; its processor seconds
are those that all its processes use during the build, beside those of the build itself. Times and memory are looked at
four times a second; memory is the highest sum of the proportional set sizes of all these processes.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

NODES = """
import os, sys
os.environ |= {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_USAGE_STATS_ENABLED": "0"}
from ray.cluster_utils import Cluster
node = {"num_cpus": 1, "object_store_memory": 256 << 20, "node_ip_address": "127.0.0.1"}
cluster = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
cluster.add_node(**node)
print(cluster.address, flush=True)
sys.stdin.read()
cluster.shutdown()
"""
TICKS = os.sysconf("SC_CLK_TCK")


def descendants(process: int) -> list[int]:
    """A process and all that descend from it."""
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        children = [int(one) for task in tasks for one in (task / "children").read_text().split()]
    except OSError:
        return []
    return [process, *(one for child in children for one in descendants(child))]


def seconds(process: int) -> dict[int, float]:
    """Processor seconds of a process and of each that descends from it now."""
    found = {}
    for one in descendants(process):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        found[one] = (int(fields[11]) + int(fields[12])) / TICKS
    return found


def memory(process: int) -> int:
    """Bytes that a process and all that descend from it hold; what several share is counted once."""
    total = 0
    for one in descendants(process):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
    return total


def measured(arguments: list[str], cluster: int | None) -> dict[str, float]:
    """Run a build and look at it."""
    before = sum(seconds(cluster).values()) if cluster else 0.0
    spent: dict[int, float] = {}
    start = time.perf_counter()
    build = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "dataset_tools", "build", *arguments])
    peak = [0]

    def look() -> None:
        while build.poll() is None:
            for process in (build.pid, *([cluster] if cluster else [])):
                spent.update(seconds(process))
            peak[0] = max(peak[0], memory(build.pid) + (memory(cluster) if cluster else 0))
            time.sleep(0.25)

    watch = threading.Thread(target=look)
    watch.start()
    watch.join()
    wall = time.perf_counter() - start
    assert build.returncode == 0, arguments
    return {
        "cpu": sum(spent.values()) - before,
        "wall": wall,
        "peak": peak[0] / 1e6,
    }


def digest(folder: Path) -> str:
    """Of all files of a dataset."""
    found = hashlib.sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        found.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return found.hexdigest()


def main(corpus: str, runs: int = 1) -> None:
    """Print a line of JSON for each engine and run."""
    for run in range(runs):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            nodes = subprocess.Popen([sys.executable, "-c", NODES], stdin=-1, stdout=-1, stderr=-3, text=True)
            address = nodes.stdout.readline().strip()
            common = [corpus, "--no-cache", "--no-progress", "-q", "--on-invalid", "quarantine", "--output-file"]
            kinds = {
                "local, one process": (["--jobs", "1"], None),
                "local, two workers": (["--jobs", "2"], None),
                "daft": (["--engine", "daft", "--work-dir", f"{folder}/native"], None),
                "daft on two nodes": (
                    ["--engine", "daft", "--address", f"ray://{address}", "--work-dir", f"{folder}/ray"],
                    nodes.pid,
                ),
            }
            same = set()
            try:
                for kind, (arguments, cluster) in kinds.items():
                    out = folder / kind.replace(" ", "-")
                    found = measured([*common, f"{folder}/report", "--out", str(out), *arguments], cluster)
                    same.add(digest(out))
                    print(
                        json.dumps({"run": run, "engine": kind, **{n: round(v, 1) for n, v in found.items()}}),
                        flush=True,
                    )
            finally:
                nodes.stdin.close()
                nodes.wait(30)
            print(json.dumps({"run": run, "the same bytes": len(same) == 1}))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
