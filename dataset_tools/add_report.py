"""What `add` has found and done."""

from dataclasses import asdict, dataclass
from typing import Any

from dataset_tools.run_report import RunReport


@dataclass(frozen=True, slots=True)
class Addition:
    """A file that was given, and where its copy lies in the corpus, or would lie."""

    source: str
    path: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddReport:
    """What was found in incoming files, and what became of them: all are added, or none is.

    `recipe` is what new ids are the hash of, or external. The issues of `checked` name the files that were given.
    `additions` are those without anything against them, `refused` the others. `finished` are files that an earlier
    call, which was killed, had left to be put in place.
    """

    raw: str
    recipe: str
    checked: RunReport
    additions: tuple[Addition, ...]
    refused: tuple[str, ...]
    dry_run: bool
    finished: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing was refused."""
        return self.checked.ok

    @property
    def exit_code(self) -> int:
        """1 if a file is refused; then nothing was added."""
        return self.checked.exit_code

    def values(self) -> dict[str, Any]:
        """What JSON has beside the issues."""
        return {
            "raw": self.raw,
            "recipe": self.recipe,
            "added": self.ok and not self.dry_run,
            "dry_run": self.dry_run,
            "files": [asdict(one) for one in self.additions],
            "refused": list(self.refused),
            "finished": list(self.finished),
            **{name: value for name, value in self.checked.details().items() if name != "ids"},
        }
