"""A drafted gate file reads back whatever its facts are called, and marks every guess as one."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlgate.checks import Check
from mlgate.gatefile import ColumnFacts, ColumnKind, ProjectFacts, Proposal, draft
from mlgate.rules import AtLeast, Quantity

if TYPE_CHECKING:
    from tests.gatefile.conftest import Folder

INCOME = ProjectFacts(
    model="models:/income/3",
    data={"train": "data/train.parquet", "test": "data/test.parquet"},
    label="income",
    task="binary",
    positive=">50K",
    rows=9768,
    columns=(
        ColumnFacts("age", ColumnKind.NUMBER, 73),
        ColumnFacts("sex", ColumnKind.TEXT, 2),
        ColumnFacts("native_country", ColumnKind.TEXT, 42),
        ColumnFacts("workclass", ColumnKind.TEXT, 8),
        ColumnFacts("customerId", ColumnKind.NUMBER, 5000),
        ColumnFacts("row_id", ColumnKind.NUMBER, 9768),
        ColumnFacts("date_of_birth", ColumnKind.TIME, 4000),
        ColumnFacts("applied_at", ColumnKind.TEXT, 900),
    ),
    proposals=(Proposal("performance.roc_auc", {"at_least": 0.78}, "Measured 0.81 [0.79, 0.83] on 9,768 rows."),),
)

WRITTEN = """\
# What a model version must show before it may be promoted. Paths are relative to this file.
# `mlgate run` measures and decides by it; `mlgate explain CHECK` says what a check means and which options
# it has; `mlgate schema` prints the JSON schema of this file, for editors.
version = 1

[candidate]
model = "models:/income/3"  # the model under test

# The champion is the holder of [promote] alias, where the candidate is in a registry. To name another:
# [champion]
# model = "models:/name@champion"

[data]
train = "data/train.parquet"
test = "data/test.parquet"  # the table that judges
label = "income"  # the column that holds the truth: a binary task
positive = ">50K"  # the label of the class that scores are of
entity = "customerId"  # a guess (5,000 values on 9,768 rows): rows of one belong together in every interval
time = "applied_at"  # a guess (its name): when a row is from
sensitive = ["sex"]  # a guess (by name): groups that must not be treated worse
# "age" may be sensitive too (by name): band it to few values, and name the bands.
# "native_country" may be sensitive too (by name): band it to few values, and name the bands.
# slices = ["workclass"]  # a guess (few values): parts of the rows to judge by themselves

# Measured 0.81 [0.79, 0.83] on 9,768 rows.
[checks."performance.roc_auc"]
at_least = 0.78

# These apply without being written here, and block where harm is shown. Written here, a check may not be
# missing, and its rules must be shown to hold.
# [checks."performance.precision"]
# at_least = 0.5
# [checks."performance.vs_champion"]
# not_worse_than_champion = { margin = 0.01 }
# [checks."data.duplicates"]
# at_most = 0.01
# level = "warn"
# [checks."fairness.equalized_odds_difference"]
# at_most = 0.2
# level = "warn"

[policy]
confidence = 0.95  # of every interval
undecided = "deny"  # or "allow": what a rule of this file does when it is inconclusive
bootstrap = "allow"  # or "deny": what rules against a champion do while there is none
looks = 20  # how many candidates one test set may judge

[promote]
alias = "champion"  # the alias that `mlgate promote` moves
"""


def test_a_whole_draft(checks: Sequence[Check]) -> None:
    """Every line explained, every guess with what speaks for it, an identifier of rows and a birthday not guessed."""
    assert draft(INCOME, checks) == WRITTEN


def test_a_draft_is_a_gate_file(folder: Folder) -> None:
    """It reads back to what was known."""
    gate = folder.load(draft(INCOME, folder.checks))
    assert gate.candidate == "models:/income/3"
    assert (gate.columns.label, gate.columns.positive, gate.columns.entity) == ("income", ">50K", "customerId")
    assert [rule.demand for rule in gate.checks["performance.roc_auc"].rules] == [AtLeast(Quantity(0.78))]


def test_what_stands_there_as_a_comment_is_a_gate_file_too(folder: Folder) -> None:
    """Taking the comment marks away makes every default a rule of the file."""
    text = draft(INCOME, folder.checks)
    loud = "\n".join(
        line.removeprefix("# ")
        if line.startswith(("# [checks", "# at_", "# level", "# not_worse", "# slices"))
        else line
        for line in text.splitlines()
    )
    gate = folder.load(loud)
    assert set(gate.checks) == {
        "performance.roc_auc",
        "performance.precision",
        "performance.vs_champion",
        "data.duplicates",
        "fairness.equalized_odds_difference",
    }
    assert gate.columns.slices == (("workclass",),)


def test_without_proposals_the_primary_comparison_is_proposed(folder: Folder) -> None:
    """The one question that needs proof stands in the file."""
    gate = folder.load(draft(ProjectFacts(), folder.checks))
    assert list(gate.checks) == ["performance.vs_champion"]


def test_nothing_known_and_nothing_installed(folder: Folder) -> None:
    """Even the empty draft is valid."""
    assert folder.load(draft(ProjectFacts())).columns.label is None


names = st.text(max_size=20) | st.sampled_from(
    ['"', "\\", "a\nb", "]", "[x]", "#", "'''", '"""', "\x7f", "\x00", "\u2028", "ü.id"]
)
scalars = st.one_of(
    names, st.integers(-(2**60), 2**60), st.booleans(), st.floats(allow_nan=False, allow_infinity=False)
)
columns = st.builds(
    ColumnFacts,
    names | st.sampled_from(["sex", "user_id", "created_at", "age"]),
    st.sampled_from(ColumnKind),
    st.none() | st.integers(0, 100),
)
facts = st.builds(
    ProjectFacts,
    model=st.none() | names,
    champion=st.none() | names,
    data=st.dictionaries(st.sampled_from(["train", "test"]), names),
    label=st.none() | names,
    task=st.none() | names,
    positive=st.none() | scalars,
    rows=st.none() | st.integers(0, 10**6),
    columns=st.lists(columns, max_size=5).map(tuple),
    proposals=st.lists(
        st.builds(Proposal, st.just("performance.roc_auc"), st.just({"at_least": 0.5}), names), max_size=1
    ).map(tuple),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts)
def test_hostile_names_are_quoted(folder: Folder, known: ProjectFacts) -> None:
    """Quotes, line ends, brackets, control characters: the file is valid and says exactly what was known."""
    text = draft(known, folder.checks)
    folder.load(text)
    tree = tomllib.loads(text)
    assert tree.get("candidate", {}).get("model", "") == (known.model or "")
    assert tree["data"].get("label", "") == (known.label or "")
    assert tree["data"].get("positive") == known.positive
    guessed = [tree["data"].get(role) for role in ("entity", "time")] + tree["data"].get("sensitive", [])
    assert all(guess in {column.name for column in known.columns} for guess in guessed if guess is not None)
