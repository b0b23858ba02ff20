"""A server that speaks as much of the Hugging Face Hub as `push` takes, so that tests use the real client."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

TOKEN = "hf_chiathumaumat"
Files = dict[str, bytes]


@dataclass
class Repository:
    private: bool
    commits: list[Files] = field(default_factory=lambda: [{".gitattributes": b"*.parquet filter=lfs\n"}])
    branches: dict[str, int] = field(default_factory=lambda: {"main": 0})

    def number(self, revision: str) -> int | None:
        """The commit of a branch or of its own name, which is its number as 40 digits."""
        if revision in self.branches:
            return self.branches[revision]
        return int(revision) if revision.isdigit() and int(revision) < len(self.commits) else None

    def files(self, branch: str = "main") -> Files:
        return {path: data for path, data in self.commits[self.branches[branch]].items() if path != ".gitattributes"}


@dataclass
class FakeHub:
    repositories: dict[str, Repository] = field(default_factory=dict)
    stored: Files = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    uploads: int = 0
    fail_at: str = ""
    """The request whose line begins like this is answered with an error that repeats the token."""
    spoil: str = ""
    """This file is served with other bytes than it has."""
    meanwhile: bool = False
    """Somebody else makes a commit before that of the test."""
    url: str = ""


@contextmanager
def hub_server() -> Iterator[FakeHub]:
    hub = FakeHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _sha(number: int) -> str:
    return f"{number:040}"


def _handler(hub: FakeHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.do()

        def do_GET(self) -> None:
            self.do()

        def do_PUT(self) -> None:
            self.do()

        def do_POST(self) -> None:
            self.do()

        def do(self) -> None:
            self.data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = unquote(urlsplit(self.path).path)
            hub.requests.append(f"{self.command} {path}")
            parts = path.strip("/").split("/")
            writes = self.command in ("POST", "PUT") and parts[0] != "stored"
            if hub.fail_at and f"{self.command} {path}".startswith(hub.fail_at):
                self.answer(400, {"error": f"no, {self.headers.get('Authorization')} is not good enough"})
            elif writes and self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self.answer(401, {"error": "Invalid username or password."})
            elif parts[0] == "stored":
                hub.stored[parts[1]] = self.data
                hub.uploads += 1
                self.answer(200, {})
            elif parts == ["api", "repos", "create"]:
                self.create(json.loads(self.data))
            elif parts == ["api", "validate-yaml"]:
                self.answer(200, {"errors": [], "warnings": []})
            elif parts[:2] == ["api", "datasets"]:
                self.of_repository("/".join(parts[2:4]), parts[4:])
            elif path.endswith(".git/info/lfs/objects/batch"):
                self.batch(json.loads(self.data))
            elif len(parts) > 4 and parts[0] == "datasets" and parts[3] == "resolve":
                self.resolve("/".join(parts[1:3]), parts[4], "/".join(parts[5:]))
            else:
                self.answer(404, {"error": path})

        def create(self, asked: dict[str, object]) -> None:
            name = f"{asked.get('organization')}/{asked['name']}"
            if name in hub.repositories:
                self.answer(409, {"error": "You already created this dataset repo", "url": name})
                return
            private = asked.get("private") is True or asked.get("visibility") == "private"
            hub.repositories[name] = Repository(private=private)
            self.answer(200, {"url": f"{hub.url}/datasets/{name}"})

        def of_repository(self, name: str, rest: list[str]) -> None:
            found = hub.repositories.get(name)
            if found is None:
                self.answer(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
                return
            verb, revision = (rest[0], "/".join(rest[1:])) if rest else ("revision", "main")
            if verb == "branch":
                found.branches[revision] = found.branches["main"]
                self.answer(201, {})
                return
            number = found.number(revision)
            if number is None:
                self.answer(404, {"error": "Invalid rev id"}, {"X-Error-Code": "RevisionNotFound"})
            elif verb == "revision":
                self.answer(200, {"id": name, "sha": _sha(number), "private": found.private, "siblings": []})
            elif verb == "tree":
                files = found.commits[number]
                folders = sorted({path.rpartition("/")[0] for path in files} - {""})
                entries = [{"type": "directory", "path": path, "oid": _sha(0), "size": 0} for path in folders]
                entries += [
                    {"type": "file", "path": path, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
                    for path, data in files.items()
                ]
                self.answer(200, entries)
            elif verb == "preupload":
                asked = json.loads(self.data)["files"]
                modes = {True: "lfs", False: "regular"}
                modes_of = [
                    {
                        "path": one["path"],
                        "uploadMode": modes[one["path"].endswith(".parquet")],
                        "shouldIgnore": False,
                        "oid": None,
                    }
                    for one in asked
                ]
                self.answer(200, {"files": modes_of})
            elif verb == "commit":
                self.commit(found, revision)
            else:
                self.answer(404, {"error": verb})

        def commit(self, found: Repository, branch: str) -> None:
            if hub.meanwhile:
                found.commits.append({**found.commits[found.branches[branch]], "notes.md": b"x"})
                found.branches[branch] = len(found.commits) - 1
            items = [json.loads(line) for line in self.data.splitlines()]
            parent = items[0]["value"].get("parentCommit")
            head = found.branches[branch]
            if parent is not None and parent != _sha(head):
                self.answer(412, {"error": "A commit has happened since. Please refresh and try again."})
                return
            files = dict(found.commits[head])
            for item in items[1:]:
                value = item["value"]
                if item["key"] == "file":
                    files[value["path"]] = base64.b64decode(value["content"])
                elif item["key"] == "lfsFile":
                    files[value["path"]] = hub.stored[value["oid"]]
                else:
                    del files[value["path"]]
            found.commits.append(files)
            found.branches[branch] = len(found.commits) - 1
            url = f"{hub.url}/datasets/toi/tin-vi/commit/{found.branches[branch]}"
            self.answer(200, {"success": True, "commitUrl": url, "commitOid": _sha(found.branches[branch])})

        def batch(self, asked: dict[str, list[dict[str, object]]]) -> None:
            objects = []
            for one in asked["objects"]:
                there = one["oid"] in hub.stored
                action = {} if there else {"actions": {"upload": {"href": f"{hub.url}/stored/{one['oid']}"}}}
                objects.append({"oid": one["oid"], "size": one["size"], **action})
            self.answer(200, {"transfer": "basic", "objects": objects})

        def resolve(self, name: str, revision: str, path: str) -> None:
            found = hub.repositories[name]
            number = found.number(revision)
            data = None if number is None else found.commits[number].get(path)
            if data is None:
                self.answer(404, {"error": "Entry not found"}, {"X-Error-Code": "EntryNotFound"})
                return
            if path == hub.spoil:
                data = bytes([data[0] ^ 1]) + data[1:]
            etag = hashlib.sha256(data).hexdigest()
            self.answer(200, data, {"ETag": f'"{etag}"', "X-Repo-Commit": _sha(number or 0)})

        def answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
            for name, value in {"Content-Length": str(len(data)), "Content-Type": kind, **(headers or {})}.items():
                self.send_header(name, value)
            if status >= 400 and isinstance(body, dict):
                self.send_header("X-Error-Message", str(body["error"]))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

    return Handler
