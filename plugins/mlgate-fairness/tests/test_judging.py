"""From measurement to outcome: defaults, champion, small groups, weights and entities, what reports may tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from mlgate import Check, Measurement
from mlgate.results import CheckRun, RunStatus
from mlgate.results.record_json import run_from_json, run_to_json
from mlgate.rules import parse_rules
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score
from mlgate.testing import measure
from mlgate.testing.hostile import HOSTILE

ROLES = Columns(label="y", positive=1, sensitive=("sex",))
SECRET = "Wilhelmina Featherstonehaugh"


def world(
    rates: Mapping[str, float],
    rows: int = 2_000,
    champion: Mapping[str, float] | None = None,
    seed: int = 0,
    **roles: Any,
) -> ScoredTable:
    """Groups that are decided positive at known rates, whatever their labels; the champion on the same dice."""
    rng = np.random.default_rng(seed)
    sex = np.repeat(list(rates), rows)
    dice = rng.random(len(sex))
    said = [
        Predictions.scores((dice < np.array([given[each] for each in sex])).astype(float), (1,))
        for given in (rates, champion)
        if given
    ]
    columns = {"y": rng.integers(0, 2, len(sex)), "sex": sex, "case": np.arange(len(sex)) // 5}
    frame = pl.DataFrame({**columns, "weight": np.ones(len(sex)), "customer": [SECRET] * len(sex)})
    return score(Table.of(frame), replace(ROLES, **roles), None, *said)


def outcome(check: Check, measured: Measurement, rules: Mapping[str, object] | None = None) -> str:
    """The worst outcome of the rules, by the record: as `mlgate decide` judges."""
    kept = run_from_json(run_to_json(CheckRun(check.id, RunStatus.MEASURED, 0.0, measured))).measurement
    assert kept is not None
    held = [rule.judge(kept, 0.95, check.better) for rule in parse_rules(rules or check.default)]
    return str(held[0].outcome)


@pytest.mark.parametrize(
    ("rates", "expected"),
    [((0.3, 0.32), "passed"), ((0.2, 0.6), "failed"), ((0.3, 0.5), "inconclusive")],
)
def test_the_default_rule_fails_on_what_is_shown(
    rates: tuple[float, float], expected: str, checks: Mapping[str, Check]
) -> None:
    """A gap of 0.02 passes, one of 0.4 fails, one of 0.2 can't be told from the bound."""
    check = checks["demographic_parity_difference"]
    measured = measure(check, scored_test=world(dict(zip("fm", rates, strict=True))))
    assert outcome(check, measured) == expected


def test_an_inconclusive_gap_says_how_many_rows_would_settle_it(checks: Mapping[str, Check]) -> None:
    """As every inconclusive rule does."""
    check = checks["demographic_parity_difference"]
    measured = measure(check, scored_test=world({"f": 0.3, "m": 0.53}, rows=300))
    (rule,) = parse_rules(check.default)
    judged = rule.judge(measured, 0.95, check.better)
    assert judged.outcome == "inconclusive"
    assert judged.rows_needed is not None
    assert 1_000 < judged.rows_needed < 50_000


@pytest.mark.parametrize(
    ("candidate", "champion", "expected"),
    [
        ((0.2, 0.6), (0.4, 0.5), "failed"),  # far apart, and further than before
        ((0.2, 0.6), (0.2, 0.6), "passed"),  # far apart, as before
        ((0.4, 0.5), (0.45, 0.45), "passed"),  # further than before, and not far
    ],
)
def test_the_champion_rule_asks_for_both(
    candidate: tuple[float, float], champion: tuple[float, float], expected: str, checks: Mapping[str, Check]
) -> None:
    """A wide gap that grew; not one that was there, nor one that is no gap."""
    check = checks["vs_champion"]
    table = world(dict(zip("fm", candidate, strict=True)), champion=dict(zip("fm", champion, strict=True)))
    measured = measure(check, scored_test=table, metric="demographic_parity_difference")
    assert outcome(check, measured) == expected


