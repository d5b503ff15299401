"""The envelope: any changed byte refuses it, and others' tools read it."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlgate.attestation import attest, generate, public_key, signing_key, verify
from mlgate.attestation.envelope import unseal
from mlgate.errors import AttestationRefused
from mlgate.opening import manifest


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10**9), byte=st.integers(0, 255))
def test_every_changed_byte_is_refused(envelope: bytes, trusted: list[Any], place: int, byte: int) -> None:
    """Payload, type, key id, signature and the white space between them."""
    place %= len(envelope)
    if envelope[place] == byte:
        return
    changed = envelope[:place] + bytes([byte]) + envelope[place + 1 :]
    with pytest.raises(AttestationRefused):
        verify(changed, trusted)


@pytest.mark.parametrize("cut", [0, 1, -1], ids=["empty", "first byte alone", "all but the last"])
def test_a_truncated_envelope_is_refused(envelope: bytes, trusted: list[Any], cut: int) -> None:
    """A download that broke off proves nothing."""
    with pytest.raises(AttestationRefused):
        verify(envelope[:cut], trusted)


def test_nothing_is_read_of_a_payload_that_nobody_signed(trusted: list[Any]) -> None:
    """Not even whether it is JSON: the payload here would break any parser."""
    payload = base64.b64encode(b"[" * 100_000).decode()
    document = {"payload": payload, "payloadType": "application/vnd.in-toto+json", "signatures": []}
    bare = json.dumps(document, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    with pytest.raises(AttestationRefused, match="0 of the given keys signed it, and 1 must have") as caught:
        unseal(bare, trusted)
    assert "It is signed by nobody" in str(caught.value)


def test_a_payload_of_another_type_is_refused(trusted: list[Any]) -> None:
    """A signature over something else must not be taken for a verdict."""
    document = {"payload": "e30=", "payloadType": "text/plain", "signatures": []}
    with pytest.raises(AttestationRefused, match="its payload is of type 'text/plain'"):
        unseal(json.dumps(document).encode(), trusted)


@pytest.mark.parametrize("text", [b"[]", b"null", b'{"payload": 1}', b"\xff\xfe", b'{"payload":"","payloadType":""}'])
def test_what_is_no_envelope_is_refused_with_one_sentence(trusted: list[Any], text: bytes) -> None:
    """Whatever stands in the file."""
    with pytest.raises(AttestationRefused) as caught:
        unseal(text, trusted)
    assert str(caught.value) == "it is no DSSE envelope. `mlgate sign` writes one."


def test_as_many_keys_as_were_asked_for_must_have_signed(document: bytes, model: Path, tmp_path: Path) -> None:
    """Two of two, and a stranger counts for nothing."""
    names = ("one", "two", "stranger")
    for name in names:
        generate(tmp_path / name)
    one, two, stranger = (public_key(tmp_path / f"{name}.pub") for name in names)
    signed = attest(document, manifest(model), [signing_key(str(tmp_path / name)) for name in ("one", "two")])
    assert verify(signed, [one, two], threshold=2).passed
    assert verify(signed, [one, stranger]).passed
    with pytest.raises(AttestationRefused, match="1 of the given keys signed it, and 2 must have"):
        verify(signed, [one, stranger], threshold=2)
    with pytest.raises(AttestationRefused, match="1 of the given keys signed it, and 2 must have"):
        verify(signed, [one], threshold=2)


def test_the_same_key_twice_counts_once(envelope: bytes, trusted: list[Any]) -> None:
    """A threshold is about people."""
    with pytest.raises(AttestationRefused):
        verify(envelope, [*trusted, *trusted], threshold=2)


def test_openssl_verifies_the_signature(envelope: bytes, key: Path, tmp_path: Path) -> None:
    """Anybody can, without mlgate: the signature is over DSSE's PAE, as its specification writes it down."""
    openssl = shutil.which("openssl")
    assert openssl, "this test needs openssl: `apt-get install openssl`"
    parts = json.loads(envelope)
    payload = base64.b64decode(parts["payload"])
    kind = parts["payloadType"]
    (tmp_path / "pae").write_bytes(f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload)
    (tmp_path / "signature").write_bytes(base64.b64decode(parts["signatures"][0]["sig"]))
    command = [openssl, "pkeyutl", "-verify", "-pubin", "-inkey", f"{key}.pub", "-rawin"]
    done = subprocess.run(
        [*command, "-in", str(tmp_path / "pae"), "-sigfile", str(tmp_path / "signature")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "Signature Verified Successfully")


def test_in_toto_reads_the_statement(envelope: bytes) -> None:
    """in-toto's own library takes it for a valid statement of its specification."""
    from google.protobuf.json_format import ParseDict
    from in_toto_attestation.v1.statement import Statement
    from in_toto_attestation.v1.statement_pb2 import Statement as Message

    payload = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
    message = Statement.copy_from_pb(ParseDict(payload, Message()))
    message.validate()
    assert [subject.name for subject in message.pb.subject] == ["models:/loan/7", "MLmodel", "code/model.bin"]
