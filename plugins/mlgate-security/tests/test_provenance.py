"""`security.provenance`: what the MLmodel says, and a real git repository around the gate file."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from mlgate import CheckError, NotApplicable, Severity
from mlgate.attestation import attest, generate, signing_key
from mlgate.opening import digest, manifest
from mlgate.results import ModelSubject
from mlgate.results.record_json import to_json
from mlgate.testing import measure, sample_record
from mlgate_security.provenance.check import provenance
from mlgate_security.provenance.working_tree import working_tree

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


@dataclass(frozen=True)
class Origin:
    """What a tracking server says."""

    run: str | None = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    datasets: Mapping[str, str] = field(default_factory=dict)


def test_the_servers_word_on_commit_and_data_counts(model: Callable[..., Any], repository: Path) -> None:
    """MLflow keeps a run's commit as its tag, and the data that `mlflow.log_input` names."""
    tags = {"mlflow.source.git.commit": "9f2c" * 10, "mlflow.source.git.dirty": "False"}
    origin = Origin(texts={"tags of the run": tags}, datasets={"loans": "1a2b"})
    measured = measure(provenance, candidate=model(), folder=repository, origin=origin, **TABLES)
    assert said(measured) == {"No signature lies beside": Severity.LOW}
    assert (measured.data["model_commit"], measured.data["datasets"]) == ("9f2c" * 10, {"loans": "1a2b"})


def test_a_run_that_is_gone_or_was_dirty_warns(model: Callable[..., Any], repository: Path) -> None:
    """Neither can be repeated."""
    gone = measure(provenance, candidate=model(), folder=repository, origin=Origin(run=None), **TABLES)
    assert said(gone)["The server does not"] is Severity.MEDIUM
    (finding,) = [each for each in gone.findings if "server" in each.message]
    assert finding.location is not None
    assert (finding.location.file, finding.location.line) == ("MLmodel", 9)
    dirty = Origin(texts={"tags of the run": {"mlflow.source.git.dirty": "True"}})
    measured = measure(provenance, candidate=model(), folder=repository, origin=dirty, **TABLES)
    assert said(measured) == {
        "The model's metadata and": Severity.LOW,
        "The run that made": Severity.LOW,
        "The code differed from": Severity.MEDIUM,
        "No signature lies beside": Severity.LOW,
    }


@pytest.fixture
def signed(model: Callable[..., Any], repository: Path) -> Any:
    """A model with an envelope that signs for its files, among them, and the public key in the repository."""
    candidate = model()
    generate(repository / "key")
    record = sample_record()
    facts = replace(record.facts, candidate=ModelSubject("models:/loan/7", digest(candidate.path), "loan", "7"))
    document = to_json(replace(record, facts=facts))
    envelope = attest(document, manifest(candidate.path), [signing_key(str(repository / "key"))])
    (candidate.path / "attestation.json").write_bytes(envelope)
    return candidate


def why(measured: Any) -> list[str]:
    """The findings of high severity, each at a place."""
    found = [each for each in measured.findings if each.severity is Severity.HIGH]
    assert all(each.location is not None for each in found)
    return [each.message for each in found]


def test_a_signature_is_held_against_the_key_and_the_files(signed: Any, repository: Path) -> None:
    """Beside the model or where `signature` says; a changed file, another key and no signature are findings."""
    given: dict[str, Any] = {"candidate": signed, "folder": repository, "keys": ("key.pub",)}
    assert why(measure(provenance, **given)) == []
    (repository / "elsewhere.json").write_bytes((signed.path / "attestation.json").read_bytes())
    (signed.path / "attestation.json").unlink()
    assert why(measure(provenance, **given, signature="elsewhere.json")) == []
    assert why(measure(provenance, **given)) == [
        "attestation.json does not sign for this model: there is no such file."
    ]
    (signed.path / "model.pkl").write_text("changed")
    assert why(measure(provenance, **given, signature="elsewhere.json")) == [
        "elsewhere.json does not sign for this model: it is not about these model files: model.pkl is another."
    ]
    generate(repository / "other")
    (found,) = why(measure(provenance, **{**given, "keys": ("other.pub",)}, signature="elsewhere.json"))
    assert "0 of the given keys signed it" in found


def test_a_signature_that_nobody_held_against_a_key_is_told(signed: Any, repository: Path) -> None:
    """By its kind; a bundle of model-signing is known by its media type."""
    bundle = {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "dsseEnvelope": {}}
    (signed.path / "model.sig").write_text(json.dumps(bundle))
    (signed.path / "other.sig").write_text("gpg")
    measured = measure(provenance, candidate=signed, folder=repository)
    assert measured.notes == (
        "attestation.json (in-toto envelope), model.sig (Sigstore bundle), other.sig (unknown) was not verified: "
        "`keys` names no key.",
    )
    (found,) = why(measure(provenance, candidate=signed, folder=repository, keys=("key.pub",), signature="no.json"))
    assert found == "no.json does not sign for this model: there is no such file."
    with pytest.raises(CheckError, match="`keys` no public key"):
        measure(provenance, candidate=signed, folder=repository, signature="no.json")