def test_pairing_makes_the_difference_to_the_champion_narrow(checks: Mapping[str, Check]) -> None:
    """Two models that decide alike on nearly all rows: their gaps differ by little, and surely so."""
    table = world({"f": 0.3, "m": 0.5}, champion={"f": 0.31, "m": 0.5})
    measured = measure(checks["vs_champion"], scored_test=table, metric="demographic_parity_difference")
    assert measured.comparison is not None
    assert measured.estimate is not None
    difference = measured.comparison.difference.interval(0.95)
    assert difference.half_width < 0.35 * measured.estimate.interval(0.95).half_width
    assert difference.low <= 0.01 <= difference.high


def test_the_difference_to_the_champion_holds_the_truth(checks: Mapping[str, Check]) -> None:
    """60 data sets of three groups; at 95% fewer than 52 happen once in 200."""
    rates, champion = {"a": 0.3, "b": 0.4, "c": 0.42}, {"a": 0.36, "b": 0.4, "c": 0.4}
    held = 0
    for seed in range(60):
        table = world(rates, 300, champion, seed)
        measured = measure(checks["vs_champion"], scored_test=table, metric="demographic_parity_difference")
        assert measured.comparison is not None
        interval = measured.comparison.difference.interval(0.95)
        held += interval.low <= 0.12 - 0.04 <= interval.high
    assert held >= 52


def test_a_small_group_is_named_with_the_rows_it_needs(checks: Mapping[str, Check]) -> None:
    """Twelve rows of a third group keep a small gap from passing; a lower `min_rows` lets them be judged."""
    table = world({"f": 0.30, "m": 0.31})
    frame = pl.concat([table.table.collect(["y", "sex"]), pl.DataFrame({"y": [0, 1] * 6, "sex": ["x"] * 12})])
    said = np.concatenate([table.scores()[:, 1], np.tile([1.0, 0.0, 0.0], 4)])
    scored = score(Table.of(frame), ROLES, None, Predictions.scores(said, (1,)))
    check = checks["demographic_parity_difference"]
    measured = measure(check, scored_test=scored)
    assert outcome(check, measured, {"at_most": 0.5}) == "inconclusive"
    (small,) = measured.too_small
    assert (small.name, small.rows_needed) == ("sex=x", 38)
    assert small.reason == "has 12 rows, and a group needs 50 to be judged"
    assert measured.notes[1].startswith(
        "Among groups large enough to be judged it is that of the selection rate between "
    )
    judged = measure(check, scored_test=scored, min_rows=10, min_support=10)
    assert judged.too_small == ()
    assert outcome(check, judged, {"at_most": 0.5}) == "passed"


def test_weights_of_one_change_nothing(checks: Mapping[str, Check]) -> None:
    """Values are the same; intervals nearly so (trials from variances, not from counts)."""
    for name in ("demographic_parity_difference", "auc_gap", "calibration_gap"):
        plain = measure(checks[name], scored_test=world({"f": 0.3, "m": 0.5}))
        weighted = measure(checks[name], scored_test=world({"f": 0.3, "m": 0.5}, weight="weight"))
        assert plain.estimate is not None
        assert weighted.estimate is not None
        assert weighted.estimate.value == pytest.approx(plain.estimate.value, abs=1e-12)
        one, other = plain.estimate.interval(0.95), weighted.estimate.interval(0.95)
        assert (other.low, other.high) == pytest.approx((one.low, one.high), abs=2e-3)


@pytest.mark.parametrize("name", ["demographic_parity_difference", "auc_gap", "calibration_gap"])
def test_rows_of_one_entity_widen_the_interval(name: str, checks: Mapping[str, Check]) -> None:
    """Every row five times over says no more than once: five copies of an entity, as wide as one."""
    once = world({"f": 0.3, "m": 0.5}, rows=800)
    frame = once.table.collect(["y", "sex"]).with_row_index("case")
    copies, said = pl.concat([frame] * 5), np.tile(once.scores()[:, 1], 5)
    five = score(Table.of(copies), replace(ROLES, entity="case"), None, Predictions.scores(said, (1,)))
    one, other = (measure(checks[name], scored_test=table).estimate for table in (once, five))
    assert one is not None
    assert other is not None
    assert other.value == pytest.approx(one.value)
    assert other.interval(0.95).half_width == pytest.approx(one.interval(0.95).half_width, rel=0.2)


