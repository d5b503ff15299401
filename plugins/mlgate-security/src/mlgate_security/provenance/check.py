"""`security.provenance`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate import Finding, Json, Location, Measurement, Severity, check
from mlgate_security.files import model_folder
from mlgate_security.mlmodel import MLMODEL, read_mlmodel
from mlgate_security.working_tree import WorkingTree, working_tree

if TYPE_CHECKING:
    from mlgate.tabular import Table

_COMMIT_KEYS = ("mlflow.source.git.commit", "git_commit", "git.commit", "commit")
_SIGNATURES = ("attestation.json", "*.sig", "*.sigstore", "*.sigstore.json", "*.intoto.jsonl")


@check("security.provenance", better="lower", default={"no_findings": "medium", "level": "warn"})
def provenance(candidate: object, folder: Path, test: Table | None = None, train: Table | None = None) -> Measurement:
    """Where the model comes from: its run, its commit, its signatures, and the data it is judged on.

    The MLmodel file is read, and git is asked about the gate file's folder. Findings of medium severity: no run id, so
    nobody can look up how the model was made; no signature of columns; uncommitted changes in the gate file's folder,
    with which this run can't be repeated. Of low severity: no commit in the MLmodel's metadata, no input example, no
    `model_uuid`, no file of a signature, no training table, so that the record binds no training data.

    MLflow keeps the commit of a run as the run's tag, not in the model's files; log it with
    `metadata={"git_commit": ...}` and it is bound with them. A signature beside the model is only looked for here, and
    `mlgate verify` holds one against its key. By default findings of medium severity warn.

    ## What to do
    Train and log from a committed tree, inside a run, with `input_example=` and `signature=`.
    """
    root = model_folder(candidate)
    about = read_mlmodel(root)
    tree = working_tree(folder)
    signed = sorted(path.relative_to(root).as_posix() for pattern in _SIGNATURES for path in root.rglob(pattern))
    found = [*_of_model(about), *_of_tree(tree), *_of_signatures(signed), *_of_data(test, train)]
    facts: dict[str, Json] = {
        "run_id": _text(about.get("run_id")),
        "model_uuid": _text(about.get("model_uuid")),
        "model_commit": commit_of(about),
        "gate_commit": tree.commit if tree is not None else None,
        "signatures": [*signed],
    }
    return Measurement(
        estimate=Measurement.exact(len(found), n=1, unit="findings").estimate,
        unit="findings",
        findings=tuple(found),
        notes=() if tree is not None else ("The gate file's folder is in no git repository, or git is not here.",),
        data=facts,
    )


def commit_of(about: Mapping[str, Any]) -> str | None:
    """The commit that the MLmodel's metadata names."""
    metadata = about.get("metadata")
    stated = [metadata.get(key) for key in _COMMIT_KEYS] if isinstance(metadata, dict) else []
    return next((text for value in stated if (text := _text(value)) is not None), None)


def _of_model(about: Mapping[str, Any]) -> Iterator[Finding]:
    place = Location(MLMODEL)
    if not about.get("run_id"):
        yield Finding("No run made this model: it names no run id.", Severity.MEDIUM, place)
    if not about.get("signature"):
        yield Finding("The model was logged without a signature of its columns.", Severity.MEDIUM, place)
    if commit_of(about) is None:
        yield Finding("The model's metadata names no commit.", Severity.LOW, place)
    if not about.get("saved_input_example_info"):
        yield Finding("The model was logged without an input example.", Severity.LOW, place)
    if not about.get("model_uuid"):
        yield Finding("The model has no model_uuid.", Severity.LOW, place)


def _of_tree(tree: WorkingTree | None) -> Iterator[Finding]:
    if tree is not None and tree.changed:
        first, *rest = tree.changed
        more = f" and {len(rest)} more" if rest else ""
        yield Finding(
            f"The gate file's folder differs from commit {tree.commit[:12]}: {first}{more}.",
            Severity.MEDIUM,
            Location(first),
            {"changed": [*tree.changed[:100]]},
        )


def _of_signatures(signed: list[str]) -> Iterator[Finding]:
    if not signed:
        yield Finding("No signature lies beside the model's files.", Severity.LOW)


def _of_data(test: Table | None, train: Table | None) -> Iterator[Finding]:
    for name, table in (("test", test), ("training", train)):
        if table is None:
            yield Finding(f"No {name} table is named: the record binds no digest of it.", Severity.LOW)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
