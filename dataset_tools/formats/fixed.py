"""`--diff`: what fixes would change, for people."""

from dataset_tools.formats.call import Call
from dataset_tools.formats.lines import fixed
from dataset_tools.formats.look import PLAIN, Look
from dataset_tools.formats.next_steps import next_steps
from dataset_tools.formats.summary import Summary, Whole, text
from dataset_tools.run_report import Fixes, RunReport

_KINDS = {"-": "old", "+": "new"}


def full(report: RunReport, look: Look = PLAIN, call: Call | None = None) -> str:
    """The differences of every file, then what would be done, and how to do it."""
    would, *others = _would(report)
    steps = next_steps(report, call or Call(command=report.command))
    lines = [look.paint(_KINDS.get(line[:1], "same"), line) for line in _differences(report)]
    return "".join(f"{line}\n" for line in lines) + text(Summary(said=[would, *map(Whole, others)], next=steps), look)


def concise(report: RunReport) -> str:
    """The same without what to run next, and however wide a line is."""
    return "".join(f"{line}\n" for line in [*_differences(report), *_would(report)])


def _differences(report: RunReport) -> list[str]:
    lines = [line for one in _fixes(report).files for line in one.diff]
    return [*lines, ""] if lines else []


def _would(report: RunReport) -> list[str]:
    return fixed(_fixes(report))


def _fixes(report: RunReport) -> Fixes:
    assert report.fixes is not None
    return report.fixes
