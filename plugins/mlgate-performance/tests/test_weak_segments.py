"""Weak segments: found where they were planted, not where there are none, and measured on rows the search never saw."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, mean_absolute_error

from mlgate import Check, CheckError, DataError, JudgedBy, Measurement, NotApplicable
from mlgate.rules import parse_rules
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score

Data = dict[str, Any]
LABEL = Columns(label="y", positive=1)


def people(rows: int, seed: int) -> Data:
    """Nine columns that say nothing of the label, and one region of a tenth of the rows."""
    random = np.random.default_rng(seed)
    texts = {f"c{place}": random.choice(list("abcde"), rows) for place in range(4)}
    numbers = {f"x{place}": random.normal(size=rows) for place in range(5)}
    return {**texts, **numbers, "region": random.choice(["north", "south", "west"], rows, p=[0.1, 0.5, 0.4])}


def judged(
    data: Data, weak: NDArray[np.bool_], seed: int, columns: Columns = LABEL, rival: bool = False
) -> ScoredTable:
    """Decisions right with 0.85, with 0.65 where weak; the champion, if there is one, is as good everywhere."""
    random = np.random.default_rng(seed + 1000)
    label = random.integers(0, 2, len(weak))
    luck = random.random(len(weak))
    said = [np.where(luck < right, label, 1 - label) for right in (np.where(weak, 0.65, 0.85), 0.85)]
    answers = [Predictions.labels(each) for each in said]
    return score(Table.of(pl.DataFrame({**data, "y": label})), columns, None, answers[0], answers[1] if rival else None)


def outcome(check: Check, measurement: Measurement) -> str:
    """What the default rule that blocks says."""
    return str(parse_rules(check.default, where=None)[0].judge(measurement, 0.95, check.better).outcome)


@pytest.mark.parametrize(("rows", "runs"), [(500, 20), (2_000, 10), (20_000, 2)])
def test_errors_that_depend_on_nothing_make_no_weak_segment(checks: dict[str, Check], rows: int, runs: int) -> None:
    """At most 5% of runs may report one; the benchmark counts 200 of each."""
    check = checks["performance.weak_segments"]
    found = [check(judged(people(rows, seed), np.zeros(rows, bool), seed)) for seed in range(runs)]
    assert sum(bool(each.findings) for each in found) <= 0.05 * runs
    assert "failed" not in {outcome(check, each) for each in found}


def test_a_planted_segment_is_found_and_described(checks: dict[str, Check]) -> None:
    """A tenth of 5,000 rows, accuracy 0.85 to 0.65: in at least 90% of runs; the benchmark counts 200."""
    said = []
    for seed in range(12):
        data = people(5_000, seed)
        measurement = checks["performance.weak_segments"](judged(data, data["region"] == "north", seed))
        said.append([finding.data["condition"] for finding in measurement.findings])
    assert sum(each[:1] == ["region = north"] for each in said) >= 11


def test_it_is_measured_on_the_rows_held_back(checks: dict[str, Check]) -> None:
    """Accuracy inside and outside, by scikit-learn on the other half; the same halves and numbers every time."""
    data = people(5_000, 0)
    scored = judged(data, data["region"] == "north", 0)
    measurement = checks["performance.weak_segments"](scored)
    held = np.random.default_rng(0).permutation(5_000) % 2 == 1
    inside = data["region"] == "north"
    label, said = scored.labels(), scored.decisions()
    within, beside = (accuracy_score(label[rows], said[rows]) for rows in (held & inside, held & ~inside))
    (told,) = measurement.findings
    assert told.data["rows"] == (held & inside).sum() == measurement.slices[0].estimate.n
    assert told.data["value"] == pytest.approx(within)
    assert told.data["beside"] == pytest.approx(beside)
    assert told.data["worse"] == pytest.approx(beside - within)
    assert told.message.startswith(f"region = north: accuracy {within:.3f} on {told.data['rows']} rows held back (10%")
    assert (measurement.slices[0].name, measurement.slices[0].slice) == ("region = north", {"region": "region = north"})
    assert measurement.judged_by is JudgedBy.SLICES
    assert checks["performance.weak_segments"](scored) == measurement


def test_nothing_found_is_a_number_that_passes(checks: dict[str, Check]) -> None:
    """Zero, with a note that says how far was searched; every rule of the default passes."""
    check = checks["performance.weak_segments"]
    measurement = check(judged(people(2_000, 3), np.zeros(2_000, bool), 3))
    assert measurement.estimate is not None
    assert (measurement.estimate.value, measurement.estimate.n) == (0.0, 1_000)
    assert measurement.notes[0] == "No weak segment found."
    assert measurement.notes[1].endswith("on 1,000 rows; none stood out.")
    outcomes = {rule.judge(measurement, 0.95, "lower").outcome for rule in parse_rules(check.default, where=None)}
    assert outcomes == {"passed"}


def test_a_segment_that_is_hard_for_the_champion_too_is_not_weak(checks: dict[str, Check]) -> None:
    """Both models err there; without the champion the segment is reported."""
    data = people(5_000, 1)
    alone = judged(data, data["region"] == "north", 1)
    both = alone.versus(Predictions.labels(alone.decisions()))
    check = checks["performance.weak_segments"]
    assert [finding.data["condition"] for finding in check(alone).findings] == ["region = north"]
    assert check(both).findings == ()


@pytest.mark.parametrize("name", ["weak_segments", "weak_segments_vs_champion"])
def test_a_segment_that_got_worse_is_found(checks: dict[str, Check], name: str) -> None:
    """The champion is right in 85% everywhere; paired, so that 2,000 rows are enough to block."""
    data = people(2_000, 2)
    scored = judged(data, data["region"] == "north", 2, rival=True)
    measurement = checks[f"performance.{name}"](scored)
    assert measurement.findings[0].data["condition"] == "region = north"
    if name == "weak_segments_vs_champion":
        assert outcome(checks[f"performance.{name}"], measurement) == "failed"


def test_what_its_own_answers_let_expect_does_not_block(checks: dict[str, Check]) -> None:
    """Scores near one half in one region, and right as often as they say: hard, shown as such."""
    random, data = np.random.default_rng(4), people(10_000, 4)
    north = data["region"] == "north"
    chance = np.where(north, random.uniform(0.35, 0.65, 10_000), random.choice([0.05, 0.95], 10_000))
    label = (random.random(10_000) < chance).astype(int)
    table = Table.of(pl.DataFrame({**data, "y": label}))
    check = checks["performance.weak_segments"]
    measurement = check(score(table, LABEL, None, Predictions.scores(chance, (0, 1))))
    (found,) = measurement.findings
    assert (found.data["condition"], found.severity) == ("region = north", "low")
    assert outcome(check, measurement) == "passed"


def test_a_regression_is_told_in_spreads_of_the_label(checks: dict[str, Check]) -> None:
    """Errors three times as large in one region, against scikit-learn's mean absolute error."""
    random, data = np.random.default_rng(5), people(4_000, 5)
    north = data["region"] == "north"
    label = random.normal(100, 20, 4_000)
    said = label + random.normal(0, 4, 4_000) * np.where(north, 3, 1)
    scored = score(Table.of(pl.DataFrame({**data, "y": label})), Columns(label="y"), None, Predictions.numbers(said))
    (found,) = checks["performance.weak_segments"](scored).findings
    held = np.random.default_rng(0).permutation(4_000) % 2 == 1
    inside, rest = (mean_absolute_error(label[rows], said[rows]) for rows in (held & north, held & ~north))
    assert found.data["condition"] == "region = north"
    assert found.data["worse"] == pytest.approx((inside - rest) / label.std())
    assert checks["performance.weak_segments"](scored, metric="rmse").findings[0].data["condition"] == "region = north"


