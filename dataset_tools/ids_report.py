"""What `ids` shows: which recipes explain which files, and which files do not fit."""

from dataclasses import asdict, dataclass
from typing import Any

from dataset_tools.run_report import IdDecision


@dataclass(frozen=True, slots=True, kw_only=True)
class Explains:
    """A recipe, how many files it explains, whether ids are held to it, and the paths of those that it does not."""

    recipe: str
    files: int
    in_use: bool
    not_explained: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A file whose name is not what it should be: the id that it has and should have, and the name with that id.

    `right_id` is None for a file without a text, or where no recipe is known; `name` where the name has no id that
    could be replaced.
    """

    path: str
    message: str
    id: str | None
    right_id: str | None
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A file and what it would be called: ids, each with the recipes that give it, that in its name first."""

    path: str
    id: str | None
    ids: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderIds:
    """What was found below one root.

    `decision` is about the files that were asked for; it was taken from the settings, a manifest, or the whole root.
    `table` has every recipe that explains a file, the one that explains most first; it is empty where one recipe was
    asked about. `pin` is the line for the settings, None if it stands there or nothing is decided.
    """

    decision: IdDecision
    table: tuple[Explains, ...]
    misfits: tuple[Misfit, ...]
    named: tuple[Named, ...]
    pin: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdsReport:
    """What `ids` has found; `asked` is the recipe that the files were held to, None if they were only looked at."""

    checked: int
    ignored: int
    asked: str | None
    folders: tuple[FolderIds, ...]

    @property
    def misfits(self) -> int:
        """How many files do not fit."""
        return sum(len(one.misfits) for one in self.folders)

    @property
    def exit_code(self) -> int:
        """1 if files do not fit a recipe that was asked about."""
        return int(self.asked is not None and self.misfits > 0)

    def values(self) -> dict[str, Any]:
        """The report as JSON has it."""
        return {"asked": self.asked, "folders": [asdict(one) for one in self.folders]}
