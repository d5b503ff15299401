"""`mlgate verify`: verify a signed verdict, offline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mlgate.attestation import Attestation, Expected

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("attestation", type=click.Path(exists=True, path_type=Path))
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
    attestation: Path,
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

    Exit code 0: it holds and the verdict is `allowed`. 1: it does not, or the verdict is another. No network is used,
    except to fetch a registered model that --model names.
    """
    from mlgate.attestation import Expected, public_key
    from mlgate.attestation import verify as verified
    from mlgate.errors import AttestationRefused

    file = attestation / "attestation.json" if attestation.is_dir() else attestation
    beside = file.parent / "record.json"
    kept = record or (beside if beside.is_file() else None)
    expected = Expected(
        model=_files(model),
        record=kept.read_bytes() if kept is not None else None,
        gate=_digest_of_gate(gate),
        tables=_tables({"train": train, "test": test}),
        max_age=_age(max_age),
    )
    trusted = [public_key(key) for key in keys]
    try:
        found = verified(file.read_bytes(), trusted, threshold=threshold, expected=expected)
    except AttestationRefused as refusal:
        raise AttestationRefused(refusal.message, hint=refusal.hint, where=str(file)) from refusal
    for line in _told(found, expected):
        click.echo(line)
    return 0 if found.passed else 1


def _told(found: Attestation, expected: Expected) -> Iterator[str]:
    names = {"model": expected.model, "record": expected.record, "gate file": expected.gate}
    names |= {name: expected.tables.get(name) for name in ("train", "test")}
    yield f"verdict:     {'allowed' if found.passed else 'not allowed'}"
    yield f"model:       {found.uri}"
    yield f"made:        {found.time:%Y-%m-%d %H:%M:%S}Z by mlgate {found.predicate['verifier']['version']['mlgate']}"
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