def test_rows_of_one_entity_are_on_one_side(checks: dict[str, Check]) -> None:
    """Every row five times: the half that tests holds whole entities, and its interval counts them, not rows."""
    data = people(2_000, 6)
    weak, who = data["region"] == "north", np.arange(2_000)
    once = judged({**data, "who": who}, weak, 6, Columns(label="y", positive=1, entity="who"))
    frame = pl.concat([once.table.collect()] * 5)
    columns = Columns(label="y", positive=1, entity="who", weight=None)
    five = score(Table.of(frame), columns, None, Predictions.labels(np.tile(once.decisions(), 5)))
    check = checks["performance.weak_segments"]
    one, many = check(once, min_rows=20), check(five, min_rows=20)
    assert one.findings[0].data["condition"] == many.findings[0].data["condition"] == "region = north"
    assert many.findings[0].data["rows"] == 5 * int(str(one.findings[0].data["rows"]))
    width = [
        float(str(each.findings[0].data["high"])) - float(str(each.findings[0].data["low"])) for each in (one, many)
    ]
    assert width[1] == pytest.approx(width[0], rel=0.15)


def test_weights_count(checks: dict[str, Check]) -> None:
    """Rows of weight 0 might as well not be there: errors that stand on them alone are not found."""
    data = people(4_000, 7)
    north = data["region"] == "north"
    data["weight"] = np.where(north, 0.0, 1.0)
    measurement = checks["performance.weak_segments"](
        judged(data, north, 7, Columns(label="y", positive=1, weight="weight"))
    )
    assert not any("region = north" in each.name for each in measurement.slices)


