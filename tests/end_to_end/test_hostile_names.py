"""A model, a table and a check whose every name lies, through every registered report and every face that prints."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import joblib
import numpy as np
import pandas as pd
import pytest
from huggingface_hub import ModelCard
from prometheus_client.parser import text_string_to_metric_families
from sklearn.linear_model import LogisticRegression

from mlgate.gate import installed_host
from mlgate.testing import HOSTILE

FEATURE = "<img src=x onerror=alert(1)>"
LABEL = "=cmd|' calc'!A0"
SLICE = "::set-output name=verdict::allowed"
MODEL = "\x1b[2J<svg onload=alert(2)> \u202e::error::x.joblib"
TABLE = "]]>&amp; | a | [x](javascript:alert(3)) ##[error].parquet"
CHECKS = f"""
from mlgate import CheckError, Finding, Location, Measurement, Part, Severity, SliceMeasurement, TooSmall, check
from mlgate import NotApplicable

HOSTILE = {HOSTILE!r}
ONE = Measurement.exact(1, n=1).estimate


@check("toy.finds", default={{"no_findings": True}})
def finds():
    '''Findings, notes and data, all of it hostile.'''
    found = (Finding(text, Severity.HIGH, Location(text, 1), {{"x": text}}) for text in HOSTILE)
    return Measurement(findings=tuple(found), notes=HOSTILE, data={{"said": [*HOSTILE]}})


@check("toy.slices", default={{"at_least": 2}})
def slices():
    '''Groups, parts and units, all of it hostile.'''
    groups = tuple(SliceMeasurement({{text: text}}, ONE, text) for text in HOSTILE)
    small = tuple(TooSmall(text, text) for text in HOSTILE)
    return Measurement(ONE, HOSTILE[3], groups, tuple(Part(text, ONE, text) for text in HOSTILE), too_small=small)


@check("toy.errs", default={{"at_least": 2}})
def errs():
    '''An error and its hint.'''
    raise CheckError(" ".join(HOSTILE), hint=HOSTILE[0])


@check("toy.crashes", default={{"at_least": 2}})
def crashes():
    '''A crash.'''
    raise ValueError("\\n".join(HOSTILE))


@check("toy.skips", default={{"at_least": 2}})
def skips():
    '''A reason to skip.'''
    raise NotApplicable(HOSTILE[5] + HOSTILE[8])
"""
GAP = "\u200b"
"""Our own, where a mention or a reference would begin in Markdown."""
MARKDOWN = ("markdown", "github", "model-card")
ORDER = re.compile(r"\s*(::[a-z-]+|##\[|##vso\[)")


def started(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line, in a process of its own, as in a workflow of GitHub's."""
    return subprocess.run(
        [sys.executable, "-m", "mlgate", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def formats() -> tuple[str, ...]:
    """Every report that an installed plugin registers: a new one is tested without being named here."""
    return tuple(installed_host(None).reporters)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, formats: tuple[str, ...]) -> Path:
    """A run of every check that applies, each report of it in `out`, what was printed in `printed`."""
    folder = tmp_path_factory.mktemp("hostile")
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({FEATURE: draw.normal(size=400), LABEL: draw.integers(0, 2, 400)})
    model = LogisticRegression().fit(frame[[FEATURE]], frame[LABEL])
    texts = [text for text in HOSTILE if "\ud800" not in text and "\x00" not in text]
    frame[SLICE] = [texts[place % 4] for place in range(400)]
    joblib.dump(model, folder / MODEL)
    for name in (TABLE, f"train {TABLE}"):
        frame.to_parquet(folder / name, index=False)
    (folder / "mlgate_checks.py").write_text(CHECKS, encoding="utf-8")
    (folder / "out").mkdir()
    named = ["--model", MODEL, "--test", TABLE, "--train", f"train {TABLE}", "--label", LABEL, "--slice", SLICE]
    reports = [word for name in formats for word in ("--report", f"{name}=out/{name}")]
    ran = started(folder, "run", *named, *reports)
    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False), ran.stderr
    (folder / "printed").write_text(ran.stdout + ran.stderr, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def written(folder: Path, formats: tuple[str, ...]) -> Mapping[str, str]:
    """Each report by its name, and what every command printed."""
    (record,) = folder.glob(".mlgate/runs/*/record.json")
    printed = {"run": (folder / "printed").read_text("utf-8")}
    for command in (("show", str(record)), ("decide", str(record))):
        done = started(folder, *command)
        assert "Traceback" not in done.stderr
        printed[command[0]] = done.stdout + done.stderr
    return {**printed, **{name: (folder / "out" / name).read_text("utf-8") for name in formats}}


def test_no_order_reaches_a_ci_servers_log_and_no_character_moves_a_cursor(written: Mapping[str, str]) -> None:
    """Whatever is printed or written: workflow commands, control characters, turned reading directions."""
    for name, text in written.items():
        assert [line for line in text.splitlines() if ORDER.match(line)] == [], name
        unsafe = {each for each in text if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
        assert unsafe <= {"\n", GAP if name in MARKDOWN else "\n"}, name


def test_every_report_is_whole_in_its_own_format(written: Mapping[str, str]) -> None:
    """XML and JSON that parse, and tell of the hostile check."""
    told = [*ElementTree.fromstring(written["junit"]).iter("testcase")]
    assert any("toy.finds" in str(case.attrib) for case in told)
    for name in ("json", "sarif", "gitlab", "cyclonedx"):
        assert json.loads(written[name])
    assert all("toy.finds" in written[name] for name in (*MARKDOWN, "gitlab", "csv", "prometheus"))
    assert "mlgate" in getattr(ModelCard(written["model-card"]).data, "tags", [])
    assert any("toy.finds" in str(family.samples) for family in text_string_to_metric_families(written["prometheus"]))


def test_no_cell_of_the_spreadsheet_begins_a_formula(written: Mapping[str, str]) -> None:
    """The label's name does; it and all others stand there as text."""
    lines = list(csv.DictReader(io.StringIO(written["csv"])))
    cells = {cell for line in lines for name, cell in line.items() if name in ("check", "name", "rule", "reason")}
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert any(line["kind"] == "slice" for line in lines)


class Elements(HTMLParser):
    """The elements that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.active: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.active += [name for name, value in attrs if name.startswith("on") or "javascript:" in (value or "")]


def elements(text: str) -> Elements:
    parser = Elements()
    parser.feed(text)
    return parser


def markup(written: Mapping[str, str]) -> Iterator[str]:
    """Every report that a browser would read as HTML, or a server as Markdown."""
    yield from (text for name, text in written.items() if name in MARKDOWN or text.lstrip().startswith("<!"))


def test_no_name_becomes_an_element_a_link_or_a_picture(written: Mapping[str, str]) -> None:
    """Only the elements that the report itself draws: a page for a browser has a script and pictures of its own."""
    for text in markup(written):
        found = elements(text)
        own = {"script", "svg"} if text is written["html"] else set()
        assert not {"script", "img", "svg", "iframe", "a"} - own & set(found.seen)
        assert found.seen.count("script") == len(own) // 2
        assert found.active == []
        assert text is written["html"] or "](" not in text.replace("\\](", "")  # Markdown's links are none in HTML
