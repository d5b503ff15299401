"""A gate file's values: every section, typed, with the line of every rule."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlgate.gatefile import CheckEntry, GateFile, ModelTerms, Promote
from mlgate.results import Level, Undecided
from mlgate.rules import AtLeast, AtMost, Bootstrap, NotWorseThanChampion, Policy, Quantity, Rule, Waiver
from mlgate.tabular import Columns

if TYPE_CHECKING:
    from tests.gatefile.conftest import Folder

EXAMPLE = """\
version = 1

[candidate]
model = "models:/credit-risk@challenger"

[champion]
model = "models:/credit-risk@champion"

[data]
train = "data/train.parquet"
test  = "data/test.parquet"
label = "default"
positive = 1
sensitive = ["sex", "age_band"]
sensitive_bins = { age_band = [25, 60] }
entity = "customer_id"
time = "applied_at"
slices = ["region", ["region", "sex"]]

[checks."performance.roc_auc"]
at_least = 0.78
not_worse_than_champion = { margin = 0.01 }

[checks."fairness.equalized_odds_difference"]
at_most = 0.10
level = "warn"

[checks."load.latency"]
at_most = { p99 = "50ms" }
rate = 100

[policy]
confidence = 0.95
undecided = "deny"
bootstrap = "allow"

[[waivers]]
check = "data.duplicates"
reason = "vendor re-sends rows until ticket 412 is closed"
owner = "data-team"
until = 2027-01-31

[promote]
registry = "mlflow"
alias = "champion"
sign = "env:MLGATE_SIGNING_KEY"
"""


def test_the_whole_example(folder: Folder) -> None:
    """The example of the documentation, value by value."""
    gate = folder.load(EXAMPLE)
    where = "mlgate.toml:{}".format
    assert gate == GateFile(
        path=folder.path / "mlgate.toml",
        digest=gate.digest,
        candidate="models:/credit-risk@challenger",
        champion="models:/credit-risk@champion",
        data={
            "train": str(folder.path / "data/train.parquet"),
            "test": str(folder.path / "data/test.parquet"),
        },
        columns=Columns(
            label="default",
            positive=1,
            entity="customer_id",
            time="applied_at",
            sensitive=("sex", "age_band"),
            sensitive_bins={"age_band": (25.0, 60.0)},
            slices=(("region",), ("region", "sex")),
        ),
        checks={
            "performance.roc_auc": CheckEntry(
                rules=(
                    Rule(AtLeast(Quantity(0.78)), where=where(21)),
                    Rule(NotWorseThanChampion(0.01, None), where=where(22)),
                ),
                where=where(20),
            ),
            "fairness.equalized_odds_difference": CheckEntry(
                rules=(Rule(AtMost(Quantity(0.1)), Level.WARN, where=where(25)),), where=where(24), level=Level.WARN
            ),
            "load.latency": CheckEntry(
                options={"rate": 100},
                rules=(Rule(AtMost(Quantity(50, "ms"), "p99"), where=where(29)),),
                where=where(28),
            ),
        },
        policy=Policy(0.95, Undecided.DENY, Bootstrap.ALLOW, 20),
        waivers=(
            Waiver(
                "data.duplicates",
                "vendor re-sends rows until ticket 412 is closed",
                "data-team",
                date(2027, 1, 31),
                where(37),
            ),
        ),
        promote=Promote("champion", "mlflow", "env:MLGATE_SIGNING_KEY"),
    )


TERMS = """\
version = 1

[candidate]
trust = [
    "sha256:{one}",
    "sha256:{two}",
]
allow_code = true
max_files = 200_000
max_size = "20GiB"

