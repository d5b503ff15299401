"""`security.provenance`: what the MLmodel says, and a real git repository around the gate file."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate import CheckError, NotApplicable, Severity
from mlgate.testing import measure
from mlgate_security.provenance import provenance
from mlgate_security.working_tree import working_tree

BARE = "flavors: {}\n"
TABLES = {"test": object(), "train": object()}


def said(measured: Any) -> dict[str, Severity]:
    """The first words of each finding, and how bad it is."""
    return {" ".join(each.message.split()[:4]): each.severity for each in measured.findings}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A committed gate file."""
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "mlgate.toml").write_text("version = 1\n")
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    for command in (("init", "-q"), ("add", "."), (*identity, "commit", "-qm", "one")):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def test_a_model_of_a_run_in_a_committed_tree_has_little_to_say(model: Callable[..., Any], repository: Path) -> None:
    """What MLflow does not write by itself is of low severity."""
    measured = measure(provenance, candidate=model(), folder=repository, **TABLES)
    assert said(measured) == {
        "The model's metadata names": Severity.LOW,
        "No signature lies beside": Severity.LOW,
    }
    assert measured.data["run_id"] == "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


def test_a_model_of_nowhere_is_told_piece_by_piece(model: Callable[..., Any], repository: Path) -> None:
    """No run and no signature are medium, which warns by default."""
    measured = measure(provenance, candidate=model({"MLmodel": BARE}), folder=repository)
    assert [each.severity for each in measured.findings].count(Severity.MEDIUM) == 2
    assert len(measured.findings) == 8


def test_a_commit_and_a_signature_are_seen(model: Callable[..., Any], repository: Path) -> None:
    """As metadata of the model, and as a file beside it."""
    about = f"{BARE}metadata: {{git_commit: 9f2c}}\n"
    measured = measure(provenance, candidate=model({"MLmodel": about, "attestation.json": "{}"}), folder=repository)
    assert (measured.data["model_commit"], measured.data["signatures"]) == ("9f2c", ["attestation.json"])


def test_what_differs_from_the_commit_is_a_finding(model: Callable[..., Any], repository: Path) -> None:
    """Changed and new files; what mlgate keeps there itself is left out."""
    (repository / ".mlgate" / "runs").mkdir(parents=True)
    (repository / ".mlgate" / "runs" / "record.json").write_text("{}")
    assert (tree := working_tree(repository)) is not None
    assert tree.changed == ()
    (repository / "mlgate.toml").write_text("version = 1  # changed\n")
    (repository / "new file\n.py").write_text("")
    measured = measure(provenance, candidate=model(), folder=repository, **TABLES)
    (finding,) = [each for each in measured.findings if "differs" in each.message]
    assert finding.severity is Severity.MEDIUM
    assert finding.data["changed"] == ["mlgate.toml", "new file\n.py"]


def test_a_repository_runs_nothing(repository: Path, tmp_path: Path) -> None:
    """Its configuration may name a program that watches files; asking for the state does not start it."""
    witness = tmp_path / "ran"
    subprocess.run(["git", "config", "core.fsmonitor", f"touch {witness} #"], cwd=repository, check=True)
    assert working_tree(repository) is not None
    assert not witness.exists()


def test_no_repository_is_no_finding(tmp_path: Path) -> None:
    """A note says so."""
    assert working_tree(tmp_path / "nowhere") is None


@pytest.mark.parametrize("text", ["- a list", "a: [", "!!python/object/apply:os.system ['x']"])
def test_an_mlmodel_that_cant_be_read_errs(text: str, model: Callable[..., Any], tmp_path: Path) -> None:
    """And runs nothing."""
    with pytest.raises(CheckError, match="MLmodel"):
        measure(provenance, candidate=model({"MLmodel": text}), folder=tmp_path)


def test_a_model_without_a_description_is_skipped(model: Callable[..., Any], tmp_path: Path) -> None:
    """A bare file of weights has no provenance to read."""
    with pytest.raises(NotApplicable, match="no MLmodel"):
        measure(provenance, candidate=model({"model.skops": ""}, usual=False), folder=tmp_path)
