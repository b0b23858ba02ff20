"""What a rule is."""

from dataclasses import dataclass

from dataset_tools.model import Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of finding: `what` is found, `why` it matters, and the `fix` that a message ends with.

    Where `always`, it cannot be ignored: without it there would be nothing to write, or nothing to rely on.
    """

    code: str
    name: str
    severity: Severity
    what: str
    why: str
    fix: str
    always: bool = False
