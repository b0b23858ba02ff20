"""Whatever bytes of a dataset are changed, `verify` ends with a report, and misses no change that a checksum covers."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

import dataset_tools
from dataset_tools.run_report import RunReport
from tests.formats.reports import hostile
from tests.test_any_input import assert_all_formats
from tests.verification.damage import CARD, MANIFEST, REMOVED, SUMS, TRAIN, VALIDATION, checksums_right, manifest_right

FILES = [CARD, MANIFEST, SUMS, TRAIN, VALIDATION, REMOVED, "audit/issues.parquet", "audit/pairs.parquet"]
ALLOWED = {"suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow], "deadline": None}

Change = tuple[str, float, bytes]
"""A kind, a place as a share of the file, and some bytes."""

kinds = st.sampled_from(["flip", "cut", "insert", "overwrite"])
changes = st.tuples(kinds, st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8))


def changed(data: bytes, change: Change) -> bytes:
    kind, share, some = change
    at = int(share * len(data))
    if kind == "flip":
        return data[:at] + bytes([data[at] ^ (some[0] or 1)]) + data[at + 1 :]
    if kind == "cut":
        return data[:at]
    return data[:at] + some + data[at + (len(some) if kind == "overwrite" else 0) :]


@contextmanager
def copy_of(small: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(shutil.copytree(small, Path(folder) / "dist"))


def verified(dist: Path) -> RunReport:
    report = dataset_tools.verify(dist)
    for one in report.issues:
        event(one.code)
    assert report.exit_code == int(report.errors > 0)
    assert_all_formats(report)
    return report


@settings(max_examples=50, **ALLOWED)
@given(path=st.sampled_from(FILES), change=changes)
def test_no_change_of_a_byte_is_missed(small: Path, path: str, change: Change) -> None:
    with copy_of(small) as dist:
        data = (dist / path).read_bytes()
        new = changed(data, change)
        (dist / path).write_bytes(new)
        assert verified(dist).ok == (new == data)


@settings(max_examples=50, **ALLOWED)
@given(path=st.sampled_from([CARD, TRAIN, VALIDATION, REMOVED]), changes=st.lists(changes, min_size=1, max_size=3))
def test_a_change_whose_checksums_were_made_right_again_ends_with_a_report(
    small: Path, path: str, changes: list[Change]
) -> None:
    with copy_of(small) as dist:
        for change in changes:
            (dist / path).write_bytes(changed((dist / path).read_bytes() or b"\0", change))
        checksums_right(dist)
        verified(dist)


deep: Any = []
for _ in range(500):
    deep = [deep]
values = (
    st.none()
    | st.booleans()
    | st.sampled_from([-1, 0, 1, 2**63, 10**40, 1.5, float("nan"), float("inf"), "", "a", [], {}, deep, "x" * 10**5])
    | hostile
    | hostile.map(lambda text: {text: text})
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in inner:
        yield from places(entry, (*path, key))


def with_value(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = with_value(value[path[0]], path[1:], new)
    return copied


@settings(max_examples=50, **ALLOWED)
@given(st.data())
def test_a_manifest_with_any_value_anywhere_ends_with_a_report(small: Path, data: st.DataObject) -> None:
    with copy_of(small) as dist:
        old = json.loads((dist / MANIFEST).read_text("utf-8"))
        path = data.draw(st.sampled_from(list(places(old))))
        text = json.dumps(with_value(old, path, data.draw(values)))
        (dist / MANIFEST).write_text(text, "utf-8")
        manifest_right(dist)
        verified(dist)


def in_card(change: Callable[[str], str]) -> Callable[[Path], None]:
    def run(dist: Path) -> None:
        (dist / CARD).write_bytes(change((dist / CARD).read_text("utf-8")).encode("utf-8", "surrogatepass"))
        checksums_right(dist)

    return run


@settings(max_examples=30, **ALLOWED)
@given(
    lines=st.lists(
        hostile | st.sampled_from(["dataset_info:", "- ", "configs: !!python/object:os.system", "a: &a [*a]"])
    )
)
@example(["a: " + "[" * 10_000])
@example(["a: &a [x,x,x,x,x,x]", "b: &b [*a,*a,*a,*a]", "c: &c [*b,*b,*b,*b]"])
@example(["x" * 10**6])
def test_any_yaml_in_the_card_ends_with_a_report(small: Path, lines: list[str]) -> None:
    with copy_of(small) as dist:
        in_card(lambda text: "---\n" + "\n".join(lines) + "\n" + text.removeprefix("---\n"))(dist)
        verified(dist)