def test_a_sensitive_column_is_searched_only_where_it_is_a_slice(checks: dict[str, Check]) -> None:
    """Its values are in no word of the measurement otherwise, and a note says that it was left out."""
    data = people(5_000, 8)
    weak = data["region"] == "north"
    check = checks["performance.weak_segments"]
    secret = check(judged(data, weak, 8, Columns(label="y", positive=1, sensitive=("region",))))
    assert "north" not in repr(secret)
    assert "Not searched, being sensitive and not among the declared slices: region." in secret.notes
    listed = Columns(label="y", positive=1, sensitive=("region",), slices=(("region", "c0"),))
    assert check(judged(data, weak, 8, listed)).findings[0].data["condition"] == "region = north"


def test_bad_input_is_answered_by_a_sentence(checks: dict[str, Check]) -> None:
    """Few rows, a column that is not there, one that divides nothing, a metric that no row has."""
    check, data = checks["performance.weak_segments"], people(400, 9)
    scored = judged(data, np.zeros(400, bool), 9)
    with pytest.raises(NotApplicable, match="that takes 480 rows of segments of 120, and there are 400"):
        check(scored, min_rows=120)
    with pytest.raises(DataError, match=r"has no column 'regin'\. Did you mean 'region'"):
        check(scored, columns=("regin",))
    with pytest.raises(CheckError, match=r"Segments can't be searched by 'roc_auc'\. Choose one of accuracy"):
        check(scored, metric="roc_auc")
    constant = judged({"only": np.ones(400)}, np.zeros(400, bool), 9)
    with pytest.raises(NotApplicable, match="No column divides the rows into segments"):
        check(constant)
    with pytest.raises(NotApplicable, match="no champion"):
        checks["performance.weak_segments_vs_champion"](scored)


def test_one_condition_is_the_limit_where_it_is_set(checks: dict[str, Check]) -> None:
    """A planted pair is described by one of its conditions, or not at all."""
    data = people(5_000, 10)
    weak = (data["c0"] == "a") & (data["x0"] < 0)
    check = checks["performance.weak_segments"]
    assert check(judged(data, weak, 10)).slices[0].slice.keys() == {"c0", "x0"}
    assert all(len(each.slice) == 1 for each in check(judged(data, weak, 10), max_conditions=1).slices)
