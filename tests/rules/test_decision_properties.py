"""Laws of the decision, whatever the numbers: fail closed, monotone, deterministic, independent of order."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mlgate.results import (
    CheckRun,
    Comparison,
    Decision,
    Finding,
    JudgedBy,
    Level,
    Measurement,
    Outcome,
    RunStatus,
    Severity,
    SliceMeasurement,
    Undecided,
)
from mlgate.rules import (
    AtLeast,
    AtMost,
    Between,
    CheckRules,
    Decided,
    Policy,
    Quantity,
    Rule,
    Waiver,
    decide,
    parse_rules,
)
from mlgate.stats import Estimate, Spread

TODAY = date(2026, 11, 24)
CHECKS = ("data.schema", "performance.auc", "performance.slices", "fairness.gap")
RANK = {Decision.ALLOWED: 0, Decision.UNDECIDED: 1, Decision.DENIED: 2}

values = st.floats(-2, 2)
estimates = st.builds(
    lambda value, se, n, exact: Estimate(value, n, None if exact else Spread("normal", se)),
    values,
    st.floats(0, 0.5),
    st.integers(1, 5000),
    st.booleans(),
)
slices = st.lists(estimates, max_size=4).map(
    lambda found: tuple(SliceMeasurement({"g": str(place)}, each) for place, each in enumerate(found))
)
measurements = st.builds(
    Measurement,
    estimate=st.none() | estimates,
    slices=slices,
    comparison=st.none() | st.builds(Comparison, estimates, estimates, st.none() | st.booleans(), st.booleans()),
    findings=st.lists(st.builds(Finding, st.just("wrong"), st.sampled_from(Severity)), max_size=2).map(tuple),
    judged_by=st.sampled_from(JudgedBy),
)
runs = st.builds(
    CheckRun,
    check=st.sampled_from(CHECKS),
    status=st.sampled_from(RunStatus),
    seconds=st.just(0.1),
    measurement=st.none() | measurements,
    reason=st.just("it broke"),
    cause=st.none() | st.sampled_from(["test", "champion"]),
)
tables = st.fixed_dictionaries(
    {},
    optional={
        "at_least": values,
        "at_most": values | st.just({"p99": 1}),
        "between": st.tuples(values, values).map(sorted),
        "not_worse_than_champion": st.just(True) | st.just({"margin": 0.1}),
        "better_than_champion": st.just(True),
        "no_findings": st.just(True) | st.just("high"),
        "any_of": st.just([{"at_least": 0.5}, {"not_worse_than_champion": True}]),
        "level": st.sampled_from([str(level) for level in Level]),
        "undecided": st.sampled_from(["deny", "allow"]),
    },
)
rule_sets = st.builds(
    lambda check, table, required, stated, stage, better: CheckRules(
        check, parse_rules(table), better=better, required=required, stated=stated, stage=stage
    ),
    st.sampled_from(CHECKS),
    tables,
    st.booleans(),
    st.booleans(),
    st.integers(1, 4),
    st.sampled_from(["higher", "lower", "neither"]),
)
waivers = st.builds(
    Waiver,
    check=st.sampled_from(CHECKS),
    reason=st.just("known"),
    owner=st.just("me"),
    until=st.integers(-2, 2).map(lambda days: TODAY + timedelta(days=days)),
    rule=st.sampled_from([None, "at_least"]),
)
cases = st.fixed_dictionaries(
    {
        "runs": st.lists(runs, max_size=4, unique_by=lambda run: run.check),
        "rules": st.lists(rule_sets, max_size=4).map(lambda sets: {each.check: each for each in sets}),
        "policy": st.builds(Policy, undecided=st.sampled_from(Undecided), looks=st.integers(1, 20)),
        "waivers": st.lists(waivers, max_size=2),
        "looks": st.integers(1, 25),
        "has_champion": st.booleans(),
    }
)


def decided(case: dict[str, object]) -> Decided:
    facts = dict(case)
    positional = [facts.pop(name) for name in ("runs", "rules", "policy", "waivers")]
    return decide(*positional, today=TODAY, **facts)  # type: ignore[arg-type]


@given(cases)
def test_allowed_means_that_nothing_enforced_failed_or_broke(case: dict[str, object]) -> None:
    """No verdict is allowed over a failed or errored enforcing rule that is not waived, or over an expired waiver."""
    outcome = decided(case)
    if outcome.verdict.decision is not Decision.ALLOWED:
        assert outcome.verdict.reasons
        assert outcome.verdict.exit_code in (1, 2, 3, 5)
        return
    assert outcome.verdict.exit_code == 0
    for result in outcome.results:
        assert not (result.level is Level.ENFORCE and not result.rules and result.outcome is Outcome.ERRORED)
        for rule in result.rules:
            bad = rule.outcome in (Outcome.FAILED, Outcome.ERRORED)
            assert not (bad and rule.level is Level.ENFORCE and rule.waived is None)
    asked = [each for each in case["rules"].values() if each.enforces]  # type: ignore[attr-defined]
    assert asked, "a gate that asks nothing allows nothing"
    assert any(rule.level is Level.ENFORCE for result in outcome.results for rule in result.rules) or (
        not case["has_champion"] and any(each.required for each in asked)
    )
    assert all(date.fromisoformat(waiver.until) >= TODAY for waiver in outcome.waivers)


@given(cases)
def test_an_errored_rule_is_never_waived(case: dict[str, object]) -> None:
    """Waivers excuse what is known."""
    for result in decided(case).results:
        for rule in result.rules:
            assert not (rule.outcome is Outcome.ERRORED and rule.waived)


@given(cases, st.randoms(use_true_random=False))
def test_the_order_of_runs_and_rules_does_not_matter(case: dict[str, object], random: object) -> None:
    """Runs finish in any order; the decision is the same."""
    again = dict(case)
    runs, rules = list(case["runs"]), list(case["rules"].items())  # type: ignore[call-overload,attr-defined]
    random.shuffle(runs)  # type: ignore[attr-defined]
    random.shuffle(rules)  # type: ignore[attr-defined]
    again |= {"runs": runs, "rules": dict(rules)}
    assert decided(case) == decided(again) == decided(case)


bounds = st.one_of(
    st.tuples(values, st.floats(0, 1)).map(
        lambda pair: (AtLeast(Quantity(pair[0])), AtLeast(Quantity(pair[0] + pair[1])))
    ),
    st.tuples(values, st.floats(0, 1)).map(
        lambda pair: (AtMost(Quantity(pair[0])), AtMost(Quantity(pair[0] - pair[1])))
    ),
    st.lists(values, min_size=4, max_size=4)
    .map(sorted)
    .map(lambda ends: (Between(Quantity(ends[0]), Quantity(ends[3])), Between(Quantity(ends[1]), Quantity(ends[2])))),
)


@given(cases, bounds, st.sampled_from(CHECKS))
def test_a_tighter_bound_never_helps(case: dict[str, object], pair: tuple[AtLeast, AtLeast], check: str) -> None:
    """Raising the bar turns no denied into allowed, and no inconclusive into passed."""
    looser, tighter = (
        decided({**case, "rules": {**case["rules"], check: CheckRules(check, (Rule(bound),))}})  # type: ignore[dict-item]
        for bound in pair
    )
    assert RANK[tighter.verdict.decision] >= RANK[looser.verdict.decision]


@given(cases, st.integers(1, 19))
def test_another_look_never_helps(case: dict[str, object], more: int) -> None:
    """The more candidates a test set has judged, the less it allows."""
    first = decided(case)
    later = decided({**case, "looks": case["looks"] + more})  # type: ignore[operator]
    assert RANK[later.verdict.decision] >= RANK[first.verdict.decision]
