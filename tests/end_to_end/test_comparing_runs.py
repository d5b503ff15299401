"""`mlgate diff` and `mlgate trend` as a user types them, over real runs of three versions."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk

GATE = """\
version = 1
[data]
test = "test.parquet"
label = "late"
[checks."performance.accuracy"]
at_least = 0.5
[policy]
skip = ["[!p]*", "performance.[!a]*", "performance.av*"]
[promote]
registry = "folder"
"""


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first test's runs left behind, for the other tests to copy."""
    return tmp_path_factory.mktemp("judged")


@pytest.fixture
def shop(desk: Desk, judged: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Versions 1 and 2 of `loan`, judged one after the other; the first was promoted between."""
    monkeypatch.setenv("MLGATE_ACTOR", "me")
    monkeypatch.delenv("MLGATE_REGISTRY", raising=False)
    desk.gate(GATE)
    kept = (".mlgate", "mlgate-registry")
    if not (judged / kept[0]).exists():
        _judge(desk)
        for name in kept:
            shutil.copytree(desk / name, judged / name)
    for name in kept:
        shutil.copytree(judged / name, desk / name, dirs_exist_ok=True)
    return desk


def _judge(desk: Desk) -> None:
    for version, name in (("1", "champion"), ("2", "candidate")):
        assert desk.mlgate("register", "loan", f"{name}.joblib").code == 0
        desk.mlgate("run", "--model", f"folder:loan/{version}")
        if version == "1":
            assert desk.mlgate("promote", "folder:loan/1").code == 0


def ids(desk: Desk) -> list[str]:
    return sorted(path.name for path in (desk.folder / ".mlgate" / "runs").iterdir())


def test_a_diff_by_ids_has_the_paired_interval_of_the_rows(shop: Desk) -> None:
    """Agresti & Min's interval (2005) by numpy, from the two models' hits on the same rows."""
    import joblib

    rows = pd.read_parquet(shop / "test.parquet")
    hits = []
    for name in ("champion", "candidate"):
        model = joblib.load(shop / f"{name}.joblib")
        hits.append(model.predict(rows[list(model.feature_names_in_)]) == rows["late"])
    gained, lost, n = int((~hits[0] & hits[1]).sum()), int((hits[0] & ~hits[1]).sum()), len(rows)
    share = (gained - lost) / (n + 2)
    reach = 1.959964 * np.sqrt(((gained + 0.5) + (lost + 0.5) - (gained - lost) ** 2 / (n + 2)) / (n + 2) ** 2)
    told = shop.mlgate("diff", *ids(shop))
    assert told.code == 0
    (line,) = (line for line in told.out.splitlines() if line.startswith("  performance.accuracy  0."))
    assert line.endswith("paired")
    value, low, high = (float(each.strip("+[],")) for each in line.split("]")[-2].split()[-3:])
    assert value == pytest.approx((gained - lost) / n, abs=6e-4)
    assert (low, high) == pytest.approx((share - reach, share + reach), abs=6e-4)


def test_a_diff_is_written_as_markdown_and_html(shop: Desk) -> None:
    """By file, folder and the beginning of an id alike; a page that can't be written is exit code 3."""
    first, second = ids(shop)
    (record,) = (shop / ".mlgate" / "runs" / first).glob("record.json")
    pages = ["--report", "markdown=out/d.md", "--report", "html=out/d.html"]
    done = shop.mlgate("diff", str(record), second, *pages)
    assert (done.code, done.out.splitlines()[-2:]) == (0, ["markdown: out/d.md", "html: out/d.html"])
    assert (shop / "out/d.md").read_text().startswith("## mlgate diff: ")
    assert (shop / "out/d.html").read_text().startswith("<!DOCTYPE html>")
    assert shop.mlgate("diff", str(record.parent), second, "--report", "html=out/d.md/x").code == 3


def test_a_trend_finds_each_record_by_the_digest_in_the_ledger(shop: Desk) -> None:
    """From the registry, from the runs here, and told where it is in neither any more."""
    shop.mlgate("run", "--checks", "performance.accuracy", "--model", "folder:loan/2")
    told = shop.mlgate("trend", "loan", "--check", "performance.accuracy", "--report", "html=trend.html")
    assert told.code == 0
    assert told.out.startswith("loan: 3 verdicts, ")
    assert [line.split()[1:4] for line in told.out.splitlines() if "  version " in line] == [
        ["version", "1", "allowed"],
        ["version", "2", "allowed"],
        ["version", "2", "allowed"],
    ]
    assert (shop / "trend.html").read_text().count("<circle") == 3
    shutil.rmtree(shop / ".mlgate")
    told = shop.mlgate("trend", "folder:loan", "--check", "performance.accuracy")
    assert "1 verdict left out: the record is kept neither by the registry nor here." in told.out
    assert shop.mlgate("trend", "loan", "--last", "1").out.startswith("loan: 1 verdict, ")


def test_a_record_that_was_exchanged_is_not_taken_for_the_one_that_was_judged(shop: Desk) -> None:
    """The ledger's digest decides; a ledger that does not hold is exit code 1."""
    shutil.rmtree(shop / ".mlgate")
    for path in (shop / "mlgate-registry" / "loan" / "versions" / "2").rglob("record*"):
        path.write_bytes(path.read_bytes().replace(b'"allowed"', b'"denied" '))
    told = shop.mlgate("trend", "loan")
    assert "1 verdict left out" in told.out
    ledger = shop / "mlgate-registry" / "loan" / "ledger.jsonl"
    ledger.write_text(ledger.read_text().replace('"actor":"me"', '"actor":"you"', 1))
    done = shop.mlgate("trend", "loan")
    assert done.code == 1
    assert "mlgate: the ledger is broken at entry 1: it was changed after it was written" in done.err


def test_of_a_model_without_verdicts_nothing_is_drawn(shop: Desk) -> None:
    """A sentence on stderr."""
    done = shop.mlgate("trend", "nobody")
    assert (done.code, done.out, done.err) == (0, "", "no verdict on nobody is known.\n")
    done = shop.mlgate("trend", "loan", "--check", "no.such")
    assert done.err == "mlgate: none of these verdicts has a number of no.such.\n"


MISTAKES = {
    "no such run": (
        ("diff", "nope", "nope"),
        4,
        "there is no record nope, and no run of that id.",
    ),
    "an id of two runs": (("diff", "2", "2"), 4, "2 begins the ids of 2 runs: 2"),
    "no format of a diff": (
        ("diff", "2", "2", "--report", "pdf=x"),
        4,
        "--report takes markdown=PATH or html=PATH",
    ),
    "no format of a trend": (("trend", "loan", "--report", "html"), 4, "--report takes html=PATH, not 'html'."),
    "no record": (("diff", "test.parquet", "test.parquet"), 3, "test.parquet: The record is not UTF-8"),
    "a record of another version": (
        ("diff", "newer.json", "newer.json"),
        3,
        "newer.json: The record's schema is 'mlgate-record/2', and this mlgate reads mlgate-record/1. "
        "Read it with the mlgate that wrote it, or a newer one.",
    ),
    "a record that was cut off": (("diff", "cut.json", "cut.json"), 3, "cut.json: The record is cut off in line "),
    "a report of another version": (
        ("report", "newer.json", "--report", "github"),
        3,
        "newer.json: The record's",
    ),
    "a report of what was cut off": (
        ("report", "cut.json", "--report", "csv=x"),
        3,
        "cut.json: The record is cut off",
    ),
}


@pytest.mark.parametrize(("command", "code", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_a_sentence(shop: Desk, command: tuple[str, ...], code: int, said: str) -> None:
    """No traceback, and nothing written."""
    document = (shop / ".mlgate" / "runs" / ids(shop)[0] / "record.json").read_text()
    shop.write("newer.json", json.dumps({**json.loads(document), "schema": "mlgate-record/2"}))
    shop.write("cut.json", document[: len(document) // 2])
    done = shop.mlgate(*command)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"mlgate: {said}")
    assert len(done.err.splitlines()) == 1
    assert not (shop / "x").exists()
