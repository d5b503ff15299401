"""From a registered version to a verdict, to a guarded move of its alias."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk

GATE = """\
version = 1
[candidate]
model = "models:/late-loans@challenger"
[champion]
model = "models:/late-loans@champion"
[data]
test = "test.parquet"
label = "late"
[promote]
registry = "mlflow"
alias = "champion"
"""
PROMOTE = ("promote", "models:/late-loans/2", "--to", "champion")
Holder = Callable[[str], str]


@pytest.fixture
def judged(desk: Desk, registry: Any) -> Desk:
    """A desk where version 2 was judged against version 1 and allowed."""
    desk.gate(GATE, few=True)
    done = desk.mlgate("run", "--report", "json=record.json")
    assert done.code == 0, done
    return desk


def test_an_allowed_version_moves_the_alias(judged: Desk, holder: Holder) -> None:
    """The move is read back from MLflow itself."""
    assert holder("champion") == "1"
    done = judged.mlgate(*PROMOTE)
    assert (done.code, done.out) == (0, "late-loans@champion moved from version 1 to version 2.\n")
    assert holder("champion") == "2"


def test_a_dry_run_moves_nothing(judged: Desk, holder: Holder) -> None:
    """It says what would happen."""
    done = judged.mlgate(*PROMOTE, "--dry-run")
    assert (done.code, done.out) == (0, "would move late-loans@champion from version 1 to version 2.\n")
    assert holder("champion") == "1"


def test_the_verdict_stands_at_the_version_in_the_registry(judged: Desk, registry: Any) -> None:
    """Tags for people who look at the registry, the record for `promote`."""
    tags = registry.get_model_version("late-loans", "2").tags
    assert "allowed" in tags.values()
    assert json.loads((judged / "record.json").read_bytes())["candidate"]["uri"] == "models:/late-loans/2"


def test_no_write_back_leaves_the_registry_alone(desk: Desk, registry: Any) -> None:
    """A trial run tells nobody."""
    desk.gate(GATE, few=True)
    assert desk.mlgate("run", "--no-write-back").code == 0
    assert registry.get_model_version("late-loans", "2").tags == {}


def test_a_version_without_a_record_is_refused(desk: Desk, registry: Any, holder: Holder) -> None:
    """What was never judged is not promoted."""
    done = desk.mlgate(*PROMOTE)
    assert done.code == 1
    assert holder("champion") == "1"


def test_a_denied_version_is_refused(desk: Desk, registry: Any, holder: Holder) -> None:
    """The record is there, and does not allow it."""
    desk.gate(GATE, few=True)
    assert desk.mlgate("run", "--model", "models:/late-loans/3").code == 1
    done = desk.mlgate("promote", "models:/late-loans/3", "--to", "champion")
    assert done.code == 1
    assert holder("champion") == "1"


def test_another_version_than_the_one_judged_is_refused(judged: Desk, holder: Holder) -> None:
    """A record speaks of one version."""
    done = judged.mlgate("promote", "models:/late-loans/3", "--to", "champion", "--record", "record.json")
    assert done.code == 1
    assert holder("champion") == "1"


def test_a_champion_that_changed_since_is_refused(judged: Desk, registry: Any, holder: Holder) -> None:
    """The alias is held by another version than the one compared with."""
    registry.set_registered_model_alias("late-loans", "champion", "3")
    done = judged.mlgate(*PROMOTE)
    assert done.code == 1
    assert holder("champion") == "3"


def test_files_that_changed_since_are_refused(judged: Desk, registry: Any, holder: Holder) -> None:
    """The digest is made again from the files that the registry hands out."""
    model = Path(registry.get_model_version_download_uri("late-loans", "2").removeprefix("file://"))
    changed = model / "requirements.txt"
    before = changed.read_text(encoding="utf-8")
    changed.write_text(before + "\nsurprise\n", encoding="utf-8")
    try:
        done = judged.mlgate(*PROMOTE)
    finally:
        changed.write_text(before, encoding="utf-8")
    assert done.code == 1
    assert holder("champion") == "1"


def test_a_run_that_left_out_a_check_promotes_nothing(desk: Desk, registry: Any, holder: Holder) -> None:
    """`--skip` is for looking, not for passing."""
    desk.gate(GATE, '[checks."performance.roc_auc"]\nat_least = 0.1\n', few=True)
    assert desk.mlgate("run", "--skip", "performance.roc_auc").code == 0
    done = desk.mlgate(*PROMOTE)
    assert done.code == 1
    assert holder("champion") == "1"


def test_a_run_that_left_out_what_blocks_by_default_promotes_nothing(desk: Desk, registry: Any, holder: Holder) -> None:
    """A gate file need not list it: what a gate goes without stands in the file, not on a command line."""
    desk.gate(GATE, '[checks."performance.roc_auc"]\nat_least = 0.1\n', few=True)
    assert desk.mlgate("run", "--skip", "performance.vs_champion").code == 0
    done = desk.mlgate(*PROMOTE)
    assert done.code == 1
    assert "left out checks that block: performance.vs_champion." in done.err
    assert holder("champion") == "1"


def test_without_a_gate_file_a_run_of_some_checks_promotes_nothing(desk: Desk, registry: Any, holder: Holder) -> None:
    """The default rules are the gate then: one that was passed says nothing of the model beside its champion."""
    (desk.folder / "mlgate.toml").unlink(missing_ok=True)
    asked = ("--model", "models:/late-loans/2", "--champion", "models:/late-loans@champion", "--test", "test.parquet")
    assert desk.mlgate("run", *asked, "--label", "late", "--checks", "performance.baseline").code == 0
    assert "performance.vs_champion" in desk.record()["gate"]["left_out"]
    done = desk.mlgate(*PROMOTE)
    assert done.code == 1
    assert "left out checks that block" in done.err
    assert holder("champion") == "1"
