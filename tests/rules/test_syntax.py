"""Rules as written: every form reads, every mistake is met at once, and each has its exact sentence."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.results import Level, Severity, Undecided
from mlgate.rules import (
    AnyOf,
    AtLeast,
    AtMost,
    BetterThanChampion,
    Between,
    NoFindings,
    NotWorseThanChampion,
    Quantity,
    Rule,
    RuleMistake,
    RuleSyntaxErrors,
    parse_rules,
)

Q = Quantity


@pytest.mark.parametrize(
    ("table", "rules"),
    [
        ({}, []),
        ({"at_least": 0.78}, [Rule(AtLeast(Q(0.78)))]),
        ({"at_most": 3, "level": "warn"}, [Rule(AtMost(Q(3)), Level.WARN)]),
        ({"at_most": {"p99": "50ms"}}, [Rule(AtMost(Q(50, "ms"), "p99"))]),
        (
            {"at_most": {"p99": "50ms", "p50": "9ms", "level": "observe"}},
            [Rule(AtMost(Q(50, "ms"), "p99"), Level.OBSERVE), Rule(AtMost(Q(9, "ms"), "p50"), Level.OBSERVE)],
        ),
        ({"between": [0.8, 1.25], "of": "slope"}, [Rule(Between(Q(0.8), Q(1.25), "slope"))]),
        ({"between": {"slope": [0.8, 1.25]}}, [Rule(Between(Q(0.8), Q(1.25), "slope"))]),
        ({"between": ["500ms", "1s"]}, [Rule(Between(Q(500, "ms"), Q(1, "s")))]),
        ({"at_least": {"value": 0.78, "level": "warn"}}, [Rule(AtLeast(Q(0.78)), Level.WARN)]),
        ({"at_least": {"value": 0.78, "of": "slope"}}, [Rule(AtLeast(Q(0.78), "slope"))]),
        (
            {"at_least": {"value": 0.7, "undecided": "allow"}, "at_most": 0.9, "undecided": "deny"},
            [Rule(AtLeast(Q(0.7)), undecided=Undecided.ALLOW), Rule(AtMost(Q(0.9)), undecided=Undecided.DENY)],
        ),
        ({"not_worse_than_champion": True}, [Rule(NotWorseThanChampion(0.01, 0.02))]),
        ({"not_worse_than_champion": {"level": "warn"}}, [Rule(NotWorseThanChampion(0.01, 0.02), Level.WARN)]),
        ({"not_worse_than_champion": {"margin": "1%"}}, [Rule(NotWorseThanChampion(0.01, None))]),
        (
            {"not_worse_than_champion": {"margin": 0.03, "relative_margin": 0.05}},
            [Rule(NotWorseThanChampion(0.03, 0.05))],
        ),
        ({"better_than_champion": True}, [Rule(BetterThanChampion())]),
        ({"better_than_champion": {"margin": 0.005}}, [Rule(BetterThanChampion(0.005))]),
        ({"no_findings": True}, [Rule(NoFindings(Severity.LOW))]),
        ({"no_findings": "high"}, [Rule(NoFindings(Severity.HIGH))]),
        ({"no_findings": {"severity": "high", "level": "warn"}}, [Rule(NoFindings(Severity.HIGH), Level.WARN)]),
        (
            {"any_of": [{"between": [0.8, 1.25], "of": "slope"}, {"at_most": 0.05}]},
            [Rule(AnyOf((Between(Q(0.8), Q(1.25), "slope"), AtMost(Q(0.05)))))],
        ),
    ],
)
def test_every_form_reads(table: dict[str, object], rules: list[Rule]) -> None:
    """What a gate file may write, and what it means."""
    assert list(parse_rules(table)) == rules


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"at_lest": 0.8}, "at_lest is not a rule. Did you mean at_least?"),
        (
            {"threshold": 0.8},
            "threshold is not a rule. The rules are at_least, at_most, between, not_worse_than_champion, "
            "better_than_champion, no_findings and any_of.",
        ),
        ({"at_least": True}, 'at_least takes a number, or text with a unit as "50ms", not true.'),
        ({"at_least": [0.8]}, 'at_least takes a number, or text with a unit as "50ms", not a list of 1.'),
        ({"at_least": "high"}, 'at_least: "high" is not a number with a unit, as "50ms".'),
        ({"at_least": math.nan}, "at_least takes a finite number, not nan."),
        ({"at_most": math.inf}, "at_most takes a finite number, not inf."),
        ({"at_most": {}}, 'at_most has no value: write it as value = 0.8, or by part as p99 = "50ms".'),
        ({"at_most": {"p99": False}}, 'at_most p99 takes a number, or text with a unit as "50ms", not false.'),
        ({"at_most": {"value": 1, "p99": 2}}, "at_most has no key p99. It takes value, of, level and undecided."),
        (
            {"at_most": {"p99": 2}, "of": "p50"},
            "at_most names parts by itself, and `of` names one too: keep one of the two.",
        ),
        ({"at_most": 2, "of": 3}, "of takes the name of a part of the measurement, not 3."),
        (
            {"no_findings": True, "of": "slope"},
            "of names a part for at_least, at_most or between, and none of them stands here.",
        ),
        (
            {"at_most": {"value": 2, "of": ""}},
            'at_most of takes the name of a part of the measurement, not "".',
        ),
        ({"between": 0.8}, "between takes two numbers, the low one first, as [0.8, 1.25], not 0.8."),
        ({"between": [0.8]}, "between takes two numbers, the low one first, as [0.8, 1.25], not a list of 1."),
        (
            {"between": [1.25, 0.8]},
            "between has its low end, 1.25, above its high end, 0.8, and no number lies there. Write [0.8, 1.25].",
        ),
        ({"between": [0.8, math.nan]}, "between takes a finite number, not nan."),
        (
            {"between": ["1MB", "2s"]},
            "between has ends that can't be compared, 1 MB and 2 s: write both in one unit.",
        ),
        (
            {"not_worse_than_champion": 0.01},
            "not_worse_than_champion takes true or a table as { margin = 0.01 }, not 0.01.",
        ),
        (
            {"not_worse_than_champion": False},
            "not_worse_than_champion takes true or a table as { margin = 0.01 }, not false. Leave the rule out to "
            "switch it off.",
        ),
        (
            {"not_worse_than_champion": {"margn": 0.01}},
            "not_worse_than_champion has no key margn. Did you mean margin?",
        ),
        (
            {"not_worse_than_champion": {"margin": -0.01}},
            "not_worse_than_champion margin is a distance and not negative, as -0.01 is. better_than_champion asks for "
            "more than the champion's.",
        ),
        (
            {"better_than_champion": {"margin": "1ms"}},
            "better_than_champion margin: 1 ms can't be compared with what is measured in plain numbers (unit 1); the "
            "units that fit are: %.",
        ),
        ({"no_findings": 3}, 'no_findings takes true or a severity as "high", not 3.'),
        (
            {"no_findings": "hihg"},
            'no_findings takes "low", "medium", "high" or "critical", not "hihg". Did you mean high?',
        ),
        (
            {"any_of": []},
            "any_of takes a list of at least one rule, as [{ at_least = 0.8 }, { no_findings = true }], not an empty "
            "list.",
        ),
        ({"any_of": [0.8]}, "any_of rule 1: a table with one rule is expected, not 0.8."),
        ({"any_of": [{"at_least": 1}, {}]}, "any_of rule 2: one rule is expected, not 0."),
        ({"any_of": [{"at_least": 1, "at_most": 2}]}, "any_of rule 1: one rule is expected, not 2."),
        ({"any_of": [{"at_least": 1, "level": "warn"}]}, "any_of rule 1: level stands beside any_of, not inside it."),
        (
            {"any_of": [{"at_lest": 1}]},
            "at_lest is not a rule. Did you mean at_least?",
        ),
        (
            {"at_least": 1, "level": "wran"},
            'level takes "enforce", "warn" or "observe", not "wran". Did you mean warn?',
        ),
        ({"at_least": 1, "undecided": True}, 'undecided takes "deny" or "allow", not true.'),
        ({"at_least": {"value": 1, "level": "x"}}, 'at_least level takes "enforce", "warn" or "observe", not "x".'),
    ],
)
def test_every_mistake_has_its_sentence(table: dict[str, object], sentence: str) -> None:
    """What was expected, what was found, and the nearest name."""
    with pytest.raises(RuleSyntaxErrors) as refusal:
        parse_rules(table)
    assert str(refusal.value) == sentence


def test_all_mistakes_are_spoken_at_once() -> None:
    """Three mistakes in one table are three sentences, with the paths that lead to them."""
    with pytest.raises(RuleSyntaxErrors) as refusal:
        parse_rules({"at_lest": 1, "between": [2, 1], "level": "wran"}, where="mlgate.toml:7")
    assert [each.path for each in refusal.value.mistakes] == [("level",), ("at_lest",), ("between",)]
    assert refusal.value.where == "mlgate.toml:7"
    assert refusal.value.exit_code == 4


def test_a_known_unit_is_compared_early() -> None:
    """Where the check's unit is known, a bound without one is refused before anything is measured."""
    with pytest.raises(RuleSyntaxErrors) as refusal:
        parse_rules({"at_most": 50}, unit="ms")
    assert str(refusal.value) == 'at_most: 50 has no unit, and what is measured is in ms: write "50 ms".'
    assert parse_rules({"at_most": 50}, unit="EUR") == (Rule(AtMost(Q(50))),)


