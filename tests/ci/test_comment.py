"""The step that comments on pull requests, against a server that answers as GitHub does."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.ci.composite import Job

HEAD = "a" * 40
MARK = "<!-- mlgate: this comment is written over by the next run -->"


class GitHub:
    """One run with one artifact, one open pull request, and its comments. The artifact is on another host, as there."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.artifact = "mlgate"
        self.size: int | None = None
        self.pull = {"head": {"sha": HEAD}, "state": "open"}
        self.comments: list[dict[str, Any]] = []
        self.tokens_at_the_other_host: list[str | None] = []
        self.other_host = ""

    def zip(self) -> bytes:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in self.files.items():
                archive.writestr(name, text)
        return content.getvalue()

    def answer(self, method: str, path: str, body: dict[str, Any]) -> Any:
        path = path.partition("?")[0].removeprefix("/repos/owner/name")
        if path == "/actions/runs/77/artifacts":
            size = self.size if self.size is not None else len(self.zip())
            return {"artifacts": [{"id": 5, "name": self.artifact, "size_in_bytes": size}]}
        if path == "/pulls/412":
            return self.pull
        if (method, path) == ("GET", "/issues/412/comments"):
            return self.comments
        if (method, path) == ("POST", "/issues/412/comments"):
            return self.comments.append({"id": 1, "body": body["body"], "user": {"type": "Bot"}})
        if method == "PATCH" and path.startswith("/issues/comments/"):
            (comment,) = [comment for comment in self.comments if comment["id"] == int(path.rpartition("/")[2])]
            return comment.update(body)
        raise AssertionError(f"nobody asks GitHub for {method} {path}")


@pytest.fixture
def github(denied: Path) -> Iterator[GitHub]:
    there = GitHub()
    there.files = {"record.json": denied.read_bytes(), "pull-request": b"412"}

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith("/artifacts/5/zip"):
                assert self.headers["Authorization"] == "Bearer s3cret"
                self.send_response(302)
                self.send_header("Location", there.other_host)
                self.end_headers()
                return
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            self._send(json.dumps(there.answer(self.command, self.path, body)).encode())

        do_POST = do_PATCH = do_GET  # noqa: N815 - names that the server looks for

        def _send(self, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    class Storage(Api):
        def do_GET(self) -> None:
            there.tokens_at_the_other_host.append(self.headers["Authorization"])
            self._send(there.zip())

    servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler) for handler in (Api, Storage)]
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    there.other_host = f"http://127.0.0.1:{servers[1].server_port}/blob"
    there.address = f"http://127.0.0.1:{servers[0].server_port}"  # type: ignore[attr-defined]
    yield there
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def comment(job: Job, action: Path, github: GitHub) -> Any:
    """Runs the comment action as the workflow on `workflow_run` does."""
    job.github = {
        "github.event.workflow_run.id": "77",
        "github.event.workflow_run.head_sha": HEAD,
        "github.token": "s3cret",
    }
    address = github.address  # type: ignore[attr-defined]
    job.environment |= {"GITHUB_REPOSITORY": "owner/name", "GITHUB_API_URL": address}
    return lambda: job.run(action / "comment")


def test_a_comment_is_posted_and_renewed(comment: Any, github: GitHub) -> None:
    """One comment however often it runs; other people's are left alone, and the token stays with GitHub."""
    github.comments = [{"id": 9, "body": f"{MARK} quoted by a person", "user": {"type": "User"}}]
    first = comment()
    assert first.code == 0, first.log
    github.comments[1]["body"] = f"{MARK}\nold"
    again = comment()
    assert again.code == 0, again.log
    theirs, ours = github.comments
    assert theirs["body"] == f"{MARK} quoted by a person"
    assert ours["body"].startswith(f"{MARK}\n_Told by this pull request's own run")
    assert "denied" in ours["body"]
    assert len(ours["body"]) <= 65_000
    assert github.tokens_at_the_other_host == [None, None]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"pull-request": b"1; touch pwned"}, "the artifact names no pull request"),
        ({"pull-request": b"../413"}, "the artifact names no pull request"),
        ({"pull-request": b"9" * 30}, "pull-request is longer than 20 bytes"),
        ({"record.json": b"0" * 20_000_001}, "record.json is longer than 20,000,000 bytes"),
        ({"record.json": b'{"verdict": "allowed"}'}, "mlgate can't read the record"),
        ({"record.json": b"@everyone <img src=x>"}, "mlgate can't read the record"),
    ],
)
def test_an_artifact_that_lies_gets_no_comment(
    files: dict[str, bytes], said: str, comment: Any, github: GitHub, job: Job
) -> None:
    """What a stranger's run left is bounded and validated before anything is said in our name."""
    github.files |= files
    ran = comment()
    assert (ran.code, github.comments) == (1, [])
    assert f"mlgate: no comment: {said}" in ran.log
    assert not list(job.workspace.parent.rglob("pwned"))


def test_a_run_comments_on_no_other_pull_request(comment: Any, github: GitHub) -> None:
    """The number has to be of an open pull request whose head is the commit that ran."""
    github.pull = {"head": {"sha": "b" * 40}, "state": "open"}
    other = comment()
    github.pull = {"head": {"sha": HEAD}, "state": "closed"}
    closed = comment()
    assert (other.code, closed.code, github.comments) == (1, 1, [])
    assert "the head of pull request 412 is not the commit that ran, or it is closed" in other.log


def test_an_artifact_that_is_too_large_or_not_there_is_not_fetched(comment: Any, github: GitHub) -> None:
    """GitHub knows the size before."""
    github.size = 50_000_001
    large = comment()
    github.artifact = "another"
    absent = comment()
    assert "the artifact is larger than 50,000,000 bytes" in large.log
    assert "the run has 0 artifacts of the name 'mlgate', not one" in absent.log
    assert github.tokens_at_the_other_host == []


def test_text_of_others_is_harmless_in_the_comment(comment: Any, github: GitHub) -> None:
    """The comment is drawn by mlgate from the record: no markup of the artifact's maker gets through."""
    told = json.loads(github.files["record.json"])
    told["candidate"]["uri"] = "@octocat <img src=x onerror=y> [click](https://evil.example)"
    github.files["record.json"] = json.dumps(told).encode()
    ran = comment()
    assert ran.code in (0, 1)
    body = github.comments[0]["body"] if github.comments else ""
    assert "<img" not in body
    assert "](https://evil.example)" not in body
