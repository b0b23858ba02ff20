"""The Hugging Face Hub as a target: all arrives in one commit, so that readers see the old dataset or the new one."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dataset_tools.against.place import few_words
from dataset_tools.manifest import NAME, sha256_of
from dataset_tools.model import Progress, UserError
from dataset_tools.publishing.plan import Outgoing, Plan
from dataset_tools.text import printable, shortened

if TYPE_CHECKING:
    from huggingface_hub import DatasetInfo, HfApi

SCHEME = "hf://"
TOKEN = "HF_TOKEN"  # noqa: S105  the name of a variable
_OWN = ".gitattributes"
"""A file that the Hub itself puts into every repository."""

_URL = re.compile(r"hf://datasets/([\w.-]+/[\w.-]+)(?:@([^@]+))?/?", re.ASCII)
_FORM = "write hf://datasets/OWNER/NAME"
_KIND = "dataset"


@dataclass(slots=True, kw_only=True)
class Hub:
    """A branch of a dataset repository; the main one if `revision` is None.

    `head` is its commit when it was listed, None if there was no repository: what is decided on it is done to nothing
    else. If the branch is `missing`, that is the commit of the main one, from which it will be made.
    """

    repository: str
    revision: str | None
    private: bool
    api: "HfApi"
    head: str | None = None
    missing: bool = False

    @property
    def shown(self) -> str:
        """The URL of the repository."""
        return f"{SCHEME}datasets/{self.repository}{f'@{printable(self.revision)}' if self.revision else ''}"

    def listing(self) -> dict[str, int]:
        """The size of every file of the branch, by its path; nothing if there is no such repository.

        Raises:
            UserError: if the Hub does not tell, or the repository is public and should be private.
        """
        from huggingface_hub.errors import RepositoryNotFoundError
        from huggingface_hub.hf_api import RepoFile

        with self._faults("read"):
            try:
                info = self._info()
                if self.private and not info.private:
                    hint = "make it private on its page, or leave --private out"
                    raise UserError(f"{self.shown} is there already, and it is public", hint)
                entries = self.api.list_repo_tree(self.repository, repo_type=_KIND, revision=info.sha, recursive=True)
                files = [one for one in entries if isinstance(one, RepoFile)]
            except RepositoryNotFoundError:
                return {}
        self.head = info.sha
        return {one.path: one.size for one in files if one.path != _OWN}

    def _info(self) -> "DatasetInfo":
        from huggingface_hub.errors import RevisionNotFoundError

        try:
            return self.api.dataset_info(self.repository, revision=self.revision)
        except RevisionNotFoundError:
            self.missing = True
            return self.api.dataset_info(self.repository)

    def read(self, path: str, most: int) -> bytes:
        """The beginning of a file of the branch."""
        with self._downloaded(path, self.head) as file, file.open("rb") as data:
            return data.read(most)

    def sha256(self, path: str) -> str:
        """SHA-256 of a file of the branch."""
        with self._downloaded(path, self.head) as file:
            return sha256_of(file)

    def send(self, outgoing: Outgoing, wanted: Plan, progress: Progress) -> tuple[tuple[str, ...], str | None]:
        """Upload the data, then make the commit with which all is there; read it back at that commit."""
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        if not _token():
            raise UserError(f"{self.shown} is written with a token, and there is none", f"put it into {TOKEN}")
        progress.stage("Uploading", len(wanted.upload))
        with self._faults("write to"):
            operations: list[CommitOperationAdd | CommitOperationDelete] = [
                *(CommitOperationAdd(path, outgoing.folder / path) for path in wanted.upload),
                *(CommitOperationDelete(path) for path in wanted.remove),
            ]
            self.api.create_repo(self.repository, repo_type=_KIND, private=self.private or None, exist_ok=True)
            if self.revision is not None and (self.missing or self.head is None):
                self.api.create_branch(
                    self.repository, repo_type=_KIND, branch=self.revision, revision=self.head, exist_ok=True
                )
            if not operations:
                return (), self.head
            made = self.api.create_commit(
                self.repository,
                operations,
                commit_message=f"Push {outgoing.files[NAME].sha256[:16]} with dataset-tools",
                repo_type=_KIND,
                revision=self.revision,
                parent_commit=self.head,
            )
        differing = []
        for path in wanted.upload:
            with self._downloaded(path, made.oid) as file:
                if sha256_of(file) != outgoing.files[path].sha256:
                    differing.append(path)
            progress.advance(1)
        return tuple(differing), made.oid

    @contextmanager
    def _downloaded(self, path: str, revision: str | None) -> Iterator[Path]:
        """A file of the repository in a temporary folder; nothing of it is kept in a cache."""
        with tempfile.TemporaryDirectory(prefix="dataset-tools-") as folder:
            with self._faults(f"read {printable(path)} in"):
                found = self.api.hf_hub_download(
                    self.repository, path, repo_type=_KIND, revision=revision, local_dir=folder
                )
            yield Path(found)

    @contextmanager
    def _faults(self, doing: str) -> Iterator[None]:
        """Make what the client raises an error of the user, in which the token is not repeated."""
        from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

        drawn = not are_progress_bars_disabled()
        disable_progress_bars()
        try:
            yield
        except UserError:
            raise
        except Exception as error:  # of the client of HTTP, of the Hub, of Xet: they have no common class
            raise UserError(f"cannot {doing} {self.shown}: {few_words(_safe(error))}", _next(error)) from None
        finally:
            if drawn:
                enable_progress_bars()


def _token() -> str:
    """The token of the environment; empty if there is none.

    Raises:
        UserError: if it cannot be one: a client would say so, and repeat it.
    """
    token = os.environ.get(TOKEN, "").strip()
    if not re.fullmatch("[!-~]*", token):
        raise UserError(f"what {TOKEN} holds is not a token", "put the token into it, and nothing else")
    return token


def _safe(error: BaseException) -> Exception:
    """The error with what has caused it, and without the token."""
    text = "; ".join(str(one) for one in _causes(error))
    token = _token()
    return Exception(text.replace(token, "…") if token else text)


def _causes(error: BaseException) -> list[BaseException]:
    """An error and what it was raised from, the last cause first."""
    return [error] if error.__cause__ is None else [*_causes(error.__cause__), error]


def _next(error: Exception) -> str:
    statuses = {getattr(getattr(one, "response", None), "status_code", None) for one in _causes(error)}
    if statuses & {401, 403, 404}:
        return f"see that the token in {TOKEN} may write there, and that the name is right"
    if statuses & {409, 412}:
        return "somebody else has changed it meanwhile; push again"
    return "check the network; then push again, which sends nothing twice that has arrived"


def hub_of(word: str, *, private: bool, revision: str | None) -> Hub | None:
    """The repository that a URL names; None if it is no URL of the Hub.

    The token comes from the environment variable HF_TOKEN and from nowhere else.

    Raises:
        UserError: if it is not one of a dataset, or what only the Hub knows is asked of another place.
    """
    if not word.startswith(SCHEME):
        if private or revision is not None:
            option = "--private" if private else "--revision"
            raise UserError(f"{option} is of the Hugging Face Hub, and {shortened(word)} is elsewhere", _FORM)
        return None
    match = _URL.fullmatch(word)
    if match is None:
        raise UserError(f"{shortened(word)} does not name a dataset of the Hugging Face Hub", _FORM)
    if match[2] and revision not in (None, match[2]):
        raise UserError(f"{shortened(word)} names another revision than --revision", "leave one of the two out")
    from huggingface_hub import HfApi

    api = HfApi(token=_token() or False)
    return Hub(repository=match[1], revision=match[2] or revision, private=private, api=api)
