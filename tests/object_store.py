"""A server that speaks as much of S3 as reading takes, so that tests use the real client and no network."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

Objects = dict[str, bytes]
"""What is stored, by BUCKET/KEY."""


@contextmanager
def object_store(objects: Objects) -> Iterator[str]:
    """Serve objects, which may change meanwhile; gives the URL of the server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(objects))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def folder_objects(folder: str | Path, prefix: str) -> Objects:
    """The files of a folder, below BUCKET/KEY."""
    root = Path(folder)
    return {
        f"{prefix}/{path.relative_to(root).as_posix()}": path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def _handler(objects: Objects) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            key = unquote(url.path).strip("/")
            query = parse_qs(url.query)
            if "list-type" in query:
                self.answer(200, _listing(objects, key, query.get("prefix", [""])[0]))
            elif key not in objects:
                self.answer(404, b"")
            elif asked := self.headers.get("Range"):
                first, last = (int(number) for number in asked.removeprefix("bytes=").split("-"))
                whole = objects[key]
                part = whole[first : last + 1]
                self.answer(206, part, f"bytes {first}-{first + len(part) - 1}/{len(whole)}")
            else:
                self.answer(200, objects[key])

        def answer(self, status: int, body: bytes, range_: str | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
            if range_ is not None:
                self.send_header("Content-Range", range_)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

    return Handler


def _listing(objects: Objects, bucket: str, prefix: str) -> bytes:
    keys = [key for key in sorted(objects) if key.startswith(f"{bucket}/{prefix}")]
    items = "".join(
        f"<Contents><Key>{escape(key.removeprefix(f'{bucket}/'))}</Key><Size>{len(objects[key])}</Size>"
        "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
        for key in keys
    )
    count = f"<KeyCount>{len(keys)}</KeyCount><IsTruncated>false</IsTruncated>"
    return f"<ListBucketResult><Name>{bucket}</Name>{count}{items}</ListBucketResult>".encode()