def test_the_unit_and_the_name_of_a_part_are_compared_early() -> None:
    """Where the check says what its parts are; one that says nothing takes any name."""
    parts = {"p50": "ms", "p99": "ms"}
    assert parse_rules({"at_most": {"p99": "50ms"}}, parts=parts) == parse_rules({"at_most": {"p99": "50ms"}})
    with pytest.raises(RuleSyntaxErrors) as told:
        parse_rules({"at_most": {"p99": "50", "p98": "50ms"}}, parts=parts)
    assert [mistake.message for mistake in told.value.mistakes] == [
        'at_most: 50 has no unit, and what is measured is in ms: write "50 ms".',
        "at_most names p98, which is no part of what is measured.",
    ]
    assert told.value.mistakes[1].hint == "Did you mean p99?"
    assert parse_rules({"at_most": {"anything": 50}})


def test_rules_know_where_they_stand() -> None:
    """Every rule carries the place it was written at."""
    assert parse_rules({"at_least": 0.8}, where="mlgate.toml:7")[0].where == "mlgate.toml:7"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(["at_least", "at_most", "between", "not_worse_than_champion", "no_findings", "any_of", "of"])


@given(st.dictionaries(names | st.text(max_size=5), json_values, max_size=4))
def test_anything_is_read_or_refused(table: dict[str, object]) -> None:
    """No table, however odd, raises anything but a refusal with a sentence for each mistake."""
    mistakes: tuple[RuleMistake, ...] = ()
    rules: tuple[Rule, ...] = ()
    try:
        rules = parse_rules(table)
    except RuleSyntaxErrors as refusal:
        mistakes = refusal.mistakes
    assert all(each.message.endswith(".") for each in mistakes)
    assert all(str(rule) for rule in rules)
    assert mistakes or rules or not set(table) - {"of", "level", "undecided"}
