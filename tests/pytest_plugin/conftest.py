"""Toy projects: a gate file, checks that behave in known ways, and a pytest run in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# A run inside this process forgets what it imported: numpy can't be imported twice, and the others take their time.
import jsonschema  # noqa: F401
import pytest

import mlgate.pytest_plugin.asking
import mlgate.pytest_plugin.collecting
import mlgate.pytest_plugin.summing_up  # noqa: F401
from mlgate.results import Record
from mlgate.results.record_json import from_json

IMPORTS = "from mlgate import Estimate, Finding, Measurement, NotApplicable, Spread, check\n"

# Each measures on 100 rows with a standard error of 0.01: an interval of 0.0196 to both sides.
TOYS = {
    "good": '''
@check("toy.good", better="higher", default={"at_least": 0.5})
def good(*, shift: float = 0.0):
    """A high number."""
    return Measurement(Estimate(0.9 + shift, 100, Spread("normal", 0.01)))
''',
    "low": '''
@check("toy.low", better="higher", default={"at_least": 0.5})
def low():
    """A low number.

    ## What to do
    Train on more rows,
    then try again.

    This is not part of the advice.
    """
    return Measurement(Estimate(0.3, 100, Spread("normal", 0.01)))
''',
    "unsure": '''
@check("toy.unsure", better="higher")
def unsure():
    """A number near the bound."""
    return Measurement(Estimate(0.51, 100, Spread("normal", 0.01)))
''',
    "crash": '''
@check("toy.crash", default={"at_least": 0})
def crash():
    """Divides by zero."""
    return 1 / 0
''',
    "absent": '''
@check("toy.absent")
def absent():
    """Has nothing to measure."""
    raise NotApplicable("there is nothing to measure here.", hint="Bring something.")
''',
    "found": '''
@check("other.found", default={"no_findings": True})
def found():
    """Finds two things."""
    return Measurement(findings=(Finding("a private key"), Finding("a password")))
''',
}

WITHOUT = ("-p", "no:hypothesispytest", "-p", "no:anyio", "-p", "no:typeguard")  # each costs a run a second or so

ALONE = """
import mlgate.host.loading

mlgate.host.loading.entry_points = lambda group: ()
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a gate file, in which pytest runs."""

    pytester: pytest.Pytester

    def write(self, *toys: str, gate: str = "", tests: str = "", files: Mapping[str, str] | None = None) -> Project:
        contents = {
            "mlgate.toml": f"version = 1\n{gate}",
            "mlgate_checks.py": IMPORTS + "".join(TOYS[toy] for toy in toys),
            **({"test_own.py": tests} if tests else {}),
            **(files or {}),
        }
        for name, content in contents.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return self

    @property
    def path(self) -> Path:
        return self.pytester.path

    def run(self, *options: str) -> pytest.RunResult:
        """In this process: quick. Nothing is kept for the next run."""
        return self.pytester.runpytest_inprocess("-p", "no:cacheprovider", *WITHOUT, *options)

    def run_apart(self, *options: str) -> pytest.RunResult:
        """In processes of its own, as users do; the checks of installed plugins are left out there too."""
        conftest = self.path / "conftest.py"
        own = conftest.read_text() if conftest.exists() else ""
        conftest.write_text(own if ALONE in own else own + ALONE)
        return self.pytester.runpytest_subprocess(*WITHOUT, *options)

    def records(self) -> list[Record]:
        """The records, read as any reader does."""
        return [from_json(path.read_bytes()) for path in self.record_files()]

    def record_files(self) -> list[Path]:
        return sorted(self.path.glob("**/.mlgate/runs/*/record.json"))

    def record(self) -> Record:
        (record,) = self.records()
        return record

    def record_tree(self) -> dict[str, Any]:
        (path,) = self.record_files()
        tree = json.loads(path.read_bytes())
        assert isinstance(tree, dict)
        return tree

    @staticmethod
    def section(result: pytest.RunResult, first: str, last: str) -> list[str]:
        """The lines of the output between two titles, which stand in lines of = or _."""
        titles = [line.strip("=_ ") for line in result.outlines]
        start = titles.index(first)
        return result.outlines[start + 1 : titles.index(last, start)]


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project, in which no plugin but the project's own checks is installed."""
    monkeypatch.setattr("mlgate.host.loading.entry_points", lambda group: ())
    return Project(pytester)
