"""A key, a signed verdict, and whoever verifies it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk

PUBLIC = ("--key", "key.pem.pub")


@pytest.fixture
def signed(desk: Desk) -> Desk:
    """A desk where the candidate was judged, allowed and signed for by the job that holds the key."""
    desk.gate(few=True)
    assert desk.mlgate("keygen", "key.pem").code == 0
    assert desk.mlgate("run").code == 0
    done = desk.mlgate("sign", str(_run(desk)), "--key", "key.pem")
    assert done.code == 0, done
    return desk


def _run(desk: Desk) -> Path:
    return max(desk.folder.glob(".mlgate/runs/*"), key=lambda path: path.stat().st_mtime_ns)


def test_whoever_has_the_public_key_verifies_all_that_the_verdict_is_about(signed: Desk) -> None:
    """Model, record, gate file, both tables and the age."""
    named = ("--model", "candidate.joblib", "--gate", "mlgate.toml", "--train", "train.parquet")
    done = signed.mlgate("verify", str(_run(signed)), *PUBLIC, *named, "--test", "test.parquet", "--max-age", "1h")
    assert done.code == 0, done
    assert done.out.splitlines()[0] == "verdict:     allowed"
    assert done.out.splitlines()[3:] == [
        "it is about: model, record, gate file, train, test",
        "not looked at: nothing",
    ]


@pytest.mark.parametrize(
    ("option", "value", "why"),
    [
        ("--model", "champion.joblib", "it is not about these model files: champion.joblib was added, "),
        ("--test", "train.parquet", "it was made on another data/test: this one's digest is sha256:"),
        ("--gate", "other.toml", "it was made under another gate file than this one."),
        ("--record", "other.json", "it was made on another record: this one's digest is sha256:"),
        ("--max-age", "0s", "it is 0 days and 0 hours old, and may be 0 hours old."),
    ],
)
def test_anything_else_is_refused(signed: Desk, option: str, value: str, why: str) -> None:
    """With exit code 1 and the attestation's name."""
    signed.write("other.toml", (signed / "mlgate.toml").read_text() + "\n# changed\n")
    signed.write("other.json", "{}")
    file = _run(signed) / "attestation.json"
    done = signed.mlgate("verify", str(file), *PUBLIC, option, value)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"mlgate: {file}: {why}")


def test_a_record_that_was_changed_afterwards_is_refused(signed: Desk) -> None:
    """The one beside the attestation is looked at without being named."""
    record = _run(signed) / "record.json"
    record.write_bytes(record.read_bytes().replace(b'"allowed"', b'"denied"'))
    done = signed.mlgate("verify", str(_run(signed)), *PUBLIC)
    assert done.code == 1
    assert "it was made on another record" in done.err


def test_another_key_verifies_nothing(signed: Desk) -> None:
    """The one that signed is named."""
    signed.mlgate("keygen", "other.pem")
    done = signed.mlgate("verify", str(_run(signed)), "--key", "other.pem.pub")
    assert done.code == 1
    assert "0 of the given keys signed it, and 1 must have. It is signed by" in done.err


def test_a_denial_is_signed_as_one(desk: Desk) -> None:
    """It verifies, and exits with 1."""
    desk.gate(few=True)
    desk.mlgate("keygen", "key.pem")
    assert desk.mlgate("run", "--model", "worse.joblib", "--sign", "key.pem").code == 1
    done = desk.mlgate("verify", str(_run(desk)), *PUBLIC, "--model", "worse.joblib")
    assert (done.code, done.out.splitlines()[0]) == (1, "verdict:     not allowed")


def test_a_changed_model_is_not_signed_for(signed: Desk) -> None:
    """The files are digested again when the verdict is signed."""
    (signed / "candidate.joblib").write_bytes((signed / "champion.joblib").read_bytes())
    done = signed.mlgate("sign", str(_run(signed)), "--key", "key.pem")
    assert done.code == 3
    assert "are not those that were judged: their digest is sha256:" in done.err


def test_the_key_is_taken_out_of_the_environment_before_a_model_is_opened(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the model's own code would find there."""
    desk.gate(few=True)
    desk.mlgate("keygen", "key.pem")
    monkeypatch.setenv("MLGATE_SIGNING_KEY", (desk / "key.pem").read_text())
    desk.write(
        "spy.py",
        "import os, joblib\n\n\ndef build():\n    open('seen', 'w').write('|'.join(os.environ))\n"
        "    return joblib.load('candidate.joblib')\n",
    )
    desk.mlgate("run", "--model", "spy:build", "--sign", "env:MLGATE_SIGNING_KEY")
    assert "PATH" in (desk / "seen").read_text().split("|")
    assert "MLGATE_SIGNING_KEY" not in (desk / "seen").read_text().split("|")
    assert "MLGATE_SIGNING_KEY" not in os.environ


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("run", "--sign", "nowhere.pem"), "the key nowhere.pem can't be read: No such file or directory."),
        (("run", "--sign", "env:NO_KEY"), "the environment variable NO_KEY, which holds the signing key, is not set."),
    ],
)
def test_a_missing_key_costs_no_run(desk: Desk, arguments: tuple[str, ...], why: str) -> None:
    """It is read before anything is measured."""
    desk.gate(few=True)
    done = desk.mlgate(*arguments)
    assert done.code == 4
    assert done.err.startswith(f"mlgate: {why}")
    assert desk.records() == []


def test_a_model_that_python_makes_is_not_signed_for_and_the_verdict_stands(desk: Desk) -> None:
    """No digest binds what a factory reads."""
    desk.gate(few=True)
    desk.mlgate("keygen", "key.pem")
    done = desk.mlgate("run", "--model", "loans:build", "--sign", "key.pem")
    assert done.code == 3
    assert "mlgate: the verdict could not be signed: " in done.err
    assert desk.record()["verdict"]["decision"] == "allowed"


def test_a_registered_version_is_signed_for_where_the_gate_file_names_the_key(
    desk: Desk, registry: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files are fetched from the registry, digested, and never opened."""
    desk.gate(few=True)
    desk.write(
        "mlgate.toml",
        (desk / "mlgate.toml").read_text().replace("candidate.joblib", "models:/late-loans/2")
        + '\n[promote]\nsign = "env:MLGATE_SIGNING_KEY"\n',
    )
    desk.mlgate("keygen", "key.pem")
    desk.mlgate("run")
    monkeypatch.setenv("MLGATE_SIGNING_KEY", (desk / "key.pem").read_text())
    assert desk.mlgate("sign", str(_run(desk))).code == 0
    for asked in ("models:/late-loans/2", "models:/late-loans@challenger"):
        done = desk.mlgate("verify", str(_run(desk)), *PUBLIC, "--model", asked)
        assert done.out.splitlines()[:2] == ["verdict:     allowed", "model:       models:/late-loans/2"]
    registry.set_registered_model_alias("late-loans", "challenger", "3")
    done = desk.mlgate("verify", str(_run(desk)), *PUBLIC, "--model", "models:/late-loans@challenger")
    assert (done.code, done.out) == (1, "")
    assert "it is not about these model files: MLmodel is another" in done.err
