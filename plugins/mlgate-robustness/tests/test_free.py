"""Properties in the user's own words, in Python and with changes of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandera.polars as pa
import polars as pl
import pytest
from numpy.typing import NDArray

from mlgate import CheckError, Measurement
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


@pytest.mark.slow
def test_the_example_of_texts_does_what_its_page_says(tmp_path: Path) -> None:
    """A vectorizer that keeps the case is found by a text in other case; one by letters passes."""
    folder = shutil.copytree(EXAMPLE, tmp_path / "texts")
    subprocess.run([sys.executable, "train.py"], cwd=folder, check=True)
    command = [sys.executable, "-m", "mlgate", "run", "--checks", "robustness.case,robustness.typo"]
    by_letters = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    by_word = subprocess.run(
        [*command, "--model", "by_word.joblib"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert by_letters.returncode == 0, by_letters.stdout + by_letters.stderr
    assert by_word.returncode == 1, by_word.stdout + by_word.stderr
    assert "robustness.case: 1 finding: text from 'to whom" in by_word.stdout
