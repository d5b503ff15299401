"""Properties in the user's own words, in Python and with changes of their own."""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandera.polars as pa
import polars as pl
import pytest
from numpy.typing import NDArray

from mlgate import CheckError, GateRequest, Measurement, run_gate
from mlgate.errors import ExitCode
from mlgate_robustness import Pairs, property_check

Run = Callable[..., Measurement]
EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "text-robustness"


def by_age(rows: pl.DataFrame) -> NDArray[np.float64]:
    """A step of 0.2 at 65, and nothing else."""
    return np.where(rows.get_column("age").to_numpy() >= 65, 0.7, 0.5)


def little(pairs: Pairs) -> NDArray[np.bool_]:
    """No other age moves a score by more than 0.1."""
    return np.asarray(np.abs(pairs.changed[:, -1] - pairs.answers[:, -1]) <= 0.1)


age_matters_little = property_check("robustness.age_matters_little", may_change=("age",))(little)


def test_a_property_in_python_is_searched_and_shrunk(run: Run) -> None:
    """The row shown is one of 64 or 65, moved by the one year that matters."""
    (found,) = run(age_matters_little, by_age).findings
    data: Any = found.data
    assert {data["row"]["age"], data["change"]["age"]} == {64, 65}


def test_a_function_that_gives_no_array_of_truths_is_told_so(run: Run) -> None:
    @property_check("robustness.wrong")
    def wrong(pairs: Pairs) -> Any:
        """Gives one number for all."""
        return 1.0

    with pytest.raises(CheckError, match=r"robustness\.wrong gave float64 of shape \(\)"):
        run(wrong, by_age)


def test_a_pandera_schema_says_what_may_be_tried(run: Run, frame: pl.DataFrame) -> None:
    """Nobody in the data is above 64, so the step at 65 is met only where the schema allows it."""
    young = frame.filter(pl.col("age") < 65)
    column = pa.Column(int, pa.Check.in_range(18, 118))
    wide = property_check("robustness.wide", may_change=("age",), schema=pa.DataFrameSchema({"age": column}))
    assert not run(age_matters_little, by_age, test=young, train=young).findings
    (found,) = run(wide(little), by_age, test=young, train=young).findings
    data: Any = found.data
    assert data["change"] == {"age": 65}


def test_what_is_no_schema_is_told(run: Run) -> None:
    with pytest.raises(CheckError, match="'ages' is no pandera schema"):
        run(property_check("robustness.odd", schema="ages")(little), by_age)


def test_changes_of_ones_own_must_keep_rows_and_columns(run: Run) -> None:
    @property_check("robustness.loses", change=lambda rows, rng: rows.drop("job"))
    def loses(pairs: Pairs) -> NDArray[np.bool_]:
        """Never asked."""
        return np.ones(pairs.before.height, dtype=np.bool_)

    with pytest.raises(CheckError, match="It must give back each row with the same columns and types"):
        run(loses, by_age)


def test_a_check_needs_a_page() -> None:
    def nothing(pairs: Pairs) -> NDArray[np.bool_]:
        return np.ones(1, dtype=np.bool_)

    with pytest.raises(ValueError, match="needs a docstring"):
        property_check("robustness.nothing")(nothing)


def test_the_example_of_texts_does_what_its_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vectorizer that keeps the case is found by a text in other case; one by letters passes."""
    monkeypatch.chdir(shutil.copytree(EXAMPLE, tmp_path / "texts"))
    runpy.run_path("train.py", run_name="__main__")
    checks = ("robustness.case", "robustness.typo")
    models = (joblib.load(name) for name in ("by_letters.joblib", "by_word.joblib"))  # here: two processes cost seconds
    by_letters, by_word = (run_gate(GateRequest(model=model, only=checks)) for model in models)
    assert by_letters.verdict.exit_code is ExitCode.ALLOWED, by_letters.verdict.reasons
    assert by_word.verdict.exit_code is ExitCode.DENIED
    found = next(each for each in by_word.results if each.check == "robustness.case").run.measurement
    assert found is not None
    assert found.findings[0].message.startswith("text from 'to whom")
