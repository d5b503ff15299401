"""With -n 2, two workers are still one run: one opening, one prediction, one look, one record."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from mlgate.opening import digest
from mlgate.results import Decision, Outcome

if TYPE_CHECKING:
    from tests.pytest_plugin.conftest import Project

GATE = '[checks."toy.good"]\nat_least = 0.8\n[checks."toy.low"]\nat_least = 0.5\n'


def test_outcomes_and_record_are_those_of_one_process(project: Project) -> None:
    """The controller collects nothing and keeps the record."""
    tests = 'def test_it(gate):\n    gate.record("business.profit", value=1, n=10)\n'
    project.write("good", "low", "found", "absent", "crash", gate=GATE, tests=tests)
    result = project.run_apart("-n", "2")
    result.assert_outcomes(passed=2, failed=3, skipped=1)
    record = project.record()
    assert {each.check: str(each.outcome) for each in record.results} == {
        "business.profit": "passed",
        "other.found": "failed",
        "toy.absent": "skipped",
        "toy.crash": "errored",
        "toy.good": "passed",
        "toy.low": "failed",
    }
    assert "denied: 6 measurements by mlgate.toml" in result.outlines
    assert f"record: {project.record_files()[0].relative_to(project.path)}" in result.outlines


def test_deselected_checks_are_named(project: Project) -> None:
    """What the workers left out, the record knows."""
    project.write("good", "low", gate=GATE)
    assert project.run_apart("-n", "2", "-k", "good").ret == 0
    assert project.record().facts.gate.left_out == ("toy.low",)


def test_a_crashed_worker_denies(project: Project) -> None:
    """A check that takes its process along is an error in the record, not a gap."""
    dies = '@check("toy.dies", default={"at_least": 0})\ndef dies():\n    "Dies."\n    import os\n    os._exit(1)\n'
    project.write("good", gate='[checks."toy.good"]\nat_least = 0.8\n')
    with (project.path / "mlgate_checks.py").open("a") as checks:
        checks.write(dies)
    assert project.run_apart("-n", "2").ret == pytest.ExitCode.TESTS_FAILED
    (died,) = [result for result in project.record().results if result.check == "toy.dies"]
    assert died.outcome is Outcome.ERRORED
    assert died.reason.endswith("crashed while running 'mlgate.toml::toy.dies'")
    assert project.record().verdict.decision is Decision.DENIED


def test_verdicts_that_no_item_tells_fail_the_run(project: Project) -> None:
    """The exit status is the controller's."""
    waiver = '[[waivers]]\ncheck = "toy.good"\nreason = "none"\nowner = "data-team"\nuntil = 2020-01-31\n'
    project.write("good", gate='[checks."toy.good"]\nat_least = 0.8\n' + waiver)
    result = project.run_apart("-n", "2")
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED


MODEL = """
from pathlib import Path

LOG = Path(__file__).parent / "log.txt"


def note(line):
    with LOG.open("a") as log:
        log.write(f"{line}\\n")


class Model:
    classes_ = [0, 1]
    feature_names_in_ = ["x"]

    def predict(self, frame):
        return self.predict_proba(frame)[:, 1] > 0.5

    def predict_proba(self, frame):
        note("predicted")
        share = frame["x"].to_numpy(dtype=float) / 100
        return __import__("numpy").column_stack([1 - share, share])


def make():
    note("opened")
    return Model()
"""

# Twelve checks, so that each worker has some; all of them ask for the predictions.
SCORED = "".join(
    f'@check("scored.auc_{name}", better="higher", default={{"at_least": 0.5}})\n'
    f'def auc_{name}(scored_test):\n    "Ranks."\n    return Measurement(scored_test.metric("roc_auc"))\n'
    for name in "abcdefghijkl"
)
CHECKS = f"from mlgate import Measurement, check\n{SCORED}"
DATA = 'version = 1\n[candidate]\nmodel = "own_model:make"\n[data]\ntest = "test.csv"\nlabel = "y"\n'


