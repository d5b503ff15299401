"""What is wrong with a model is told in one sentence; what was computed before stands in the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk

ODD = """
import numpy as np


class Sound:
    classes_ = np.array([0, 1])

    def predict(self, rows):
        return (rows["income"] > 0).astype(int)

    def predict_proba(self, rows):
        return np.tile([0.7, 0.3], (len(rows), 1))


class PredictsNaN(Sound):
    def predict_proba(self, rows):
        scores = super().predict_proba(rows)
        scores[7] = np.nan
        return scores


class LosesRows(Sound):
    def predict_proba(self, rows):
        return super().predict_proba(rows)[:-1]


class RaisesOnSome(Sound):
    def predict_proba(self, rows):
        if (rows["income"] > rows["income"].max() - 1e-9).any() and rows["income"].max() > 3.3:
            raise ValueError("income above 3.3")
        return super().predict_proba(rows)


class GivesLabels:
    classes_ = np.array([0, 1])
    predict = Sound.predict


def raises():
    raise RuntimeError("no weights")
"""
BAD = {
    "does not exist": (
        "nope.joblib",
        "The model file nope.joblib does not exist. Paths are read from the folder you run in.",
    ),
    "of no known form": (
        "candidate.jobli",
        "Nothing here opens the model 'candidate.jobli'. A model is one of: sagemaker:group/3, sagemaker:group@alias; "
        "models:/name@alias, models:/name/3, models:/m-id, runs:/id/path, a folder with an MLmodel; "
        "folder:name/3, folder:name@alias; a .skops file; "
        "a .joblib or .pkl file; package.module:factory.",
    ),
    "a folder of something else": (
        "parts",
        "Nothing here opens the model 'parts'. The folder holds no MLmodel file.",
    ),
    "not loadable": (
        "broken.skops",
        "The model broken.skops is named as skops' and is no zip archive, as a file of skops is. "
        "Name it by what it holds, as .joblib or .pkl, or save it with skops.io.dump.",
    ),
    "predicts NaN": (
        "odd:PredictsNaN",
        "The model odd:PredictsNaN predicts NaN or infinity for 1 of 3,000 rows: row 7. "
        "A model must answer every row, or the pipeline before it must refuse the row.",
    ),
    "predicts the wrong number of rows": (
        "odd:LosesRows",
        "The model odd:LosesRows gave 2,999 predictions for 3,000 rows (0 to 2,999). "
        "It must give one per row, in their order.",
    ),
    "a factory that raises": (
        "odd:raises",
        "The factory odd:raises raised RuntimeError: no weights. "
        "It is called without arguments, in the folder you run in.",
    ),
    "a factory that is not there": ("odd:Soundd", "The module 'odd' has no 'Soundd'. Did you mean odd:Sound?"),
}


@pytest.fixture
def odd(sound: Desk) -> Desk:
    """A desk with models that behave oddly."""
    sound.write("odd.py", ODD)
    sound.write("broken.skops", "this is no model")
    return sound


@pytest.mark.parametrize(("model", "told"), BAD.values(), ids=BAD)
def test_a_bad_model_is_told(model: str, told: str, odd: Desk) -> None:
    """The reason names the model; the check that needs none keeps its result."""
    done = odd.judge(model=model)
    assert (done.code, odd.told()) == (3, told)


def test_labels_where_the_gate_file_asks_for_scores_are_told(odd: Desk) -> None:
    """A rule on roc_auc can't be held against labels: it denies, with the way out."""
    odd.gate('version = 1\n[checks."performance.roc_auc"]\nat_least = 0.7\n')
    done = odd.judge(model="odd:GivesLabels")
    told = (
        "required and skipped: roc_auc needs scores, and the candidate gives labels alone. "
        "Serve its probabilities (predict_proba), or ask for a metric of labels, such as accuracy."
    )
    assert (done.code, odd.told()) == (3, told)


def test_a_model_that_raises_on_some_rows_says_on_which(odd: Desk) -> None:
    """The rows are found, counted from 0."""
    done = odd.judge(model="odd:RaisesOnSome")
    told = (
        "The model odd:RaisesOnSome raises on row 2,524: ValueError: income above 3.3. "
        "Rows count from 0. Predict that row alone to see the whole traceback."
    )
    assert (done.code, odd.told()) == (3, told)


def test_a_module_that_is_not_there_is_told(odd: Desk) -> None:
    """The message names where modules were looked for."""
    done = odd.judge(model="odder:Sound")
    told = f"There is no Python module 'odder'. Modules are found in {odd.folder} and in the installed packages."
    assert (done.code, odd.told()) == (3, told)


def test_what_was_predicted_before_the_failure_is_kept(odd: Desk) -> None:
    """The champion can't be opened: the candidate's metrics are measured all the same."""
    odd.write("champion.joblib", "this is no model")
    done = odd.mlgate(
        *("run", "--model", "candidate.joblib", "--champion", "champion.joblib", "--test", "test.parquet"),
        *("--label", "late", "--checks", "performance.*,toy.sound"),
    )
    assert done.code == 3
    measured = {result["check"] for result in odd.record()["results"] if result["status"] == "measured"}
    assert {"toy.sound", "performance.roc_auc", "performance.log_loss"} <= measured
