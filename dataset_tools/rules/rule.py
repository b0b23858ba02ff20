"""What a rule is."""

from dataclasses import dataclass
from typing import Literal

from dataset_tools.model import Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True, slots=True)
class Mending:
    """What `validate --fix` does about the findings of a rule, as a sentence without its subject.

    `unseen` says which ids do not see it: those of all parts of a text but the bytes of the file (`text`), those of a
    text in NFC (`nfc`), or folded (`folded`); None for what changes words or names, and is never safe.
    """

    does: str
    unseen: Literal["text", "nfc", "folded"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of finding: `what` is found, `why` it matters, and the `fix` that a message ends with.

    `bad` and `good` are examples, of few words: what is found, and what stands there when it is right. Where `always`,
    the rule cannot be ignored: without it there would be nothing to write, or nothing to rely on. Where not `default`,
    it is in force only when it is selected, since it is right too seldom or belongs to some corpora only.
    `mending` is None where a person has to mend it.
    """

    code: str
    name: str
    severity: Severity
    what: str
    why: str
    fix: str
    bad: str = ""
    good: str = ""
    always: bool = False
    default: bool = True
    mending: Mending | None = None
