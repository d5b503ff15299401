"""`security.secrets`: what is found, where, and that no value is ever shown."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mlgate import Severity
from mlgate.testing import measure
from mlgate_security.secrets.check import secrets

AWS = "AKIA" + "IOSFODNN7" + "EXAMPLE"  # the key of AWS's own documentation, in pieces
PEM = "-----BEGIN RSA " + "PRIVATE KEY-----"


def lines(measured: Any) -> list[tuple[str, int | None, str]]:
    """File, line and kind of each finding."""
    return [(each.location.file, each.location.line, str(each.data["kind"])) for each in measured.findings]


def test_a_key_in_code_is_found_at_its_line_and_not_shown(model: Callable[..., Any], tmp_path: Path) -> None:
    """The finding tells two keys apart by their digest."""
    measured = measure(secrets, candidate=model({"code/a.py": f"x = 1\naws = '{AWS}'\n"}), folder=tmp_path)
    assert lines(measured) == [("code/a.py", 2, "AWS Access Key")]
    (finding,) = measured.findings
    assert finding.severity is Severity.HIGH
    assert finding.data["sha256_prefix"] == hashlib.sha256(AWS.encode()).hexdigest()[:8]
    assert AWS not in repr(measured)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("MLmodel", f"flavors: {{}}\nmetadata:\n  key: {AWS}\n", (3, "AWS Access Key")),
        (
            "params.json",
            json.dumps({"lr": 0.1, "uri": "https://me:s3cr3tpw@db.example/x"}),
            (1, "Basic Auth Credentials"),
        ),
        ("notes", f"{PEM}\n", (1, "Private Key")),
        ("requirements.txt", "--find-links https://me:s3cr3tpw@host.example/simple\n", (1, "Basic Auth Credentials")),
    ],
)
def test_every_text_of_the_model_is_looked_into(
    name: str, text: str, found: tuple[int, str], model: Callable[..., Any], tmp_path: Path
) -> None:
    """MLmodel, parameters, requirements, files without a suffix."""
    assert (name, *found) in lines(measure(secrets, candidate=model({name: text}), folder=tmp_path))


@pytest.mark.parametrize("indent", [1, None])
def test_a_notebook_is_read_cell_by_cell(indent: int | None, model: Callable[..., Any], tmp_path: Path) -> None:
    """The line is that of the file; images are no secrets."""
    image = base64.b64encode(hashlib.sha512(b"x").digest() * 20).decode()
    source = ["import os\n", f"os.environ['KEY'] = '{AWS}'\n"]
    cells = [
        {"cell_type": "markdown", "source": ["# Train\n"]},
        {"cell_type": "code", "source": source, "outputs": [{"data": {"image/png": image, "text/plain": "<Figure>"}}]},
    ]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=indent)
    line = next(number for number, each in enumerate(text.splitlines(), 1) if AWS in each)
    measured = measure(secrets, candidate=model({"code/train.ipynb": text}), folder=tmp_path)
    assert lines(measured) == [("code/train.ipynb", line, "AWS Access Key")]


def test_the_usual_model_has_none(model: Callable[..., Any], tmp_path: Path) -> None:
    """Ids and digests that MLflow writes are no secrets; two packages of the usual model are looked at."""
    measured = measure(secrets, candidate=model(), folder=tmp_path)
    assert measured.findings == ()


def test_what_only_looks_random_or_is_only_named_so_is_lesser(model: Callable[..., Any], tmp_path: Path) -> None:
    """A default that cries wolf is a defect."""
    digest = hashlib.sha256(b"data").hexdigest()
    measured = measure(
        secrets, candidate=model({"code/a.py": f"DIGEST = '{digest}'\npassword = 'hunter2hunter2'\n"}), folder=tmp_path
    )
    assert {str(each.data["kind"]): each.severity for each in measured.findings} == {
        "Hex High Entropy String": Severity.LOW,
        "Secret Keyword": Severity.MEDIUM,
    }


def test_a_line_that_is_allowed_is_counted(model: Callable[..., Any], tmp_path: Path) -> None:
    """Whoever says that it is none is seen to say so."""
    text = f"aws = '{AWS}'  # pragma: allowlist secret\n"
    measured = measure(secrets, candidate=model({"code/a.py": text}), folder=tmp_path)
    assert measured.findings == ()
    assert measured.notes[-1] == "1 lines are marked as no secret."


def test_the_repository_is_looked_into_where_it_is_named(model: Callable[..., Any], tmp_path: Path) -> None:
    """`paths` are relative to the gate file's folder; a link out of it is not followed."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / ".env").write_text(f"AWS={AWS}\n")
    (tmp_path / "outside").write_text(f"AWS={AWS}\n")
    (tmp_path / "src" / "link").symlink_to(tmp_path / "outside")
    measured = measure(secrets, candidate=model(), folder=tmp_path, paths=("src",))
    assert lines(measured) == [("src/.env", 1, "AWS Access Key")]


