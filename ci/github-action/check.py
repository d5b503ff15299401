"""The step that judges: `mlgate run`, or `mlgate decide` where a record is given, and what a workflow wants of it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from runner import mlgate, options, put_out, refuse, stated, switched_on, tell

REPORTS = {
    "json": "record.json",
    "html": "report.html",
    "markdown": "report.md",
    "junit": "junit.xml",
    "sarif": "mlgate.sarif",
}
VERDICTS = (0, 1, 2, 3)  # allowed, denied, undecided, a check could not run; 4 and 5 are mistakes and no verdicts
STATE = Path(".mlgate")


def main() -> int:
    """The exit code of the step: the verdict's in mode `enforce`; a mistake is one in every mode."""
    mode = stated("mode") or "enforce"
    if mode not in ("enforce", "warn", "observe"):
        refuse(f"the input mode is enforce, warn or observe, not {mode!r}.")
    folder = Path(os.environ.get("RUNNER_TEMP", ".")) / "mlgate"
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / REPORTS["json"]
    record.unlink(missing_ok=True)
    code = mlgate(_command(folder)).returncode
    if code not in VERDICTS or not record.is_file():
        return code or 3
    judged = Judged.read(record)
    put_out({"model": judged.model, "reports": str(folder), "cache-key": _cache_key()})
    # The step summary, the annotations, and the outputs verdict, record and verdict-digest.
    mlgate(["report", "--report=github", "--", str(record)], obeyed=True)
    _name_the_pull_request(folder)
    return _in_mode(mode, code, judged.verdict)


def _command(folder: Path) -> list[str]:
    shared = [*options(gate=stated("gate")), *(f"--report={name}={folder / file}" for name, file in REPORTS.items())]
    if stated("record"):
        return ["decide", *shared, "--", stated("record")]
    named = options(model=stated("model"), champion=stated("champion"), test=stated("data"), label=stated("label"))
    return ["run", *shared, *named, *([] if switched_on("write-back") else ["--no-write-back"])]


@dataclass(frozen=True)
class Judged:
    """What the record says that a later step wants to know."""

    verdict: str
    model: str

    @classmethod
    def read(cls, record: Path) -> Judged:
        told = json.loads(record.read_bytes())
        return cls(str(told["verdict"]["decision"]), str((told.get("candidate") or {}).get("uri", "")))


def _cache_key() -> str:
    """By content: an entry's name is the digest of what was predicted with what, so the names are all that counts."""
    names = sorted(entry.name for entry in STATE.glob("cache/*.npz"))
    looks = STATE / "looks.json"
    content = "\n".join(names).encode() + (looks.read_bytes() if looks.is_file() else b"")
    return hashlib.sha256(content).hexdigest()[:32] if names else ""


def _name_the_pull_request(folder: Path) -> None:
    """Whom the comment is for, for the workflow that may write it: it believes nothing of this, and looks itself."""
    pull = re.fullmatch(r"refs/pull/(\d+)/merge", os.environ.get("GITHUB_REF", ""))
    if pull:
        (folder / "pull-request").write_text(pull[1], encoding="utf-8")


def _in_mode(mode: str, code: int, verdict: str) -> int:
    if mode == "enforce" or code == 0:
        return code
    if mode == "warn":
        tell("warning", f"The verdict is {verdict}. It does not fail this job, because mode is warn.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
