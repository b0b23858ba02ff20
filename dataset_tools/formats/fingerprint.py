"""What an issue is known by from one run to the next."""

import hashlib
from collections import Counter
from pathlib import PurePosixPath

from dataset_tools.run_report import RunReport
from dataset_tools.text import printable


def fingerprints(report: RunReport) -> list[str]:
    """32 hexadecimal digits for each issue of the report, in its order; no two are the same.

    They are the SHA-256 of the rule, the path, and a number that tells several issues of one rule in one file apart.
    So they stay what they are when lines move or a message changes. Of a path outside the current folder only the part
    below the root of the corpus counts, else the name: the rest differs from machine to machine.
    """
    roots = [PurePosixPath(decision.root) for decision in report.ids]
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for one in report.issues:
        place = _place(printable(one.path or "."), roots)
        number = seen[one.code, place]
        seen[one.code, place] += 1
        found.append(hashlib.sha256(f"{one.code}\0{place}\0{number}".encode()).hexdigest()[:32])
    return found


def _place(path: str, roots: list[PurePosixPath]) -> str:
    if not path.startswith("/"):
        return path
    absolute = PurePosixPath(path)
    root = next((root for root in roots if absolute.is_relative_to(root)), absolute.parent)
    return str(absolute.relative_to(root))
