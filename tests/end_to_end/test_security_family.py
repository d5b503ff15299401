"""The security family on a model with something for every check, through the command line, with and without a file."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from mlgate.opening import digest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk

SCHEMA = json.loads((Path(__file__).parents[1] / "reports" / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))
KEY = "AKIA" + "IOSFODNN7" + "EXAMPLE"  # the key of AWS's own documentation, in pieces
GATE = """\
version = 1

[candidate]
model = "candidate"

[data]
train = "train.parquet"
test = "test.parquet"
label = "late"
sensitive = ["region"]

[checks."security.dependencies"]
advisories = "osv.json"

[checks."security.licences"]
deny = ["*"]

[checks."security.evasion"]
at_most = 0.001
level = "warn"
"""
SECURITY = ("--checks", "security.*")


class Touch:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch opened",)


@pytest.fixture
def unsafe(desk: Desk) -> Desk:
    """Code with a shell and a key, a pickle that runs a command, training rows as the example, a package to weigh."""
    folder = desk / "candidate"
    (folder / "code").mkdir()
    (folder / "code" / "pack.py").write_text(f"import subprocess\nsubprocess.call(input(), shell=True)\nk = '{KEY}'\n")
    (folder / "extra.pkl").write_bytes(pickle.dumps(Touch()))
    (folder / "requirements.txt").write_text("scikit-learn\nnumpy==2.4.6\n")
    example = pl.read_parquet(desk / "train.parquet").drop("late").head(2)
    (folder / "input_example.json").write_text(json.dumps(example.to_dicts()))
    weak = {"id": "X-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "numpy"}}]}
    desk.write("osv.json", json.dumps([weak]))
    desk.gate(GATE)
    return desk


def test_every_check_is_in_code_scanning_with_file_and_line(unsafe: Desk) -> None:
    """SARIF by its own schema; nothing of the pickle ran, and no secret is in any report.

    Somebody vouches for the model, so that those checks run too that ask it; MLflow does not open the extra pickle.
    """
    trust = ("--trust-model", digest(unsafe / "candidate"))
    done = unsafe.mlgate("run", *SECURITY, *trust, "--report", "sarif=out.sarif", "--report", "markdown=out.md")
    assert done.code == 1, done
    document = json.loads((unsafe / "out.sarif").read_text("utf-8"))
    assert [*Draft202012Validator(SCHEMA, format_checker=FormatChecker()).iter_errors(document)] == []
    (run,) = document["runs"]
    told = {each["ruleId"] for each in run["results"]}
    assert told == {f"security.{name}" for name in FOUND}
    for result in run["results"]:
        (place,) = result["locations"]
        assert place["physicalLocation"]["region"]["startLine"] >= 1, result
        assert place["physicalLocation"]["artifactLocation"]["uri"], result
    assert not (unsafe / "opened").exists()
    for text in (done.out, done.err, (unsafe / "out.sarif").read_text("utf-8"), (unsafe / "out.md").read_text("utf-8")):
        assert KEY not in text


FOUND = (
    "code",
    "dependencies",
    "evasion",
    "licences",
    "model_files",
    "model_leakage",
    "provenance",
    "sbom",
    "secrets",
)


def test_without_a_source_of_advisories_nothing_is_asked_and_only_a_stated_check_denies(sound: Desk) -> None:
    """A run in a closed network is neither denied nor slowed down by what nobody asked for."""
    asked = ("--model", "candidate", "--checks", "security.dependencies,toy.sound")
    done = sound.mlgate("run", *asked)
    assert done.code == 0, done
    result = sound.result("security.dependencies")
    assert result["outcome"] == "skipped"
    assert result["reason"].startswith("nobody was asked about known weaknesses")
    sound.gate('version = 1\n[checks."security.dependencies"]\nno_findings = "high"\n')
    done = sound.mlgate("run", *asked)
    assert done.code == 3
    assert 'server = "https://api.osv.dev"' in done.out


def test_a_key_in_a_tag_of_the_version_denies_and_is_not_shown(desk: Desk, registry: Any) -> None:
    """What the registry keeps of a model is asked of the registry that it came from."""
    run_id = registry.get_model_version("late-loans", "2").run_id
    registry.set_model_version_tag("late-loans", "2", "deploy", f"aws {KEY}")
    registry.log_param(run_id, "url", "https://me:s3cr3tpw@db.example/x")
    done = desk.mlgate("run", "--model", "models:/late-loans/2", "--checks", "security.secrets", "--no-write-back")
    assert done.code == 1, done
    found = {each["message"].partition("..., ")[2] for each in desk.result("security.secrets")["findings"]}
    assert found == {"in 'deploy' of the tags of the version", "in 'url' of the params of the run"}
    (record,) = desk.folder.glob(".mlgate/runs/*/record.json")
    for text in (done.out, done.err, record.read_text("utf-8")):
        assert KEY not in text
        assert "s3cr3tpw" not in text
