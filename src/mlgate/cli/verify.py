"""`mlgate verify`: verify a signed verdict, offline or where a registry keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mlgate.attestation import Attestation, Expected

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("attestation")
@click.option("--key", "keys", type=_FILE, multiple=True, required=True, help="A public key; may be repeated.")
@click.option("--threshold", type=click.IntRange(1), default=1, show_default=True, help="How many of them must sign.")
@click.option("--model", metavar="URI", help="The model whose files it must be about.")
@click.option("--record", type=_FILE, help="The record; default: record.json beside it, if there.")
@click.option("--gate", type=_FILE, help="The gate file that it must be made under.")
@click.option("--train", metavar="DATA", help="The training table that it must be made on.")
@click.option("--test", metavar="DATA", help="The test table that it must be made on.")
@click.option("--max-age", metavar="AGE", help="How old it may be, as 7d or 12h.")
def verify(
    *,
    attestation: str,
    keys: tuple[Path, ...],
    threshold: int,
    model: str | None,
    record: Path | None,
    gate: Path | None,
    train: str | None,
    test: str | None,
    max_age: str | None,
) -> int:
    """Verify ATTESTATION: who signed it, which verdict it holds, and that it is about what you name.

    ATTESTATION is a file, or a registered model, as models:/name@champion: then its attestation and its files are
    fetched from the registry, and have to belong together. Do that before you load a model by its alias.

    Exit code 0: it holds and the verdict is `allowed`. 1: it does not, or the verdict is another. No network is used,
    except to fetch a registered model.
    """
    from mlgate.attestation import Expected, public_key
    from mlgate.attestation import verify as verified
    from mlgate.errors import AttestationRefused

    given = _given(attestation)
    expected = Expected(
        model=_files(model or given.model),
        record=record.read_bytes() if record is not None else given.record,
        gate=_digest_of_gate(gate),
        tables=_tables({"train": train, "test": test}),
        max_age=_age(max_age),
    )
    trusted = [public_key(key) for key in keys]
    try:
        found = verified(given.document, trusted, threshold=threshold, expected=expected)
    except AttestationRefused as refusal:
        raise AttestationRefused(refusal.message, hint=refusal.hint, where=given.where) from refusal
    for line in _told(found, expected):
        click.echo(line)
    return 0 if found.passed else 1


@dataclass(frozen=True, slots=True)
class _Given:
    """An attestation, where it stands, the record beside it, and the model that it has to be about."""

    document: bytes
    where: str
    record: bytes | None
    model: str | None = None


def _given(named: str) -> _Given:
    path = Path(named)
    if not path.exists():
        return _registered(named)
    file = path / "attestation.json" if path.is_dir() else path
    beside = file.parent / "record.json"
    return _Given(file.read_bytes(), str(file), beside.read_bytes() if beside.is_file() else None)


def _registered(named: str) -> _Given:
    """What the registry keeps of the version that a URI names. Raises `AttestationRefused` where that is not signed."""
    from mlgate.cli.folders import host_here
    from mlgate.errors import AttestationRefused

    if ":" not in named:
        raise click.UsageError(f"{named} is no file, and no registered model.")
    registry = host_here(Path.cwd()).registry(named)
    version = registry.version(named)
    document = registry.document(version, "attestation")
    if document is None:
        raise AttestationRefused(
            f"the verdict on {version.uri} is not signed, or nobody handed the signature to the registry.",
            hint="`mlgate run --sign KEY` does, and so does `mlgate promote --attestation FILE`.",
        )
    return _Given(document, version.uri, registry.document(version, "record"), version.uri)


def _told(found: Attestation, expected: Expected) -> Iterator[str]:
    from mlgate.reports.terminal import harmless

    names = {"model": expected.model, "record": expected.record, "gate file": expected.gate}
    names |= {name: expected.tables.get(name) for name in ("train", "test")}
    yield f"verdict:     {'allowed' if found.passed else 'not allowed'}"
    yield f"model:       {found.uri}"
    yield f"made:        {found.time:%Y-%m-%d %H:%M:%S}Z by mlgate {found.predicate['verifier']['version']['mlgate']}"
    yield from (f"on trust:    {harmless(each)}" for each in found.trusted)
    yield f"it is about: {', '.join(name for name, given in names.items() if given is not None) or 'nothing given'}"
    yield f"not looked at: {', '.join(name for name, given in names.items() if given is None) or 'nothing'}"


def _files(model: str | None) -> dict[str, str] | None:
    if model is None:
        return None
    from mlgate.cli.folders import host_here
    from mlgate.cli.signing import files_of

    return files_of(model, host_here(Path.cwd()))


def _digest_of_gate(gate: Path | None) -> str | None:
    if gate is None:
        return None
    from mlgate.gatefile.reading import read

    return read(gate).digest


def _tables(given: dict[str, str | None]) -> dict[str, str]:
    sources = {name: source for name, source in given.items() if source is not None}
    if not sources:
        return {}
    from mlgate import opening
    from mlgate.cli.folders import host_here

    openers = host_here(Path.cwd()).table_openers
    return {name: opening.open_table(source, openers).digest for name, source in sources.items()}


def _age(text: str | None) -> timedelta | None:
    if text is None:
        return None
    from mlgate.cli.options import stated_duration

    return stated_duration("--max-age", text)
