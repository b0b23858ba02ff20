"""What `push` has found and done."""

from dataclasses import asdict, dataclass
from typing import Any

from dataset_tools.run_report import RunReport


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that has to be uploaded: its path in the dataset and its size in bytes."""

    path: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PushReport:
    """What a push has done, or would do if `dry_run`.

    `verified` is the report of the dataset before anything was sent; if that has errors, nothing else is filled in.
    `uploaded` are in the order of uploading, `unchanged` were there already, `removed` were named by the manifest that
    was there and are not any more, `foreign` are others' files, which are left alone. `differing` arrived with other
    bytes than were sent. `commit` is that of the Hub.
    """

    target: str
    dry_run: bool
    verified: RunReport
    uploaded: tuple[Sent, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    commit: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the dataset was whole, and arrived so."""
        return self.verified.ok and not self.differing

    @property
    def exit_code(self) -> int:
        """0, or 1 if the dataset has errors or arrived with other bytes."""
        return int(not self.ok)

    def values(self) -> dict[str, Any]:
        """The same as JSON has it, with the issues of the dataset in place of the report of `verify`."""
        values = {name: getattr(self, name) for name in ("target", "dry_run", "unchanged", "removed", "foreign")}
        issues = [{name: value for name, value in asdict(one).items() if name != "row"} for one in self.verified.issues]
        sent = [asdict(one) for one in self.uploaded]
        return {**values, "uploaded": sent, "differing": self.differing, "commit": self.commit, "issues": issues}
