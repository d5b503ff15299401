"""A model of two files, the record of an allowed run on it, and keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mlgate.attestation import attest, generate, public_key, signing_key
from mlgate.opening import digest, manifest
from mlgate.results import (
    CheckRun,
    DataSubject,
    Decision,
    GateFacts,
    Level,
    Measurement,
    ModelSubject,
    Outcome,
    Record,
    Result,
    RunFacts,
    RunStatus,
    Verdict,
)
from mlgate.results.record_json import to_json


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder with two files."""
    folder = tmp_path / "model"
    (folder / "code").mkdir(parents=True)
    (folder / "MLmodel").write_text("flavors: {}\n")
    (folder / "code" / "model.bin").write_bytes(bytes(range(256)))
    return folder


@pytest.fixture
def record_with(model: Path) -> Callable[..., Record]:
    """A record of `model`, allowed unless its parts say otherwise."""

    def made(decision: Decision = Decision.ALLOWED, *, complete: bool = True, left_out: tuple[str, ...] = ()) -> Record:
        facts = RunFacts(
            id="20261124T083000-a1b2c3",
            mlgate="0.1.0",
            started="2026-11-24T08:30:00Z",
            candidate=ModelSubject("models:/loan/7", digest(model), "loan", "7"),
            champion=ModelSubject("models:/loan/5", f"sha256:{'5c' * 32}", "loan", "5", "champion"),
            data={"test": DataSubject("test.parquet", f"sha256:{'d0' * 32}", 300, 1)},
            gate=GateFacts(0.95, f"sha256:{'9e' * 32}", "mlgate.toml", left_out),
        )
        run = CheckRun("toy.one", RunStatus.MEASURED, 0.1, Measurement.exact(1, n=1))
        result = Result(run, Outcome.PASSED, Level.ENFORCE, "at_least(1)", "1 is at least 1")
        return Record(facts, Verdict(decision, ("1 enforcing rule passed.",), 0), (result,), 0.1, (), complete)

    return made


@pytest.fixture
def document(record_with: Callable[..., Record]) -> bytes:
    """The record's bytes."""
    return to_json(record_with())


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """An ed25519 private key; the public one stands beside it."""
    generate(tmp_path / "key.pem")
    return tmp_path / "key.pem"


@pytest.fixture
def trusted(key: Path) -> list[object]:
    """What the public half of `key` verifies with."""
    return [public_key(key.with_name("key.pem.pub"))]


@pytest.fixture
def envelope(document: bytes, model: Path, key: Path) -> bytes:
    """The signed envelope of the allowed record."""
    return attest(document, manifest(model), [signing_key(str(key))])
