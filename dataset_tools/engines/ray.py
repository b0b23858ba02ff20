"""A Ray cluster that somebody has started: reach it, or say in one line why not."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from dataset_tools.model import UserError
from dataset_tools.text import printable, shortened

INSTALL = "pip install 'dataset-tools[cluster]'"

_REACH_SECONDS, _ANSWER_SECONDS = 5, 15
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def check_installed(address: str | None) -> None:
    """Look whether Daft is here, and Ray if there is an address.

    Raises:
        UserError: with the command that installs what is missing.
    """
    for name in ("daft", *(() if address is None else ("ray",))):
        if find_spec(name) is None:
            raise UserError(f"{name} is not installed, and --engine daft needs it", f"install it: {INSTALL}")


def connect(address: str) -> int:
    """Connect this process to the cluster, to which it keeps; returns how many cores that has.

    Raises:
        UserError: if nothing answers there, it wants a token that we do not have, or the address is none.
    """
    host, port = _host_and_port(address)
    shown = printable(address)
    try:
        socket.create_connection((host, port), timeout=_REACH_SECONDS).close()
    except OSError as error:
        hint = "start it (ray start --head), or correct --address; ray status names the address of one that runs"
        raise UserError(f"no Ray cluster answers at {shown}: {error.strerror or error}", hint) from None
    if host in _LOOPBACK:  # Ray would look for itself at another address of this machine, where nobody listens
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    failed = _kept_elsewhere(host, port) or _within(_ANSWER_SECONDS, host, port)
    if failed is not None:
        hint = "see that Ray there has this version; if it wants a token, set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN"
        raise UserError(f"the Ray cluster at {shown} does not let us in: {failed}", hint)
    import ray

    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def _host_and_port(address: str) -> tuple[str, int]:
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        if parts.hostname and parts.port and parts.scheme in ("", "ray"):
            return parts.hostname, parts.port
    except ValueError:
        pass
    hint = "write ray://HOST:6379, the address that ray start has printed, and run this on a machine of the cluster"
    raise UserError(f"{shortened(address)} is not the address of a Ray cluster", hint)


def _kept_elsewhere(host: str, port: int) -> str | None:
    """Why it cannot be joined if this process is part of another: Daft holds on to what it has met there."""
    import ray

    here = ray.get_runtime_context().gcs_address if ray.is_initialized() else None
    return None if here in (None, f"{host}:{port}") else f"this process is part of the one at {here}"


@contextmanager
def _silent() -> Iterator[None]:
    """Keep what libraries below Python write to standard error to themselves: why it failed is said once, by us."""
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _within(seconds: float, host: str, port: int) -> str | None:
    """Connect, in a thread that is left behind if it takes too long; returns why it failed."""
    import ray

    if ray.is_initialized():
        return None
    reasons: list[str | None] = []

    def work() -> None:
        try:
            ray.init(address=f"{host}:{port}", log_to_driver=False, logging_level="ERROR")
            reasons.append(None)
        except Exception as error:  # Ray raises anything
            reasons.append(printable(" ".join(str(error).split()))[:200] or type(error).__name__)

    thread = threading.Thread(target=work, daemon=True)
    with _silent():
        thread.start()
        thread.join(seconds)
    return reasons[0] if reasons else f"no answer within {seconds:g} seconds"
