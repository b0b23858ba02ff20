"""A real S3 server on this machine."""

import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.fs
import pytest


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server of moto, which stores what it is given and answers as S3 does."""
    if importlib.util.find_spec("moto") is None:
        pytest.skip("moto is not installed: pip install 'dataset-tools[s3]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("s3") / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=out, stderr=out
        )
    try:
        for _ in range(600):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="session")
def s3_environment(s3_server: str) -> Iterator[None]:
    """Credentials where clients look for them."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "y"), ("DEFAULT_REGION", "us-east-1")):
            patch.setenv(f"AWS_{name}", value)
        patch.setenv("AWS_ENDPOINT_URL", f"http://{s3_server}")
        yield


@pytest.fixture
def s3(s3_server: str, s3_environment: None, tmp_path: Path) -> Callable[[str], str]:
    """Gives the URL of a folder in a bucket of this test."""
    bucket = f"kho-{abs(hash(str(tmp_path)))}"
    files = pyarrow.fs.S3FileSystem(endpoint_override=s3_server, scheme="http", allow_bucket_creation=True)
    files.create_dir(bucket)
    return lambda folder: f"s3://{bucket}/{folder}"
