"""The commands around a promotion, as a user types them, in SageMaker as moto plays it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from mlgate.cli import run_command
from mlgate_sagemaker import client
from mlgate_sagemaker.packages import packages

GATE = """\
version = 1
[policy]
skip = ["[!o]*"]
[data]
test = "test.csv"
label = "late"
[checks."own.accuracy"]
at_least = 0.6
"""
CHECKS = """
from mlgate import Measurement, check


@check("own.accuracy", better="higher")
def accuracy(scored_test):
    '''The share of right labels.'''
    return Measurement(scored_test.metric("accuracy"))
"""

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def mlgate(
    aws: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The command line, in a folder with a gate file; `loan` has two packages of scikit-learn models."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLGATE_ACTOR", "me")
    incomes = np.linspace(0, 1, 400)
    rows = pd.DataFrame({"income": incomes, "late": (incomes > 0.5).astype(int)})
    rows.to_csv("test.csv", index=False)
    Path("mlgate.toml").write_text(GATE)
    Path("mlgate_checks.py").write_text(CHECKS)
    models = [LogisticRegression(C=c).fit(rows[["income"]], rows["late"]) for c in (1, 10)]
    aws("loan", *map(_file, models), file="model.joblib")

    def command(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run_command(list(arguments))
        told = capsys.readouterr()
        return code, told.out + told.err

    return command


def _file(model: object) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    return buffer.getvalue()


def ok(done: tuple[int, str]) -> str:
    assert done[0] == 0, done
    return done[1]


def approved() -> list[str]:
    return [each.version.version for each in packages("loan") if each.approved]


@pytest.fixture
def promoted(mlgate: Command) -> Command:
    """Version 1 was judged and promoted."""
    ok(mlgate("run", "--checks", "own.accuracy", "--model", "sagemaker:loan/1"))
    assert ok(mlgate("promote", "sagemaker:loan/1")) == "loan@champion moved from nobody to version 1.\n"
    return mlgate


def test_a_promotion_and_the_way_back(promoted: Command) -> None:
    """Judged, approved in SageMaker and nothing else, rolled back, told, and audited."""
    assert approved() == ["1"]
    ok(promoted("run", "--checks", "own.accuracy", "--model", "sagemaker:loan/2"))
    assert ok(promoted("promote", "sagemaker:loan/2")) == "loan@champion moved from version 1 to version 2.\n"
    assert approved() == ["2"]
    assert ok(promoted("rollback", "sagemaker:loan")) == "loan@champion moved from version 2 to version 1.\n"
    assert approved() == ["1"]
    entries = [json.loads(line) for line in ok(promoted("history", "sagemaker:loan", "--json")).splitlines()]
    assert [each["kind"] for each in entries if each["kind"] in ("promotion", "rollback")] == [
        "promotion",
        "promotion",
        "rollback",
    ]
    assert "every alias is where the last entry put it" in ok(promoted("audit", "sagemaker:loan"))


def test_what_nobody_judged_is_not_approved(mlgate: Command) -> None:
    """One sentence, with the command that judges it."""
    code, told = mlgate("promote", "sagemaker:loan/2")
    assert code == 1
    assert "sagemaker:loan/2 has no record: nobody judged it." in told
    assert approved() == []


def test_an_approval_by_hand_is_found_and_put_back(promoted: Command) -> None:
    """In SageMaker's own console anybody with the right can approve."""
    arn = next(each.arn for each in packages("loan") if each.version.version == "2")
    client.sagemaker().update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    code, told = promoted("audit", "sagemaker:loan")
    assert code == 1
    assert "version 2" in told
    ok(promoted("audit", "sagemaker:loan", "--fix"))
    assert approved() == ["1"]


def test_an_older_package_approved_beside_the_holder_is_found(promoted: Command) -> None:
    """SageMaker lets several be approved at once; a pipeline may take any of them."""
    ok(promoted("run", "--checks", "own.accuracy", "--model", "sagemaker:loan/2"))
    ok(promoted("promote", "sagemaker:loan/2"))
    arn = next(each.arn for each in packages("loan") if each.version.version == "1")
    client.sagemaker().update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    code, told = promoted("audit", "sagemaker:loan")
    assert code == 1
    assert "version 1" in told
    ok(promoted("audit", "sagemaker:loan", "--fix"))
    assert approved() == ["2"]


def test_a_crash_between_ledger_and_approval_is_found_and_mended(
    promoted: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry is there, the approval is not: the audit says so, and puts approval where the ledger says."""
    from mlgate_sagemaker import service

    ok(promoted("run", "--checks", "own.accuracy", "--model", "sagemaker:loan/2"))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(service, "_approve", killed)
        assert promoted("promote", "sagemaker:loan/2")[0] != 0
    assert approved() == ["1"]
    assert promoted("audit", "sagemaker:loan")[0] == 1
    ok(promoted("audit", "sagemaker:loan", "--fix"))
    assert approved() == ["2"]


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("sagemaker:loan/9", "There is no model package sagemaker:loan/9. It has versions 1, 2 and aliases none."),
        ("sagemaker:loans/1", "There is no model package sagemaker:loans/1. There is no model loans"),
        ("sagemaker:loan", "sagemaker:loan does not name one model package"),
    ],
)
def test_a_model_that_is_not_there(uri: str, told: str, mlgate: Command) -> None:
    """Said before anything is measured."""
    assert told in mlgate("run", "--checks", "own.accuracy", "--model", uri)[1]
