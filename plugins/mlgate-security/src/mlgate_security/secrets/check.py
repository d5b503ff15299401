"""`security.secrets`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mlgate import Finding, Measurement, NotApplicable, Severity, check
from mlgate_security.files import SourceFile, sources
from mlgate_security.mlmodel import MLMODEL
from mlgate_security.origin import Origin
from mlgate_security.secrets.kept import Kept, secrets_kept
from mlgate_security.secrets.notebooks import read_notebook
from mlgate_security.secrets.scanning import Scanner, Secret, allowed_lines, scanner

_GUESSED = {
    "Base64 High Entropy String": Severity.LOW,
    "Hex High Entropy String": Severity.LOW,
    "Public IP (ipv4)": Severity.LOW,
    "Secret Keyword": Severity.MEDIUM,
}
"""What is known by its form alone is often something else: a digest, an id, a placeholder."""
_EXAMPLES = frozenset({"input_example.json", "serving_input_example.json"})
_LONGEST = 1 << 20
_IDS = re.compile(r"(?m)^(?:model_uuid|run_id|model_id): \S{1,40}$")
"""MLflow's own names of the model and its run look as random as a key."""


@check("security.secrets", better="lower", default={"no_findings": "high"})
def secrets(
    candidate: object, folder: Path, origin: Origin | None = None, *, paths: tuple[str, ...] = ()
) -> Measurement:
    """Passwords, keys and tokens in the model's files, parameters and tags, or in its repository.

    detect-secrets looks into every text of the model's folder (code, notebooks, MLmodel with its parameters and
    metadata, requirements) and below `paths`, files and folders relative to the gate file's. Whoever may read the
    model may read what is in them. Rows of examples, binary files and texts above 1 MiB are not looked into. Of a model
    from a tracking server (`models:/`, `runs:/`), the parameters and tags of its run, and the tags and descriptions of
    the version and the registered model are looked into as well; mlgate-mlflow asks for them.

    A finding names file and line (or parameter and tag) and kind, and the first eight digits of the value's SHA-256,
    so that two can be told apart; never the value. What is a key or token by its make (AWS, GitHub, private keys, a
    password in an address) is of high severity and blocks by default; an assignment to a name such as `password` is
    medium; what only looks random is low. Nothing is sent anywhere to be tried.

    A line with the comment `pragma: allowlist secret` is passed over, and counted in a note.

    ## What to do
    Revoke the secret: it was written down, so it is known. Then read it from the environment or a vault, log the
    model again, and take it out of the repository's history.
    """
    texts = [(file, text) for file in sources(candidate, folder, paths) if (text := _readable(file)) is not None]
    kept = origin.texts if origin is not None else {}
    if not texts and not kept:
        raise NotApplicable("there is no text among the model's files.")
    with scanner() as asked:
        found = [finding for file, text in texts for finding in _found(asked, file, text)]
        found += [_kept(each) for each in secrets_kept(asked, kept)]
    allowed = allowed_lines([text for _, text in texts])
    return Measurement(
        estimate=Measurement.exact(len(found), n=len(texts) + len(kept), unit="secrets").estimate,
        unit="secrets",
        findings=tuple(found),
        notes=tuple(_notes(origin, allowed)),
    )


def _notes(origin: Origin | None, allowed: int) -> Iterator[str]:
    if origin is None:
        yield "Parameters and tags of the model's run were not looked into: it came from no tracking server."
    if allowed:
        yield f"{allowed:,} lines are marked as no secret."


def _readable(file: SourceFile) -> str | None:
    if (file.in_model and file.name in _EXAMPLES) or file.path.stat().st_size > _LONGEST:
        return None
    text = file.text()
    return _IDS.sub("", text) if text is not None and file.in_model and file.path.name == MLMODEL else text


def _found(asked: Scanner, file: SourceFile, text: str) -> Iterator[Finding]:
    notebook = read_notebook(text) if file.path.suffix == ".ipynb" else None
    if notebook is None:
        yield from (_finding(secret, file, secret.line) for secret in asked.scan(text, _suffix(file)))
        return
    for secret in asked.scan(notebook.text, ".py"):
        yield _finding(secret, file, notebook.line(secret.line))


def _kept(kept: Kept) -> Finding:
    """Where no file is, the place is told in words."""
    named = f"in {kept.name!r}" if kept.name is not None else "in a name"
    return Finding(
        f"{kept.secret.kind}, sha256 {kept.secret.mark}..., {named} of the {kept.place}",
        _GUESSED.get(kept.secret.kind, Severity.HIGH),
        data={"kind": kept.secret.kind, "sha256_prefix": kept.secret.mark, "place": kept.place},
    )


def _suffix(file: SourceFile) -> str:
    """The kind of file as detect-secrets tells it; one that it would pass over unread is read as plain text."""
    known = (".py", ".yaml", ".yml", ".ini", ".cfg", ".properties", ".js", ".json", ".sh", ".toml")
    return ".yaml" if file.path.name == MLMODEL else file.path.suffix if file.path.suffix in known else ".txt"


def _finding(secret: Secret, file: SourceFile, line: int | None) -> Finding:
    return Finding(
        f"{secret.kind}, sha256 {secret.mark}...",
        _GUESSED.get(secret.kind, Severity.HIGH),
        file.at(line),
        {"kind": secret.kind, "sha256_prefix": secret.mark},
    )
