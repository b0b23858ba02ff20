"""Publishing: a dataset is verified, uploaded to where others get it, and read back there.

    verify -> what is there -> plan -> upload data -> read back -> card, checksums -> manifest

`plan` decides what to send from two manifests and a listing, `store` speaks to folders and object stores,
`hugging_face` to the Hub.
"""

from pathlib import Path

from dataset_tools import verification
from dataset_tools.model import Progress, Silent
from dataset_tools.publishing.hugging_face import hub_of
from dataset_tools.publishing.plan import Outgoing, Target, plan
from dataset_tools.publishing.store import store_of
from dataset_tools.push_report import PushReport, Sent

__all__ = ["push"]


def push(
    dist: str | Path,
    target: str | Path,
    *,
    dry_run: bool = False,
    private: bool = False,
    revision: str | None = None,
    progress: Progress | None = None,
) -> PushReport:
    """Publish a built dataset, after verifying it; what is there already and equal is not sent again.

    Args:
        dist: the folder of the dataset.
        target: `hf://datasets/OWNER/NAME`, the URL of a folder in an object store, or a folder. Tokens and keys come
            from the environment.
        dry_run: say what would be done; change nothing.
        private: create the repository of the Hub as a private one.
        revision: the branch of the Hub, which is created if there is none.
        progress: is told how far the run is.

    Returns:
        A report: `uploaded`, `unchanged`, `removed`, `foreign`, `differing`, `verified`, `exit_code`, `ok`.

    Raises:
        UserError: if the target cannot be used, or holds what is not a dataset of ours.
    """
    dist, target = Path(dist), str(target)
    progress = progress or Silent()
    place: Target | None = hub_of(target, private=private, revision=revision)
    if place is None:
        place = store_of(target, dist)
    verified = verification.verify(dist, progress=progress)
    if not verified.ok:
        return PushReport(target=place.shown, dry_run=dry_run, verified=verified)
    outgoing = Outgoing.read(dist)
    wanted = plan(outgoing, place)
    differing: tuple[str, ...] = ()
    commit = None
    if not dry_run and (wanted.changes or place.missing):
        differing, commit = place.send(outgoing, wanted, progress)
    return PushReport(
        target=place.shown,
        dry_run=dry_run,
        verified=verified,
        uploaded=tuple(Sent(path, outgoing.files[path].size) for path in wanted.upload),
        unchanged=wanted.unchanged,
        removed=wanted.remove,
        foreign=wanted.foreign,
        differing=differing,
        commit=commit,
    )
