"""What `mlgate plan` says of a test table: sentences with their numbers and their assumptions."""

from __future__ import annotations

import pytest

from mlgate import Check, PlanLine, TestFacts
from mlgate_performance import planning

ADULT = TestFacts(rows=12_211, class_counts=(9_289, 2_922), entities=None, task="binary")
SPECIES = TestFacts(rows=300, class_counts=(130, 60, 110), entities=None, task="multiclass")
PRICES = TestFacts(rows=10_000, class_counts=(), entities=None, task="regression")


def only(lines: tuple[PlanLine, ...]) -> PlanLine:
    (line,) = lines
    return line


def test_the_plan_of_the_comparison_with_the_champion_is_a_sentence_with_its_assumptions() -> None:
    """The whole sentence for a binary task."""
    line = only(planning.vs_champion(ADULT, 0.95))
    assert line.check == "performance.vs_champion"
    assert line.statement == (
        "With 12,211 rows, a candidate worse than the champion by 0.0159 is shown to be beyond the margin of 0.01; an "
        "equal one is proven not worse from 4,187 rows (there are enough). Assumed: both models have a roc_auc near "
        "0.85 and their estimates correlate at 0.9."
    )
    assert line.rows_needed == 4_187
    assert line.detectable == pytest.approx(0.00585, abs=1e-5)


def test_more_rows_are_asked_for_where_there_are_too_few() -> None:
    """300 rows of Adult can't prove a margin of one point, and the sentence says how many are missing."""
    few = TestFacts(rows=300, class_counts=(228, 72), entities=None, task="binary")
    line = only(planning.vs_champion(few, 0.95))
    assert line.rows_needed is not None
    assert f"({line.rows_needed - 300:,} more than there are)" in line.statement


@pytest.mark.parametrize(("margin", "rows"), [(0.02, [310, 773, 1_546, 3_092]), (0.01, [1_237, 3_092, 6_183, 12_366])])
def test_the_plan_of_a_share_is_one_line_per_discordance(
    checks: dict[str, Check], margin: float, rows: list[int]
) -> None:
    """At a confidence of 90% (0.05 on each side) the lines are the published figures."""
    plan = checks["performance.accuracy"].plan
    assert plan is not None
    assert [line.rows_needed for line in plan(ADULT, 0.90, margin)] == rows


def test_the_rule_s_own_margin_wins_over_the_default() -> None:
    """A margin twice as wide needs a quarter of the rows."""
    default, wide = only(planning.vs_champion(PRICES, 0.95)), only(planning.vs_champion(PRICES, 0.95, 0.04))
    assert default.rows_needed is not None
    assert wide.rows_needed == pytest.approx(default.rows_needed / 4, abs=1)


def test_without_a_margin_no_number_of_rows_is_enough() -> None:
    """An equal candidate can't be proven not worse at all."""
    line = only(planning.vs_champion(PRICES, 0.95, 0.0))
    assert line.rows_needed is None
    assert "without a margin, no number of rows proves an equal one to be not worse" in line.statement


def test_rows_of_one_entity_count_once() -> None:
    """Four rows per entity: what can be seen is twice as coarse, and four times the rows are needed."""
    grouped = TestFacts(rows=12_211, class_counts=(9_289, 2_922), entities=3_053, task="binary")
    one, four = only(planning.vs_champion(ADULT, 0.95)), only(planning.vs_champion(grouped, 0.95))
    assert one.rows_needed is not None
    assert one.detectable is not None
    assert four.rows_needed == pytest.approx(4 * one.rows_needed, rel=0.001)
    assert four.detectable == pytest.approx(2 * one.detectable, rel=0.001)
    assert "12,211 rows of 3,053 entities" in four.statement


def test_a_recall_is_planned_on_the_positives(checks: dict[str, Check]) -> None:
    """A recall needs as many positives as an accuracy needs rows."""
    plan = checks["performance.recall"].plan
    assert plan is not None
    needed = [line.rows_needed for line in plan(ADULT, 0.90, 0.02)]
    assert needed == [pytest.approx(rows * 12_211 / 2_922, rel=0.005) for rows in (310, 773, 1_546, 3_092)]


@pytest.mark.parametrize(("facts", "lines"), [(ADULT, 1), (SPECIES, 4), (PRICES, 1)])
def test_every_task_has_a_plan_for_its_champion(facts: TestFacts, lines: int) -> None:
    """The primary metric of each task can be planned."""
    assert len(planning.vs_champion(facts, 0.95)) == lines


def test_a_plan_with_nothing_to_say_is_empty(checks: dict[str, Check]) -> None:
    """No plan speaks of another task, nor of a label with one class."""
    one_class = TestFacts(rows=100, class_counts=(100, 0), entities=None, task="binary")
    for check in checks.values():
        if check.plan is not None and check.id not in ("performance.rmse", "performance.vs_champion"):
            assert check.plan(PRICES, 0.95) == ()
            assert check.plan(one_class, 0.95) == ()


def test_slices_and_flips_have_a_plan() -> None:
    """What a slice needs of its own rows; from where a rate of flips is shown to be too high."""
    assert only(planning.slices(ADULT, 0.95)).rows_needed == 94
    flips = only(planning.negative_flips(ADULT, 0.95))
    assert flips.statement == (
        "With 12,211 rows, a true rate of 0.0555 is shown to exceed 0.05; one of 0.025 is shown to stay under it from "
        "597 rows."
    )
