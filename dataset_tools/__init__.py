"""Turn a folder of raw text files into a dataset that people can trust.

    import dataset_tools

    report = dataset_tools.validate("raw")
    report = dataset_tools.build("raw", "dist")
    report = dataset_tools.verify("dist")
    dataset = dataset_tools.load("dist", split="train")

The functions are imported when they are first used, so that `import dataset_tools` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from dataset_tools.api import build, dedup, diff, validate
    from dataset_tools.dedup_report import DedupReport
    from dataset_tools.diff_report import DiffReport
    from dataset_tools.loading import load
    from dataset_tools.model import Issue, UserError
    from dataset_tools.publishing import push
    from dataset_tools.push_report import PushReport
    from dataset_tools.run_report import RunReport
    from dataset_tools.verification import verify

_HOMES = {
    "build": "api",
    "dedup": "api",
    "diff": "api",
    "push": "publishing",
    "validate": "api",
    "verify": "verification",
    "load": "loading",
    "DedupReport": "dedup_report",
    "DiffReport": "diff_report",
    "PushReport": "push_report",
    "Issue": "model",
    "RunReport": "run_report",
    "UserError": "model",
}

__all__ = [
    "DedupReport",
    "DiffReport",
    "Issue",
    "PushReport",
    "RunReport",
    "UserError",
    "__version__",
    "build",
    "dedup",
    "diff",
    "load",
    "push",
    "validate",
    "verify",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  the type of a lazily imported name is known to type checkers above
    """Import a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
