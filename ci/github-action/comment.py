"""The step that comments: the only one with a token that may write, so it believes nothing that a stranger's run made.

The artifact is bounded, opened in memory and never unpacked; of its files, two are read. The pull request's number
counts only if GitHub says that its head is the commit that ran. The comment is drawn anew from the record by mlgate,
which makes others' text harmless, and says that the pull request's own run told it.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

from runner import mlgate, refuse, stated

ARTIFACT_LIMIT = 50_000_000
RECORD_LIMIT = 20_000_000
BODY_LIMIT = 65_000  # GitHub takes 65,536 characters
MARK = "<!-- mlgate: this comment is written over by the next run -->"
SAID = "_Told by this pull request's own run, which can tell anything; a verdict of the protected branch promotes._"


class Refused(Exception):
    """Why no comment is posted, in a sentence."""


class GitHub:
    """The few calls of GitHub's REST interface that this needs."""

    def __init__(self, api: str, repository: str, token: str) -> None:
        self._base = f"{api}/repos/{repository}"
        self._token = token

    def get(self, path: str) -> Any:
        return json.loads(self._send("GET", path, limit=10_000_000))

    def send(self, method: str, path: str, body: dict[str, str]) -> None:
        self._send(method, path, json.dumps(body).encode(), limit=10_000_000)

    def download(self, path: str) -> bytes:
        return self._send("GET", path, limit=ARTIFACT_LIMIT)

    def _send(self, method: str, path: str, body: bytes | None = None, *, limit: int) -> bytes:
        request = urllib.request.Request(self._base + path, data=body, method=method)  # noqa: S310
        request.add_header("Accept", "application/vnd.github+json")
        # An artifact is fetched from another host, which must not see the token.
        request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        # The address is the runner's own.
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # nosec B310
            content: bytes = answer.read(limit + 1)
        if len(content) > limit:
            raise Refused(f"the answer to {path} is longer than {limit:,} bytes")
        return content


def main() -> int:
    """Post or renew the comment; 1, with the reason, where the artifact does not deserve one."""
    github = GitHub(
        os.environ.get("GITHUB_API_URL", "https://api.github.com"), os.environ["GITHUB_REPOSITORY"], os.environ["TOKEN"]
    )
    run, head = stated("run-id"), stated("head-sha")
    if not re.fullmatch(r"\d{1,20}", run) or not re.fullmatch(r"[0-9a-f]{40}", head):
        refuse("run-id and head-sha are those of github.event.workflow_run.")
    try:
        files = _read(github, run, stated("artifact") or "mlgate")
        number = _pull_request(github, files["pull-request"], head)
        _post(github, number, _body(files["record.json"]))
    except Refused as reason:
        print(f"mlgate: no comment: {reason}.", file=sys.stderr)
        return 1
    except (urllib.error.URLError, TimeoutError) as error:
        print(f"mlgate: no comment: GitHub did not answer: {error}.", file=sys.stderr)
        return 1
    return 0


def _read(github: GitHub, run: str, name: str) -> dict[str, bytes]:
    listed = github.get(f"/actions/runs/{run}/artifacts?per_page=100")["artifacts"]
    found = [artifact for artifact in listed if artifact["name"] == name]
    if len(found) != 1:
        raise Refused(f"the run has {len(found)} artifacts of the name {name!r}, not one")
    if found[0]["size_in_bytes"] > ARTIFACT_LIMIT:
        raise Refused(f"the artifact is larger than {ARTIFACT_LIMIT:,} bytes")
    content = github.download(f"/actions/artifacts/{int(found[0]['id'])}/zip")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {
                "pull-request": _member(archive, "pull-request", 20),
                "record.json": _member(archive, "record.json", RECORD_LIMIT),
            }
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError) as error:
        raise Refused(f"the artifact can't be read: {error}") from error


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """At most `limit` bytes, whatever size the archive states."""
    with archive.open(name) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise Refused(f"{name} is longer than {limit:,} bytes")
    return content


def _pull_request(github: GitHub, told: bytes, head: str) -> int:
    if not re.fullmatch(rb"[1-9][0-9]{0,9}", told):
        raise Refused("the artifact names no pull request")
    number = int(told)
    pull = github.get(f"/pulls/{number}")
    if pull["head"]["sha"] != head or pull["state"] != "open":
        raise Refused(f"the head of pull request {number} is not the commit that ran, or it is closed")
    return number


def _body(record: bytes) -> str:
    """The comment, by mlgate, in an empty folder: no file of the pull request is anywhere near."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "record.json").write_bytes(record)
        done = mlgate(
            ["report", "record.json", "--report=markdown=comment.md"],
            cwd=folder,
            env={name: value for name, value in os.environ.items() if name != "TOKEN"},
            capture_output=True,
            timeout=120,
        )
        comment = Path(folder, "comment.md")
        if done.returncode != 0 or not comment.is_file():
            raise Refused("mlgate can't read the record")
        text = comment.read_text(encoding="utf-8")
    return f"{MARK}\n{SAID}\n\n{text}"[:BODY_LIMIT]


def _post(github: GitHub, number: int, body: str) -> None:
    for page in range(1, 11):
        comments = github.get(f"/issues/{number}/comments?per_page=100&page={page}")
        for comment in comments:
            if comment["body"].startswith(MARK) and comment["user"]["type"] == "Bot":
                return github.send("PATCH", f"/issues/comments/{int(comment['id'])}", {"body": body})
        if len(comments) < 100:
            break
    return github.send("POST", f"/issues/{number}/comments", {"body": body})


if __name__ == "__main__":
    sys.exit(main())
