"""What a good signature must be about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlgate.attestation import Expected, Scheme, attest, generate, public_key, signing_key, verify
from mlgate.attestation.envelope import seal
from mlgate.attestation.statement import statement_of
from mlgate.errors import AttestationRefused, DataError, MlgateError
from mlgate.gatefile.reading import read
from mlgate.opening import manifest
from mlgate.results import Decision, Record
from mlgate.results.record_json import from_json, to_json
from mlgate.tabular import Table

STORED = Path(__file__).parents[1] / "records" / "attestations"
NEXT_DAY = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)


def refusal(envelope: bytes, trusted: list[Any], expected: Expected) -> str:
    """Why it proves nothing, a day after it was made."""
    with pytest.raises(AttestationRefused) as caught:
        verify(envelope, trusted, expected=expected, now=NEXT_DAY)
    return str(caught.value)


def test_all_that_is_named_fits(envelope: bytes, trusted: list[Any], model: Path, document: bytes) -> None:
    """The model, the record, the gate file, the table and the age."""
    expected = Expected(
        model=manifest(model),
        record=document,
        gate=f"sha256:{'9e' * 32}",
        tables={"test": f"sha256:{'d0' * 32}"},
        max_age=timedelta(days=1),
    )
    found = verify(envelope, trusted, expected=expected, now=NEXT_DAY)
    assert (found.passed, found.uri, found.time) == (True, "models:/loan/7", datetime(2026, 11, 24, 8, 30, tzinfo=UTC))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 255), byte=st.integers(0, 255))
def test_every_changed_byte_of_the_model_is_refused(
    envelope: bytes, trusted: list[Any], model: Path, place: int, byte: int
) -> None:
    """And the changed file is named."""
    content = bytearray(range(256))
    if content[place] == byte:
        return
    content[place] = byte
    (model / "code" / "model.bin").write_bytes(bytes(content))
    expected = Expected(model=manifest(model))
    assert refusal(envelope, trusted, expected) == "it is not about these model files: code/model.bin is another."


DATA = b"age,income,late\n30,1.5,0\n41,2.5,1\n"
GATE = b'version = 1\n\n[checks."performance.roc_auc"]\nat_least = 0.78\n'


@pytest.fixture
def bound(record_with: Callable[..., Record], model: Path, key: Path, tmp_path: Path) -> bytes:
    """An envelope about the two files that lie beside the model: a table and a gate file."""
    (tmp_path / "test.csv").write_bytes(DATA)
    (tmp_path / "mlgate.toml").write_bytes(GATE)
    facts = record_with().facts
    data = {"test": replace(facts.data["test"], digest=Table.scan(str(tmp_path / "test.csv")).digest)}
    gate = replace(facts.gate, digest=read(tmp_path / "mlgate.toml").digest)
    record = replace(record_with(), facts=replace(facts, data=data, gate=gate))
    return attest(to_json(record), manifest(model), [signing_key(str(key))])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(DATA) - 1), byte=st.integers(0, 255))
def test_every_changed_byte_of_the_data_is_refused(
    bound: bytes, trusted: list[Any], tmp_path: Path, place: int, byte: int
) -> None:
    """As a table of other bytes, or as one that can't be read any more."""
    (tmp_path / "test.csv").write_bytes(DATA)
    assert verify(bound, trusted, expected=_table(tmp_path), now=NEXT_DAY).passed
    if DATA[place] == byte:
        return
    (tmp_path / "test.csv").write_bytes(DATA[:place] + bytes([byte]) + DATA[place + 1 :])
    with pytest.raises((AttestationRefused, DataError)):
        verify(bound, trusted, expected=_table(tmp_path), now=NEXT_DAY)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(GATE) - 1), byte=st.integers(0, 255))
def test_every_changed_byte_of_the_gate_file_is_refused(
    bound: bytes, trusted: list[Any], tmp_path: Path, place: int, byte: int
) -> None:
    """A changed comment too: what was signed for is the file."""
    (tmp_path / "mlgate.toml").write_bytes(GATE)
    assert verify(bound, trusted, expected=_gate(tmp_path), now=NEXT_DAY).passed
    if GATE[place] == byte:
        return
    (tmp_path / "mlgate.toml").write_bytes(GATE[:place] + bytes([byte]) + GATE[place + 1 :])
    with pytest.raises(MlgateError):
        verify(bound, trusted, expected=_gate(tmp_path), now=NEXT_DAY)


def _table(folder: Path) -> Expected:
    return Expected(tables={"test": Table.scan(str(folder / "test.csv")).digest})


def _gate(folder: Path) -> Expected:
    return Expected(gate=read(folder / "mlgate.toml").digest)