def test_many_classes_are_compared_class_by_class(checks: Mapping[str, Check]) -> None:
    """The rate of each class, and the worst of all."""
    rng = np.random.default_rng(1)
    sex = np.repeat(["f", "m"], 1_500)
    label = rng.choice(["a", "b", "c"], 3_000)
    said = np.where((sex == "f") & (label == "c") & (rng.random(3_000) < 0.5), "a", label)
    columns = Columns(label="y", sensitive=("sex",))
    scored = score(Table.of(pl.DataFrame({"y": label, "sex": sex})), columns, None, Predictions.labels(said))
    measured = measure(checks["equal_opportunity_difference"], scored_test=scored)
    recall = ((said == "c") & (label == "c") & (sex == "f")).sum() / ((label == "c") & (sex == "f")).sum()
    assert measured.estimate is not None
    assert measured.estimate.value == pytest.approx(1 - recall)
    assert measured.data["metric"] == "true positive rate of c"
    assert {each.metric for each in measured.slices} == {f"true positive rate of {each}" for each in "abc"}


def test_numbers_are_compared_by_their_errors(checks: Mapping[str, Check]) -> None:
    """Mean errors in standard deviations of the label; the worst group's loss in the label's unit."""
    rng = np.random.default_rng(2)
    sex, label = np.repeat(["f", "m"], 1_000), rng.normal(100, 10, 2_000)
    error = rng.normal(0, 1, 2_000) + np.where(sex == "f", 4, 0)
    columns = Columns(label="y", sensitive=("sex",))
    frame = pl.DataFrame({"y": label, "sex": sex})
    scored = score(Table.of(frame), columns, None, Predictions.numbers(label + error))
    apart = measure(checks["calibration_gap"], scored_test=scored).estimate
    worst = measure(checks["bounded_group_loss"], scored_test=scored)
    assert apart is not None
    assert worst.estimate is not None
    f, m = error[sex == "f"], error[sex == "m"]
    assert apart.value == pytest.approx((f.mean() - m.mean()) / label.std())
    assert worst.estimate.value == pytest.approx(np.abs(f).mean())
    assert worst.unit == "label"
    assert [each.name for each in worst.slices] == ["sex=f", "sex=m"]


def test_only_the_names_of_listed_groups_are_told(checks: Mapping[str, Check], scorer: Callable[..., Any]) -> None:
    """Of columns that are not listed nothing is in a measurement; of listed ones the groups' names alone."""
    scored = world({"f": 0.2, "m": 0.6}, champion={"f": 0.4, "m": 0.5})
    for check in checks.values():
        if "predict" in check.resources:
            continue  # tests/test_counterfactual.py has a model to ask
        kept = run_to_json(CheckRun(check.id, RunStatus.MEASURED, 0.0, measure(check, scored_test=scored)))
        assert SECRET.encode() not in kept


def test_hostile_names_of_groups_are_carried_and_never_acted_on(checks: Mapping[str, Check]) -> None:
    """Group names are text in the record; reports escape what they draw (tests/reports)."""
    names = [text for text in HOSTILE if "\ud800" not in text]
    rng = np.random.default_rng(3)
    frame = pl.DataFrame({"y": rng.integers(0, 2, 4_000), "sex": rng.choice(names, 4_000)})
    scored = score(Table.of(frame), ROLES, None, Predictions.scores(rng.random(4_000), (1,)))
    measured = measure(checks["demographic_parity_difference"], scored_test=scored)
    assert {each.slice["sex"] for each in measured.slices} == set(names)
