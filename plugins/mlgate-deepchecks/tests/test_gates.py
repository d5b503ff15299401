"""A gate file that names deepchecks: outcomes, levels, waivers, and faults that take nothing else with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mlgate import Record
from mlgate.cli import run_command
from mlgate.sandbox.confining import Means
from mlgate.sandbox.standing import sandbox_with
from mlgate_deepchecks.catalogue import ENTRIES, Suite, members

Run = Callable[..., Record]
Outcomes = Callable[[Record], Mapping[str, Any]]


def test_a_suite_is_one_result_for_each_of_its_checks(gated: Run, outcomes: Outcomes) -> None:
    """Each with its own outcome; what does not run never passes, and what does not apply denies nothing."""
    record = gated('[checks."deepchecks.full_suite"]')
    found = outcomes(record)
    assert {f"deepchecks.{name}" for name in found} == set(members(None))
    told = {name: (str(result.outcome), str(result.level)) for name, result in found.items()}
    assert told["IsSingleValue"] == ("passed", "enforce")
    assert told["NewLabelTrainTest"] == ("failed", "enforce")
    assert told["MixedNulls"] == ("failed", "warn")
    assert told["RegressionErrorDistribution"][0] == "skipped"
    assert told["BoostingOverfit"][0] == "skipped"
    assert told["DatasetsSizeComparison"] == ("errored", "enforce")
    assert told["DataDuplicates"][0] == "errored"
    assert told["FeatureDrift"][0] == "errored"
    assert told["ConfusionMatrixReport"] == ("failed", "observe")
    assert record.verdict.decision == "denied"
    denying = " ".join(record.verdict.reasons)
    assert "NewLabelTrainTest" in denying
    assert "RegressionErrorDistribution" not in denying
    assert "MixedNulls" not in denying


def test_a_suites_table_holds_for_its_checks_and_their_own_wins(gated: Run, outcomes: Outcomes) -> None:
    """A level for all of them; a check with a table of its own keeps to that."""
    suite = '[checks."deepchecks.data_integrity"]\nlevel = "observe"\nseed = 7\n'
    found = outcomes(gated(suite + '[checks."deepchecks.MixedNulls"]\nlevel = "enforce"'))
    assert {f"deepchecks.{name}" for name in found} == set(members(Suite.INTEGRITY))
    assert found["IsSingleValue"].rules[0].level == "observe"
    assert found["IsSingleValue"].run.options["seed"] == 7
    assert found["MixedNulls"].run.options["seed"] == 42
    levels = {str(rule.rule): str(rule.level) for rule in found["MixedNulls"].rules}
    assert levels["no_findings(high)"] == "enforce"
    assert levels["at_most(warnings=0)"] == "warn"


def test_a_rule_and_a_waiver_speak_of_one_check(gated: Run, outcomes: Outcomes) -> None:
    """As of any other: deepchecks' numbers are parts, and its failed conditions findings."""
    checks = """
[checks."deepchecks.IsSingleValue"]
at_most = { "test ratio" = 0.2 }
[checks."deepchecks.LabelDrift"]
at_most = 0.2
[checks."deepchecks.NewLabelTrainTest"]
[[waivers]]
check = "deepchecks.NewLabelTrainTest"
reason = "new product"
owner = "me"
until = 2099-01-01
"""
    record = gated(checks)
    found = outcomes(record)
    assert (found["IsSingleValue"].outcome, found["LabelDrift"].outcome) == ("failed", "passed")
    assert "0.25" in found["IsSingleValue"].reason
    assert found["LabelDrift"].run.measurement.estimate.value == 0.125
    (finding,) = found["NewLabelTrainTest"].run.measurement.findings
    assert finding.message == "not 'bound < 1': Found 2."
    waived = [rule.waived for rule in found["NewLabelTrainTest"].rules if rule.outcome == "failed"]
    assert waived == ["new product (me, until 2099-01-01)"]