@pytest.mark.parametrize("scheme", list(Scheme))
def test_a_key_of_each_scheme_signs_and_any_changed_byte_of_its_signature_is_refused(
    scheme: Scheme, document: bytes, model: Path, tmp_path: Path
) -> None:
    """ed25519 and ECDSA, every byte of the envelope's last 200, where the signature stands."""
    trusted = [public_key(generate(tmp_path / "another.pem", scheme))]
    envelope = attest(document, manifest(model), [signing_key(str(tmp_path / "another.pem"))])
    assert verify(envelope, trusted, now=NEXT_DAY).passed
    for place in range(len(envelope) - 200, len(envelope)):
        changed = bytearray(envelope)
        changed[place] ^= 1
        with pytest.raises(AttestationRefused):
            verify(bytes(changed), trusted, now=NEXT_DAY)


def test_files_that_came_or_went_are_named(envelope: bytes, trusted: list[Any], model: Path) -> None:
    """A renamed file is one of each."""
    (model / "MLmodel").rename(model / "mlmodel")
    expected = Expected(model=manifest(model))
    assert refusal(envelope, trusted, expected) == (
        "it is not about these model files: mlmodel was added, MLmodel is missing."
    )


def test_another_record_table_or_gate_file_is_refused(envelope: bytes, trusted: list[Any], document: bytes) -> None:
    """Each with its own sentence."""
    other = f"sha256:{'00' * 32}"
    assert refusal(envelope, trusted, Expected(record=document + b" ")).startswith("it was made on another record:")
    assert refusal(envelope, trusted, Expected(tables={"test": other})) == (
        f"it was made on another data/test: this one's digest is {other}."
    )
    assert refusal(envelope, trusted, Expected(tables={"train": other})) == (
        "it names no data/train, so it can't vouch for this one."
    )
    assert refusal(envelope, trusted, Expected(gate=other)) == "it was made under another gate file than this one."


def test_a_stale_one_is_refused_and_one_from_the_future_too(envelope: bytes, trusted: list[Any]) -> None:
    """A clock that is five minutes off is forgiven."""
    assert refusal(envelope, trusted, Expected(max_age=timedelta(hours=12))) == (
        "it is 1 days and 0 hours old, and may be 12 hours old. "
        "Judge the model again: `mlgate run --model models:/loan/7`."
    )
    made = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    assert verify(envelope, trusted, now=made - timedelta(minutes=4)).passed
    with pytest.raises(AttestationRefused, match="which lies in the future"):
        verify(envelope, trusted, now=made - timedelta(minutes=6))


def test_a_denial_verifies_and_does_not_pass(
    record_with: Callable[..., Record], model: Path, key: Path, trusted: list[Any]
) -> None:
    """Its signature is as good as any."""
    denied = attest(to_json(record_with(Decision.DENIED)), manifest(model), [signing_key(str(key))])
    assert verify(denied, trusted, now=NEXT_DAY).passed is False


def test_a_signed_statement_of_another_shape_is_refused(
    document: bytes, model: Path, key: Path, trusted: list[Any]
) -> None:
    """A key may sign other things; they are no verdict."""
    changes: dict[str, dict[str, object]] = {
        "predicateType is not as it must be": {"predicateType": "https://in-toto.io/attestation/svr/v0.1"},
        "the statement is not as it must be": {"extra": 1},
        "subject is not as it must be": {"subject": []},
    }
    for why, change in changes.items():
        statement = {**statement_of(from_json(document), document, manifest(model)), **change}
        signed = seal(statement, [signing_key(str(key))])
        assert why in refusal(signed, trusted, Expected())


def test_a_statement_whose_digests_contradict_each_other_is_refused(
    document: bytes, model: Path, key: Path, trusted: list[Any]
) -> None:
    """The model's digest must be that of the files that are listed."""
    statement = statement_of(from_json(document), document, manifest(model))
    statement["subject"] = statement["subject"][:-1]
    signed = seal(statement, [signing_key(str(key))])
    assert refusal(signed, trusted, Expected()) == (
        "what was signed contradicts itself: the model's digest is not that of its files."
    )


@pytest.mark.parametrize("release", sorted(path.name for path in STORED.iterdir()))
def test_attestations_of_every_release_verify_forever(release: str) -> None:
    """Evidence is kept for years, and read by the mlgate of that day."""
    folder = STORED / release
    keys = [public_key(path) for path in sorted(folder.glob("*.pub"))]
    expected = Expected(record=(folder / "record.json").read_bytes())
    found = verify((folder / "attestation.json").read_bytes(), keys, threshold=2, expected=expected)
    assert (found.passed, found.uri) == (True, "models:/loan/7")