[champion]
model = "m.joblib"
allow_code = false
max_size = 1_000
"""


def test_the_terms_of_each_model(folder: Folder) -> None:
    """With the line of each word that somebody gives; a section may name no model."""
    one, two = "1a" * 32, "2b" * 32
    gate = folder.load(TERMS.format(one=one, two=two))
    assert gate.candidate is None
    assert gate.candidate_terms == ModelTerms(
        trust={f"sha256:{one}": "mlgate.toml:5", f"sha256:{two}": "mlgate.toml:6"},
        allow_code="mlgate.toml:8",
        max_files=200_000,
        max_size=21_474_836_480,
    )
    assert gate.champion_terms == ModelTerms(max_size=1_000)


def test_trust_is_part_of_the_gate_file_s_digest(folder: Folder) -> None:
    """An attestation names the digest: trust can't be added or hidden under the same one."""
    digests = {folder.load(TERMS.format(one="1a" * 32, two=f"{n}b" * 32)).digest for n in range(3)}
    assert len(digests) == 3


def test_the_smallest_gate_file_is_that_of_nobody(folder: Folder) -> None:
    """Everything has a default; only the version is asked for."""
    gate = folder.load("version = 1\n")
    assert gate == GateFile(path=gate.path, digest=gate.digest)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("data/test.parquet", "{folder}/data/test.parquet"),
        ("../test-*.csv", "{folder}/../test-*.csv"),
        ("/data/test.parquet", "/data/test.parquet"),
        ("s3://bucket/test.parquet", "s3://bucket/test.parquet"),
        ("spark:catalog.table", "spark:catalog.table"),
        ("C:data.csv", "{folder}/C:data.csv"),
    ],
)
def test_paths_are_relative_to_the_file(written: str, seen: str, folder: Folder) -> None:
    """A URI stays what it is; a path is one from the gate file's folder, wherever we stand."""
    gate = folder.load(f'version = 1\n[data]\ntest = "{written}"\n')
    assert gate.data["test"] == seen.format(folder=folder.path)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("models:/credit/3", "models:/credit/3"),
        ("credit.models:build", "credit.models:build"),
        ("model.skops", "{folder}/model.skops"),
        ("./model", "{folder}/model"),
    ],
)
def test_models_are_relative_to_the_file(written: str, seen: str, folder: Folder) -> None:
    """URIs and factories stay what they are."""
    gate = folder.load(f'version = 1\n[candidate]\nmodel = "{written}"\n')
    assert gate.candidate == seen.format(folder=folder.path)


