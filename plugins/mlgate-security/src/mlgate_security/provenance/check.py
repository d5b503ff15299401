"""`security.provenance`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate import CheckError, Finding, Json, Location, Measurement, Severity, check
from mlgate_security.files import model_folder
from mlgate_security.origin import Origin
from mlgate_security.provenance.facts import Facts
from mlgate_security.provenance.signatures import Signature, signatures, why_not
from mlgate_security.provenance.working_tree import WorkingTree, working_tree

if TYPE_CHECKING:
    from mlgate.tabular import Table


@check("security.provenance", better="lower", default={"no_findings": "medium", "level": "warn"})
def provenance(
    candidate: object,
    folder: Path,
    test: Table | None = None,
    train: Table | None = None,
    origin: Origin | None = None,
    *,
    signature: str | None = None,
    keys: tuple[str, ...] = (),
) -> Measurement:
    """Where the model comes from: its run, its commit, who signed for it, and the data behind it.

    The MLmodel file is read, git is asked about the gate file's folder, and of a model from a tracking server
    (`models:/`, `runs:/`) the server is asked about the run. Findings of medium severity, which warn by default: no run
    id, or one that the server does not know any more; no signature of columns; code that differed from the commit when
    the run was made, or differs now in the gate file's folder, so that neither can be repeated. Of low severity: no
    commit, neither in the MLmodel's metadata nor among the tags of its run; no input example; no `model_uuid`; no data
    set logged by the run; no training or test table here, so that the record binds no digest of it; no file of a
    signature.

    A signature is only looked for, until `keys` names public keys (PEM files, relative to the gate file's folder). Then
    one of them must have signed for exactly the files of this model, in `signature` (relative to the same folder; by
    default `attestation.json` among the model's files), an envelope as `mlgate sign` writes it. That none holds is a
    finding of high severity. A bundle of OpenSSF's model-signing is recognized; `model_signing verify` verifies it.

    A tag of a run can be changed later; `metadata={"git_commit": ...}` is bound with the model's files.

    ## What to do
    Train and log from a committed tree, inside a run, with `input_example=`, `signature=` and `mlflow.log_input`.
    """
    root = model_folder(candidate)
    facts = Facts.of(root, origin)
    tree = working_tree(folder)
    signed = signatures(root)
    found = [
        *_of_model(facts),
        *_of_server(facts),
        *_of_tree(tree),
        *_of_signatures(root, signed, folder, signature, keys),
        *_of_data(test, train),
    ]
    told: dict[str, Json] = {
        "run_id": facts.run,
        "model_uuid": facts.text("model_uuid"),
        "model_commit": facts.commit,
        "gate_commit": tree.commit if tree is not None else None,
        "signatures": [each.name for each in signed],
        "datasets": dict(origin.datasets) if origin is not None else {},
    }
    return Measurement(
        estimate=Measurement.exact(len(found), n=1, unit="findings").estimate,
        unit="findings",
        findings=tuple(found),
        notes=tuple(_notes(tree, signed, verified=bool(keys))),
        data=told,
    )


def _notes(tree: WorkingTree | None, signed: Sequence[Signature], *, verified: bool) -> Iterator[str]:
    if tree is None:
        yield "The gate file's folder is in no git repository, or git is not here."
    if signed and not verified:
        yield f"{', '.join(f'{each.name} ({each.kind})' for each in signed)} was not verified: `keys` names no key."


def _of_model(facts: Facts) -> Iterator[Finding]:
    if facts.run is None:
        yield Finding("No run made this model: it names no run id.", Severity.MEDIUM, facts.at())
    if not facts.about.get("signature"):
        yield Finding("The model was logged without a signature of its columns.", Severity.MEDIUM, facts.at())
    if facts.commit is None:
        why = "names no commit" if facts.origin is None else "and its run name no commit"
        yield Finding(f"The model's metadata {why}.", Severity.LOW, facts.at("metadata"))
    if not facts.about.get("saved_input_example_info"):
        yield Finding("The model was logged without an input example.", Severity.LOW, facts.at())
    if facts.text("model_uuid") is None:
        yield Finding("The model has no model_uuid.", Severity.LOW, facts.at())


def _of_server(facts: Facts) -> Iterator[Finding]:
    if facts.origin is None:
        return
    if facts.run_is_gone:
        yield Finding(f"The server does not know the run {facts.run}.", Severity.MEDIUM, facts.at("run_id"))
    elif not facts.origin.datasets:
        yield Finding("The run that made the model logged no data set.", Severity.LOW, facts.at("run_id"))
    if facts.was_dirty:
        yield Finding(
            f"The code differed from commit {(facts.commit or 'unknown')[:12]} when the run was made.",
            Severity.MEDIUM,
            facts.at("run_id"),
        )


def _of_tree(tree: WorkingTree | None) -> Iterator[Finding]:
    if tree is not None and tree.changed:
        first, *rest = tree.changed
        more = f" and {len(rest)} more" if rest else ""
        yield Finding(
            f"The gate file's folder differs from commit {tree.commit[:12]}: {first}{more}.",
            Severity.MEDIUM,
            Location(first, 1),
            {"changed": [*tree.changed[:100]]},
        )


def _of_signatures(
    root: Path, signed: Sequence[Signature], folder: Path, stated: str | None, keys: Sequence[str]
) -> Iterator[Finding]:
    if stated is not None and not keys:
        raise CheckError("`signature` names a file, and `keys` no public key to hold it against.")
    if keys:
        envelope = folder / stated if stated is not None else root / "attestation.json"
        name = stated or "attestation.json"
        if (reason := why_not(root, envelope, [folder / key for key in keys])) is not None:
            yield Finding(f"{name} does not sign for this model: {reason}.", Severity.HIGH, Location(name, 1))
    elif not signed:
        yield Finding("No signature lies beside the model's files.", Severity.LOW, Location("MLmodel", 1))


def _of_data(test: Table | None, train: Table | None) -> Iterator[Finding]:
    for name, table in (("test", test), ("training", train)):
        if table is None:
            yield Finding(f"No {name} table is named: the record binds no digest of it.", Severity.LOW)
