"""The statement: what in-toto and SLSA ask for, bound to the bytes that were judged."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from mlgate.attestation import STATEMENT_SCHEMA
from mlgate.attestation.statement import statement_of
from mlgate.errors import CheckError
from mlgate.opening import manifest
from mlgate.results import Decision, Record, Trust
from mlgate.results.record_json import to_json


def test_the_subject_is_the_folder_as_the_shell_digests_it_and_every_file(document: bytes, model: Path) -> None:
    """in-toto's own definition of `dirHash` is a line of shell; sha256sum is the witness of the files."""
    from mlgate.results.record_json import from_json

    statement = statement_of(from_json(document), document, manifest(model))
    line = "find . -type f | cut -c3- | LC_ALL=C sort | xargs sha256sum | sha256sum"
    shell = subprocess.run(["bash", "-c", line], cwd=model, capture_output=True, text=True, check=True)
    whole, *files = statement["subject"]
    assert whole == {"name": "models:/loan/7", "digest": {"dirHash": shell.stdout.split()[0]}}
    assert files == [
        {"name": name, "digest": {"sha256": hashlib.sha256((model / name).read_bytes()).hexdigest()}}
        for name in ("MLmodel", "code/model.bin")
    ]


def test_the_predicate_is_a_verification_summary_of_slsa(record_with: Callable[..., Record], model: Path) -> None:
    """Field by field as https://slsa.dev/spec/v1.1/verification_summary has them."""
    record = record_with()
    assert statement_of(record, b"the record", manifest(model))["predicate"] == {
        "verifier": {"id": "pkg:pypi/mlgate", "version": {"mlgate": "0.1.0"}},
        "timeVerified": "2026-11-24T08:30:00Z",
        "resourceUri": "models:/loan/7",
        "policy": {"uri": "mlgate.toml", "digest": {"sha256": "9e" * 32}},
        "inputAttestations": [
            {
                "name": "record",
                "uri": "20261124T083000-a1b2c3",
                "digest": {"sha256": hashlib.sha256(b"the record").hexdigest()},
            },
            {"name": "data/test", "uri": "test.parquet", "digest": {"sha256": "d0" * 32}},
            {"name": "champion", "uri": "models:/loan/5", "digest": {"dirHash": "5c" * 32}},
        ],
        "verificationResult": "PASSED",
        "verifiedLevels": ["MLGATE_ALLOWED"],
    }


def test_a_person_s_word_for_a_model_is_an_input(record_with: Callable[..., Record], model: Path) -> None:
    """What overrides something is signed with the model's digest and the place of the word; the schema takes it."""
    given = (
        Trust("--trust-model", "candidate", "sha256:x", ("'a.pkl': imports a.B.",)),
        Trust("mlgate.toml:4", "champion", None, ("'MLmodel, line 3': code.",)),
        Trust("mlgate.toml:5", "candidate", "sha256:y", ()),
        Trust("--trust-model", None, "sha256:z", ()),
    )
    record = record_with()
    record = replace(record, facts=replace(record.facts, trust=given))
    statement = statement_of(record, b"the record", manifest(model))
    (whole, *_) = statement["subject"]
    inputs = [each for each in statement["predicate"]["inputAttestations"] if each["name"].startswith("trust/")]
    assert inputs == [
        {"name": "trust/candidate", "uri": "--trust-model", "digest": whole["digest"]},
        {"name": "trust/champion", "uri": "mlgate.toml:4", "digest": {"dirHash": "5c" * 32}},
    ]
    Draft202012Validator(STATEMENT_SCHEMA).validate(statement)


@pytest.mark.parametrize(
    "parts",
    [
        {"decision": Decision.DENIED},
        {"decision": Decision.UNDECIDED},
        {"complete": False},
        {"left_out": ("performance.roc_auc",)},
    ],
    ids=["denied", "undecided", "unfinished", "partial"],
)
def test_only_a_whole_run_that_was_allowed_passes(
    record_with: Callable[..., Record], model: Path, parts: dict[str, object]
) -> None:
    """Everything else is signed as a failure."""
    record = record_with(**parts)
    predicate = statement_of(record, to_json(record), manifest(model))["predicate"]
    assert (predicate["verificationResult"], predicate["verifiedLevels"]) == ("FAILED", ["FAILED"])


def test_other_bytes_than_those_that_were_judged_are_not_signed_for(
    record_with: Callable[..., Record], model: Path
) -> None:
    """The files are digested when the verdict is signed, not when it was made."""
    record = record_with()
    judged = record.facts.candidate.digest if record.facts.candidate else None
    (model / "MLmodel").write_text("flavors: {python_function: {}}\n")
    with pytest.raises(CheckError) as caught:
        statement_of(record, to_json(record), manifest(model))
    assert str(caught.value).startswith(
        "the files of models:/loan/7 are not those that were judged: their digest is sha256:"
    )
    assert f"the record's is {judged}. Find out who changed them, then judge again" in str(caught.value)
