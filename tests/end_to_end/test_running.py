"""How a run goes: several checks at a time, a time budget, reports, a choice of checks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
from lxml import etree

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk

SLEEPER = '''
import time

from mlgate import Measurement, check


@check("toy.a_sleeper", default={"at_least": 1})
def sleeper():
    """Takes longer than the budget."""
    time.sleep(0.3)
    return Measurement.exact(1, n=1)


@check("toy.b_late", default={"at_least": 1})
def late():
    """Comes too late."""
    return Measurement.exact(1, n=1)
'''
RUN = ("run", "--model", "candidate.joblib", "--test", "test.parquet", "--label", "late")


def test_four_jobs_measure_what_one_measures(desk: Desk) -> None:
    """The record of `--jobs 4` is that of `--jobs 1`, in the same order."""
    command = (*RUN, "--champion", "champion.joblib", "--train", "train.parquet", "--slice", "region")
    codes = [desk.mlgate(*command, "--jobs", jobs).code for jobs in ("1", "4")]
    one, four = (_timeless(record) for record in desk.records())
    assert codes[0] == codes[1]
    assert one == four


def test_the_time_budget_starts_no_check_after_it(desk: Desk) -> None:
    """What the budget leaves out could not run, and denies."""
    desk.write("mlgate_checks.py", SLEEPER)
    done = desk.mlgate(*RUN, "--checks", "toy.*", "--time-budget", "0.2")
    assert done.code == 3
    assert desk.result("toy.a_sleeper")["outcome"] == "passed"
    assert desk.result("toy.b_late")["outcome"] == "errored"
    assert desk.record()["verdict"]["reasons"] == ["toy.b_late: not run: the time budget of 0.2 s was spent."]


def test_reports_are_written_where_they_are_asked_for(desk: Desk) -> None:
    """`--report` may be repeated; the JSON is the record itself, and each says the verdict."""
    done = desk.mlgate(
        *(*RUN, "--checks", "performance.roc_auc,performance.baseline"),
        *("--report", "json=out/record.json", "--report", "junit=out/gate.xml", "--report", "markdown=out/gate.md"),
    )
    assert [line for line in done.out.splitlines() if "out/" in line] == [
        "json: out/record.json",
        "junit: out/gate.xml",
        "markdown: out/gate.md",
    ]
    assert json.loads((desk / "out/record.json").read_bytes()) == desk.record()
    cases = etree.parse(desk / "out/gate.xml").iter("testcase")
    assert {case.get("name") for case in cases} == {"performance.roc_auc", "performance.baseline", "verdict"}
    assert desk.record()["verdict"]["decision"] in (desk / "out/gate.md").read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_costs_no_result(desk: Desk) -> None:
    """The verdict stands, the record is there, and the exit code says that something is missing."""
    (desk / "taken").mkdir()
    done = desk.mlgate(*RUN, "--checks", "performance.baseline", "--report", "json=taken")
    assert done.code == 3
    assert done.err.splitlines()[-1].startswith("mlgate: the json report could not be written to taken: ")
    assert desk.record()["verdict"]["decision"] == "allowed"


def test_a_misspelt_report_format_costs_no_run(desk: Desk) -> None:
    """The mistake is told before anything is measured."""
    done = desk.mlgate(*RUN, "--report", "junt=gate.xml")
    assert (done.code, done.err) == (
        4,
        "mlgate: there is no report format 'junt'. There are: csv, cyclonedx, github, gitlab, html, json, junit, "
        "markdown, model-card, prometheus, sarif.\n",
    )
    assert desk.records() == []


def test_checks_are_chosen_by_pattern(desk: Desk) -> None:
    """`--checks` and `--skip` take names with `*`."""
    desk.mlgate(*RUN, "--checks", "performance.r*,performance.f1", "--skip", "performance.r2,*.rmse,*_ovr")
    names = {result["check"] for result in desk.record()["results"]}
    assert names == {"performance.roc_auc", "performance.recall", "performance.f1"}


def test_a_pattern_without_a_check_is_refused(desk: Desk) -> None:
    """A misspelt pattern would leave a check out."""
    done = desk.mlgate(*RUN, "--checks", "performance.roc_acu")
    assert (done.code, done.err) == (
        4,
        "mlgate: no check matches 'performance.roc_acu'. Did you mean performance.roc_auc?\n",
    )


def test_plain_lines_say_how_far_a_run_is(desk: Desk) -> None:
    """In CI there is no bar: one line per check that was measured, on the error stream."""
    done = desk.mlgate(*RUN, "--checks", "performance.roc_auc,performance.rmse")
    assert done.err.splitlines()[0] == "mlgate: 2 checks on candidate.joblib"
    assert [line.partition(" in ")[0] for line in done.err.splitlines()[1:]] == [
        "[2/2] performance.roc_auc measured",
    ]


def test_the_record_follows_the_schema_that_the_command_prints(desk: Desk) -> None:
    """An outside witness validates a whole run against `mlgate schema --record`."""
    desk.mlgate(*RUN, "--champion", "champion.joblib", "--slice", "region")
    schema = json.loads(desk.mlgate("schema", "--record").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(desk.record(), schema)
    assert desk.record()["schema"] == "mlgate-record/1"


def test_the_same_candidate_looks_once_at_a_test_set(desk: Desk) -> None:
    """A second candidate is the second look; running the first again is none."""
    for model in ("candidate.joblib", "champion.joblib", "candidate.joblib"):
        desk.mlgate("run", "--model", model, "--test", "test.parquet", "--label", "late", "--checks", "*.roc_auc")
    assert [record["data"]["test"]["looks"] for record in desk.records()] == [1, 2, 1]


def _timeless(record: dict[str, Any]) -> dict[str, Any]:
    """What two runs of one thing share: all but name and times."""
    for result in record["results"]:
        result.pop("seconds")
    return {key: value for key, value in record.items() if key not in ("id", "started", "seconds")}