FAULTS = {
    "die": "deepchecks' process was killed, as a system does that runs out of memory, in this check",
    "garbage": "deepchecks' process answered with what is no strict JSON, in this check",
    "memory": "deepchecks' process ran out of the memory that it is given, in this check",
    "hang": "deepchecks' process was not done within 5 s and was ended, in this check",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_check_that_takes_its_process_along_takes_no_other_result(fault: str, gated: Run, outcomes: Outcomes) -> None:
    """What ran before keeps its result; what comes after is asked again, as far as there is time."""
    bound = "seconds = 5\n" if fault == "hang" else ""
    checks = f"""
[checks."deepchecks.IsSingleValue"]
[checks."deepchecks.MixedDataTypes"]
params = {{ toy = "{fault}" }}
{bound}
[checks."deepchecks.NewCategoryTrainTest"]
{bound}
"""
    if fault == "hang":
        checks = checks.replace('IsSingleValue"]', 'IsSingleValue"]\nseconds = 5')
    found = outcomes(gated(checks))
    assert found["MixedDataTypes"].outcome == "errored"
    assert found["MixedDataTypes"].reason.startswith(FAULTS[fault])
    assert found["IsSingleValue"].outcome == "passed"
    assert found["NewCategoryTrainTest"].outcome == ("errored" if fault == "hang" else "passed")


def test_a_process_that_never_comes_up_is_one_sentence(
    toy: Callable[..., None], gated: Run, outcomes: Outcomes
) -> None:
    """Every check of deepchecks is errored, and no check of anybody else's."""
    toy()
    gated('[checks."deepchecks.IsSingleValue"]')  # built now
    toy(TOY="dies at once")
    result = outcomes(gated('[checks."deepchecks.IsSingleValue"]'))["IsSingleValue"]
    assert result.outcome == "errored"
    assert result.reason.startswith("deepchecks' process was killed, as a system does that runs out of memory, before")


def test_a_process_of_another_release_is_one_sentence(
    gated: Run, outcomes: Outcomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It speaks another protocol, and is not guessed at."""
    gated('[checks."deepchecks.IsSingleValue"]')  # built now
    monkeypatch.setattr("mlgate.engines.protocol.PROTOCOL", 2)
    result = outcomes(gated('[checks."deepchecks.IsSingleValue"]'))["IsSingleValue"]
    assert result.outcome == "errored"
    assert result.reason.startswith("deepchecks' process speaks protocol 1, and this mlgate speaks 2, before")


def test_the_record_tells_how_the_process_was_confined(gated: Run, outcomes: Outcomes) -> None:
    """The same levels as for a model that is opened; what is missing is a note, too."""
    measured = outcomes(gated('[checks."deepchecks.IsSingleValue"]'))["IsSingleValue"].run.measurement
    told, means = measured.data["sandbox"], sandbox_with(Means.here())
    assert told == {"level": str(means.level), "lacks": list(means.lacks)}
    assert any("does not keep deepchecks' process from" in note for note in measured.notes) is bool(means.lacks)


def test_an_engine_that_can_not_be_built_is_one_sentence(
    gated: Run, outcomes: Outcomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cache where nothing can be written."""
    monkeypatch.setenv("MLGATE_ENGINES", "/proc/no")
    result = outcomes(gated('[checks."deepchecks.IsSingleValue"]'))["IsSingleValue"]
    assert result.outcome == "errored"
    assert "is not built yet, and nothing can be written to /proc/no" in result.reason


def test_without_a_table_there_is_nothing_to_look_at(gated: Run, outcomes: Outcomes) -> None:
    """A check that the gate file names itself is required: skipped denies."""
    record = gated('[checks."deepchecks.IsSingleValue"]', data="")
    assert outcomes(record)["IsSingleValue"].reason.startswith("required and skipped: no table was named")
    assert record.verdict.decision == "denied"


def test_nothing_of_deepchecks_runs_unasked(gated: Run, outcomes: Outcomes) -> None:
    """Its checks take minutes: a gate file or a pattern names them."""
    from mlgate.gate import GateRequest, Session

    session = Session.prepare(GateRequest())
    assert not any(each.check.id.startswith("deepchecks.") for each in session.plan)
    assert not any(id.startswith("deepchecks.") for id in session.facts.gate.left_out)
    asked = Session.prepare(GateRequest(only=("deepchecks.data_integrity",))).plan
    assert {each.check.id for each in asked} == set(members(Suite.INTEGRITY))
    left = Session.prepare(GateRequest(only=("deepchecks.data_integrity",), skip=("deepchecks.M*",))).plan
    assert {each.check.id for each in asked} - {each.check.id for each in left} == {
        "deepchecks.MixedNulls",
        "deepchecks.MixedDataTypes",
    }


def test_explain_tells_deepchecks_own_words_once_it_is_built(
    gated: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours always, its own from its environment."""
    gated('[checks."deepchecks.IsSingleValue"]')
    assert run_command(["explain", "deepchecks.FeatureDrift"]) == 0
    said = capsys.readouterr().out
    assert "In the words of deepchecks 0\n" in said
    assert "Its own.\n\nparams: a\ncondition c (b)" in said
    monkeypatch.setenv("MLGATE_ENGINES", "/nowhere")
    assert run_command(["explain", "deepchecks.FeatureDrift"]) == 0
    assert "`mlgate engines build deepchecks` builds it" in capsys.readouterr().out


def test_a_misspelt_check_is_told_by_the_gate_file(gated: Run) -> None:
    """With the nearest name."""
    from mlgate import UsageError

    with pytest.raises(UsageError, match=r"deepchecks\.FeatureDrift"):
        gated('[checks."deepchecks.FeaturDrift"]')


def test_a_name_that_deepchecks_does_not_have_is_a_sentence(gated: Run, outcomes: Outcomes) -> None:
    """deepchecks itself swallows it; told with the names there are, and no place in anybody's code."""
    result = outcomes(gated('[checks."deepchecks.ClassImbalance"]'))["ClassImbalance"]
    assert (result.outcome, result.reason) == ("errored", "ClassImbalance has no condition 'x'; it has: none.")


def test_a_mistake_in_a_suites_table_is_told_once(gated: Run) -> None:
    """Not once for each of its checks."""
    from mlgate import UsageError

    with pytest.raises(UsageError) as caught:
        gated('[checks."deepchecks.full_suite"]\nlevel = "loud"\nseed = "x"')
    assert str(caught.value).count("loud") == 1
    assert str(caught.value).count("seed") == 1


def test_the_catalogue_names_each_check_once() -> None:
    """Three suites, and all of them."""
    names = [entry.name for entry in ENTRIES]
    assert len(names) == len(set(names))
    assert sum(len(members(suite)) for suite in Suite) == len(members(None)) == 35