def test_home_is_understood(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is the home folder, as in a shell; the home of nobody is a file of that name."""
    monkeypatch.setenv("HOME", "/home/ada")
    data = folder.load('version = 1\n[data]\ntest = "~/test.csv"\ntrain = "~nobody-here/x"\n').data
    assert data == {"test": "/home/ada/test.csv", "train": f"{folder.path}/~nobody-here/x"}


def test_a_section_of_pyproject(folder: Folder) -> None:
    """`[tool.mlgate]` is a gate file, with the lines of the file it stands in."""
    text = (
        '[project]\nname = "x"\n\n[tool.mlgate]\nversion = 1\n\n'
        '[tool.mlgate.checks."performance.roc_auc"]\nat_least = 0.8\n'
    )
    gate = folder.load(text, "pyproject.toml")
    assert gate.checks["performance.roc_auc"].rules[0].where == "pyproject.toml:8"
    other = folder.load(text.replace('"x"', '"y"'), "pyproject.toml")
    changed = folder.load(text.replace("0.8", "0.9"), "pyproject.toml")
    assert other.digest == gate.digest != changed.digest


def test_the_digest_is_that_of_the_bytes(folder: Folder) -> None:
    """sha256sum of the file, so that anybody can compare."""
    import hashlib

    gate = folder.load("version = 1\n")
    assert gate.digest == f"sha256:{hashlib.sha256(b'version = 1' + bytes([10])).hexdigest()}"


def test_options_are_typed(folder: Folder) -> None:
    """An enum is one, a tuple is one, a whole number may stand for a number."""
    text = """version = 1
[checks."performance.precision"]
threshold = 1
average = "micro"
only = ["a", "b"]
fold = true
[checks."data.duplicates"]
columns = { age = { min = 18, max = 120.5 } }
[checks."data.schema"]
schema = "schemas.py:Credit"
"""
    options = {check: entry.options for check, entry in folder.load(text).checks.items()}
    assert options == {
        "performance.precision": {"threshold": 1.0, "average": "micro", "only": ("a", "b"), "fold": True},
        "data.duplicates": {"columns": {"age": {"min": 18.0, "max": 120.5}}},
        "data.schema": {"schema": "schemas.py:Credit"},
    }
    assert type(options["performance.precision"]["average"]).__name__ == "Average"


def test_a_level_without_a_rule_is_that_of_the_default_rule(folder: Folder) -> None:
    """The check's own rule keeps being a guardrail: only what it may do has changed."""
    text = 'version = 1\n[checks."data.duplicates"]\nlevel = "enforce"\n'
    assert folder.load(text).checks["data.duplicates"].rules == (
        Rule(AtMost(Quantity(0.01)), Level.ENFORCE, Undecided.ALLOW, "mlgate.toml:2"),
    )


def test_the_primary_comparison_stays_one_that_needs_proof(folder: Folder) -> None:
    """`level` alone does not make a guardrail of it, `undecided` does."""
    text = 'version = 1\n[checks."performance.vs_champion"]\n'
    gate = folder.load(text + 'level = "enforce"\n')
    assert [rule.undecided for rule in gate.checks["performance.vs_champion"].rules] == [None]
    gate = folder.load(text + 'undecided = "allow"\n')
    assert [rule.undecided for rule in gate.checks["performance.vs_champion"].rules] == [Undecided.ALLOW]


def test_a_level_of_a_check_without_any_rule(folder: Folder) -> None:
    """There is nothing to hold it to, and the entry keeps the level."""
    entry = folder.load('version = 1\n[checks."performance.roc_auc"]\nlevel = "observe"\n').checks[
        "performance.roc_auc"
    ]
    assert (entry.rules, entry.level) == ((), Level.OBSERVE)


def test_a_date_may_be_text(folder: Folder) -> None:
    """JSON schemas know dates as text, and so may a waiver; `rule` narrows it."""
    text = (
        'version = 1\n[[waivers]]\ncheck = "data.duplicates"\nrule = "at_most"\nreason = "r"\nowner = "o"\n'
        'until = "2027-01-31"\n'
    )
    assert folder.load(text).waivers == (
        Waiver("data.duplicates", "r", "o", date(2027, 1, 31), "mlgate.toml:2", "at_most"),
    )


def test_a_byte_order_mark_is_no_mistake(folder: Folder) -> None:
    """Some editors begin a file with one."""
    assert folder.load(b"\xef\xbb\xbfversion = 1\n").columns == Columns()


def test_places_are_seen_from_the_current_folder(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file elsewhere is named whole."""
    text = 'version = 1\n[checks."performance.roc_auc"]\nat_least = 0.8\n'
    monkeypatch.chdir("/")
    where = folder.load(text).checks["performance.roc_auc"].where
    assert where == f"{(folder.path / 'mlgate.toml').relative_to('/')}:2"
    monkeypatch.chdir(Path(__file__).parent)
    assert folder.load(text).checks["performance.roc_auc"].where == f"{folder.path / 'mlgate.toml'}:2"


@pytest.mark.parametrize(
    ("written", "forgiven"),
    [
        ('"groups.parquet"', ()),
        ('{ path = "groups.parquet" }', ()),
        ('{ path = "groups.parquet", allow = ["unmatched", "duplicates"] }', ("unmatched", "duplicates")),
    ],
)
def test_a_side_file_is_a_table_beside_the_gate_file(folder: Folder, written: str, forgiven: tuple[str, ...]) -> None:
    """A path, or a table that says what it may lack."""
    gate = folder.load(f'version = 1\n[data]\nentity = "customer"\nsensitive = ["sex"]\nsensitive_file = {written}\n')
    assert Path(gate.data["sensitive"]) == folder.path / "groups.parquet"
    assert gate.columns.forgiven == forgiven
