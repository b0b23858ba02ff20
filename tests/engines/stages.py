"""Stages for the tests of engines, in a module that the machines of a cluster can import."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from dataset_tools.model import UserError


def doubled(table: pa.Table) -> pa.Table:
    return pa.table({"x": [2 * x for x in table["x"].to_pylist()], "n": [table.num_rows] * table.num_rows})


def as_it_is(table: pa.Table) -> pa.Table:
    return table


def cut_in_two(table: pa.Table) -> pa.Table:
    """Twice as many rows, each in the bucket of its number modulo 7."""
    rows = [one for x in table["x"].to_pylist() for one in (x, -x)]
    return pa.table({"b": [abs(x) % 7 for x in rows], "x": rows, "text": [f"chữ {x}" for x in rows]})


def whole(table: pa.Table) -> pa.Table:
    """One row for a group: its bucket, and all that is in it, in order."""
    (bucket,) = set(table["b"].to_pylist())
    return pa.table({"b": [bucket], "x": [",".join(map(str, table["x"].to_pylist()))], "rows": [table.num_rows]})


def refuses(table: pa.Table) -> pa.Table:
    if 3 in table["x"].to_pylist():
        raise UserError("sai", "sửa")
    return table


def breaks(table: pa.Table) -> pa.Table:
    if 3 in table["x"].to_pylist():
        raise ZeroDivisionError("hỏng")
    return table


def nothing(table: pa.Table) -> pa.Table:
    return table.slice(0, 0)


@dataclass(frozen=True)
class DiesOnce:
    """Kills the process that runs it, the first time that it meets the row 3."""

    memory: Path

    def __call__(self, table: pa.Table) -> pa.Table:
        if 3 in table["x"].to_pylist() and not self.memory.exists():
            self.memory.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return table


@dataclass(frozen=True)
class Waits:
    """Notes that it has begun, and takes its time."""

    memory: Path
    seconds: float

    def __call__(self, table: pa.Table) -> pa.Table:
        (self.memory / f"{os.getpid()}-{table['x'][0].as_py()}").touch()
        time.sleep(self.seconds)
        return cut_in_two(table)