def test_what_a_notebook_printed_is_read_too(model: Callable[..., Any], tmp_path: Path) -> None:
    """Streams, tables, JSON and the colours of a traceback, which stand in the middle of words."""
    coloured = f"\x1b[0;31mKeyError\x1b[0m: 'AKIA\x1b[1m{AWS.removeprefix('AKIA')}'"
    outputs = [
        [{"output_type": "stream", "text": [f"{AWS}\n"]}],
        [{"output_type": "display_data", "data": {"text/html": f"<td>{AWS}</td>"}}],
        [{"output_type": "display_data", "data": {"application/json": {"key": AWS}}}],
        [{"output_type": "error", "evalue": "no", "traceback": [coloured]}],
    ]
    for each in outputs:
        text = json.dumps({"cells": [{"cell_type": "code", "source": "", "outputs": each}], "nbformat": 4}, indent=1)
        measured = measure(secrets, candidate=model({"code/train.ipynb": text}), folder=tmp_path)
        assert [kind for _, _, kind in lines(measured)] == ["AWS Access Key"], each


@dataclass(frozen=True)
class Origin:
    """What a tracking server keeps."""

    texts: Mapping[str, Mapping[str, str]]
    run: str | None = None
    datasets: Mapping[str, str] = field(default_factory=dict)


def test_parameters_and_tags_are_looked_into_and_told_by_name(model: Callable[..., Any], tmp_path: Path) -> None:
    """Of the run, the version and the registered model; MLflow's own ids are none, and a name may be one itself."""
    texts = {
        "params of the run": {"lr": "0.1", "aws": AWS, "password": "hunter2hunter2"},
        "tags of the run": {
            "mlflow.source.git.commit": "b" * 20 + "0123456789abcdef0123",
            "mlflow.log-model.history": json.dumps([{"model_uuid": "d3e6517d9a4945d78e76e4c758a06a53"}]),
        },
        "tags of the version": {
            "note": f"line\nhttps://me:s3cr3tpw@db.example/x\n{AWS}",
            f"owner {AWS}": "1",
            "mlgate.candidate-digest": "sha256:" + "7a" * 32,
        },
    }
    measured = measure(secrets, candidate=model(), folder=tmp_path, origin=Origin(texts))
    assert sorted((each.data["kind"], each.data["place"], each.severity) for each in measured.findings) == [
        ("AWS Access Key", "params of the run", Severity.HIGH),
        ("AWS Access Key", "tags of the version", Severity.HIGH),
        ("AWS Access Key", "tags of the version", Severity.HIGH),
        ("Basic Auth Credentials", "tags of the version", Severity.HIGH),
        ("Secret Keyword", "params of the run", Severity.MEDIUM),
    ]
    assert {each.message.partition("..., ")[2] for each in measured.findings} == {
        "in 'aws' of the params of the run",
        "in 'password' of the params of the run",
        "in 'note' of the tags of the version",
        "in a name of the tags of the version",
    }
    assert not any(secret in repr(measured) for secret in (AWS, "s3cr3tpw", "hunter2"))
    assert measured.notes == ()