@pytest.fixture
def scored(project: Project) -> Project:
    """A model that writes down each time it is opened or asked."""
    rows = "".join(f"{n},{int(n % 7 > 3) if n < 50 else 1}\n" for n in range(100))
    files = {"mlgate.toml": DATA, "mlgate_checks.py": CHECKS, "own_model.py": MODEL, "test.csv": f"x,y\n{rows}"}
    return project.write(files=files)


def test_the_model_is_opened_and_asked_once_per_run_not_per_worker(scored: Project) -> None:
    """The second worker waits for the first one's predictions. What a factory made is not kept for the next run."""
    scored.run_apart("-n", "2").assert_outcomes(passed=12)
    assert (scored.path / "log.txt").read_text().splitlines() == ["opened", "predicted"]
    assert list((scored.path / ".mlgate" / "cache").iterdir()) == []


def test_a_model_file_is_asked_once_for_all_runs(scored: Project) -> None:
    """Its bytes bind its predictions: this one never answers alike twice."""
    wavering = MODEL.replace("/ 100", "/ 100 + __import__('numpy').random.default_rng().normal(0, 0.1, len(frame))")
    scored.write(files={"own_model.py": wavering.replace('note("predicted")', "")})
    dump = "import own_model, pickle; pickle.dump(own_model.Model(), open('model.pkl', 'wb'))"
    scored.pytester.run(sys.executable, "-c", dump)
    named = f'model.pkl"\ntrust = ["{digest(scored.path / "model.pkl")}"]\n'
    gate = DATA.replace('own_model:make"\n', named)
    scored.write(files={"mlgate.toml": gate, "mlgate_checks.py": CHECKS})
    for _ in range(2):
        scored.run_apart("-n", "2").assert_outcomes(passed=12)
    measured = [result.run.measurement for record in scored.records() for result in record.results]
    values = [each.estimate.value for each in measured if each and each.estimate]
    assert len(values) == 24
    assert len(set(values)) == 1


def test_two_workers_look_once_at_the_test_set(scored: Project) -> None:
    """Else the second would be judged more strictly for nothing."""
    scored.run_apart("-n", "2")
    (candidates,) = json.loads((scored.path / ".mlgate" / "looks.json").read_text()).values()
    assert len(candidates) == 1
    assert scored.record().facts.data["test"].looks == 1


def test_the_head_of_the_record_is_the_workers(scored: Project) -> None:
    """The controller opens neither model nor data."""
    scored.run_apart("-n", "2")
    facts = scored.record().facts
    assert facts.candidate is not None
    assert facts.candidate.uri == "own_model:make"
    assert facts.candidate.digest is not None
    assert facts.data["test"].rows == 100


IN_MEMORY = """
import mlgate
import pytest


@pytest.fixture(scope="session")
def mlgate_request():
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    frame = pd.DataFrame({"x": range(100), "y": [int(n % 7 > 3) if n < 50 else 1 for n in range(100)]})
    model = LogisticRegression().fit(frame[["x"]], frame["y"])
    return mlgate.GateRequest(model=model, tables={"test": frame}, label="y")
"""
TESTS = "".join(
    f'def test_{name}(gate):\n    gate.measure("scored.auc_{name}").at_least(0.5)\n'
    f'    gate.record("business.{name}", value=1, n=1)\n'
    for name in "abcdef"
)


def test_a_model_in_memory_is_one_subject_in_every_worker(scored: Project) -> None:
    """Each worker fits it anew, and what they record of it comes into one record, which names it."""
    (scored.path / "conftest.py").write_text(IN_MEMORY)
    (scored.path / "test_own.py").write_text(TESTS)
    scored.run_apart("-n", "2", "test_own.py").assert_outcomes(passed=6)
    record = scored.record()
    assert [result.check for result in record.results] == [f"business.{name}" for name in "abcdef"]
    assert record.facts.candidate is not None
    assert record.facts.candidate.uri == "<LogisticRegression in memory>"
    assert not (scored.path / "log.txt").exists()
