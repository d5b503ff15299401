"""Keys: for their owner alone, never overwritten, never printed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mlgate.attestation import Scheme, generate, public_key, signing_key
from mlgate.errors import UsageError


def test_the_private_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Whatever the umask says."""
    before = os.umask(0)
    try:
        public = generate(tmp_path / "key.pem")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    assert public == tmp_path / "key.pem.pub"


@pytest.mark.parametrize("existing", ["key.pem", "key.pem.pub"])
def test_no_key_is_overwritten(tmp_path: Path, existing: str) -> None:
    """Neither half, and the other is not written either."""
    (tmp_path / existing).write_text("precious")
    with pytest.raises(UsageError) as caught:
        generate(tmp_path / "key.pem")
    assert str(caught.value) == (f"{tmp_path / existing} exists, and a key is never overwritten. Name another file.")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["precious"]


@pytest.mark.parametrize("scheme", list(Scheme))
def test_a_key_signs_from_a_file_and_from_the_environment(
    scheme: Scheme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same key, by its public half."""
    public = generate(tmp_path / "key.pem", scheme)
    monkeypatch.setenv("A_KEY", (tmp_path / "key.pem").read_text())
    wanted = public_key(public).keyid
    assert [signing_key(source).public_key.keyid for source in (str(tmp_path / "key.pem"), "env:A_KEY")] == [wanted] * 2


def test_an_encrypted_key_needs_its_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for by the variable's name; a wrong one is not quoted."""
    monkeypatch.setenv("MLGATE_SIGNING_PASSPHRASE", "correct horse")
    generate(tmp_path / "key.pem")
    assert b"ENCRYPTED" in (tmp_path / "key.pem").read_bytes()
    signing_key(str(tmp_path / "key.pem"))
    monkeypatch.setenv("MLGATE_SIGNING_PASSPHRASE", "battery staple")
    with pytest.raises(UsageError) as caught:
        signing_key(str(tmp_path / "key.pem"))
    assert "holds no private key that signs here" in str(caught.value)
    assert "staple" not in str(caught.value)


def test_a_key_that_others_can_read_is_refused(key: Path) -> None:
    """With the command that mends it."""
    key.chmod(0o640)
    with pytest.raises(UsageError) as caught:
        signing_key(str(key))
    assert str(caught.value) == (f"the private key {key} can be read by others. `chmod 600 {key}`, then again.")


def test_a_variable_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is said, and what belongs into it."""
    monkeypatch.delenv("NO_KEY", raising=False)
    with pytest.raises(UsageError) as caught:
        signing_key("env:NO_KEY")
    assert str(caught.value) == (
        "the environment variable NO_KEY, which holds the signing key, is not set. Set it to the text of the PEM file."
    )


def test_whoever_verifies_must_not_hold_the_private_key(key: Path) -> None:
    """The likely mistake has its own sentence."""
    with pytest.raises(UsageError) as caught:
        public_key(key)
    assert str(caught.value) == (f"{key} is a private key, and whoever verifies must not have it. Use key.pem.pub.")


def test_what_is_no_key(tmp_path: Path) -> None:
    """A file of something else, for both halves."""
    (tmp_path / "text").write_text("hello")
    (tmp_path / "text").chmod(0o600)
    with pytest.raises(UsageError, match="holds no private key that signs here"):
        signing_key(str(tmp_path / "text"))
    with pytest.raises(UsageError, match="holds no public key that verifies here"):
        public_key(tmp_path / "text")
