"""The search finds what breaks a law, makes it as small as it can be, and keeps it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mlgate import CheckError, Finding, Measurement, ModelError, NotApplicable
from mlgate_robustness.laws.bounded import bounded
from mlgate_robustness.laws.invariant import invariant
from mlgate_robustness.laws.monotone import monotone

Run = Callable[..., Measurement]
DROPS_AT = 40_000


def number(rows: pl.DataFrame, name: str) -> NDArray[np.float64]:
    return rows.get_column(name).cast(pl.Float64).to_numpy()


def logistic(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-values)))


def sound(rows: pl.DataFrame) -> NDArray[np.float64]:
    """Falls with income, rises with debt, and knows nothing else."""
    return logistic(number(rows, "debt") / 10_000 - number(rows, "income") / 40_000)


def bump(rows: pl.DataFrame) -> NDArray[np.float64]:
    """Rises with debt except within a narrow band, which holds 2% of the people."""
    debt = number(rows, "debt")
    return logistic(debt / 10_000 - 0.5 * ((debt > 9_000) & (debt < 9_500)))


def by_job(rows: pl.DataFrame) -> NDArray[np.float64]:
    return 0.5 + 0.1 * (rows.get_column("job") == "nurse").to_numpy()


def only(measured: Measurement) -> Finding:
    assert len(measured.findings) == 1
    return measured.findings[0]


def data(measured: Measurement) -> Mapping[str, Any]:
    return only(measured).data


def test_a_monotone_model_has_no_finding(run: Run) -> None:
    assert not run(monotone, sound, increasing=("debt",), decreasing=("income",)).findings


def test_a_narrow_bump_is_found_with_one_cell_changed(run: Run, frame: pl.DataFrame) -> None:
    """The change is one cell of a row that stands in the table, to a value that stands there too."""
    found = data(run(monotone, bump, increasing=("debt",)))
    row = pl.DataFrame([found["row"]]).cast({"income": pl.Float64, "debt": pl.Float64})
    assert frame.drop("late").join(row, on=frame.drop("late").columns, how="semi").height >= 1
    assert list(found["change"]) == ["debt"]
    assert found["change"]["debt"] in set(frame["debt"])
    before, after = found["row"]["debt"], found["change"]["debt"]
    assert (after > before) == (found["said"][1] < found["said"][0])


def test_the_step_is_the_smallest_of_those_seen(run: Run, frame: pl.DataFrame) -> None:
    """A cliff at 40,000: no two incomes seen on both sides of it are nearer than those that are shown, but for ties."""

    def cliff(rows: pl.DataFrame) -> NDArray[np.float64]:
        return np.where(number(rows, "income") < DROPS_AT, 0.2, 0.1)

    found = data(run(monotone, cliff, increasing=("income",), most_rows=2_000))
    pair = sorted((found["row"]["income"], found["change"]["income"]))
    assert pair[0] < DROPS_AT <= pair[1]
    between = frame.filter(pl.col("income").is_between(pair[0], pair[1], closed="none"))
    assert between.get_column("income").n_unique() <= 2_000 / 512 + 1


def test_the_needless_cell_is_put_back(run: Run) -> None:
    """Only jobs matter; a change of two columns is shown as one of the job."""
    assert list(data(run(invariant, by_job, to=("age", "job")))["change"]) == ["job"]


def test_two_cells_are_found_where_it_takes_two(run: Run, frame: pl.DataFrame) -> None:
    """Only young nurses are scored above 1, and no row of test is young or a nurse."""

    def interaction(rows: pl.DataFrame) -> NDArray[np.float64]:
        young = (rows.get_column("age") < 40).to_numpy()
        return np.asarray(0.5 + 0.7 * (young & (rows.get_column("job") == "nurse").to_numpy()), dtype=np.float64)

    test = frame.filter((pl.col("age") >= 40) & (pl.col("job") != "nurse"))
    assert set(data(run(bounded, interaction, test=test, high=1.0, trials=400))["change"]) == {"age", "job"}


def test_a_bound_that_real_rows_leave_needs_no_change(run: Run) -> None:
    measured = run(bounded, lambda rows: np.full(rows.height, 0.9), high=0.8)
    assert data(measured)["change"] == {}
    assert only(measured).message == "a row as it is: the answer is 0.9, outside -inf to 0.8."


def test_a_model_that_raises_on_a_changed_row_is_found_with_that_row(run: Run, frame: pl.DataFrame) -> None:
    """It refuses nurses below 30, and the table has none of them as it is."""

    def picky(rows: pl.DataFrame) -> NDArray[np.float64]:
        if rows.filter((pl.col("job") == "nurse") & (pl.col("age") < 30)).height:
            raise ModelError("The model raised KeyError: 'young nurse'.")
        return sound(rows)

    test = frame.filter((pl.col("age") >= 30) | (pl.col("job") != "nurse"))
    measured = run(invariant, picky, test=test, to=("job", "age"))
    assert "young nurse" in only(measured).message
    merged = {**data(measured)["row"], **data(measured)["change"]}
    assert merged["job"] == "nurse"
    assert merged["age"] < 30


def test_a_case_is_kept_and_tried_first(run: Run, tmp_path: Path) -> None:
    """The second run asks about a handful of rows, finds the same, and says where it stands."""
    first = run(monotone, bump, increasing=("debt",), examples=tmp_path)
    second = run(monotone, bump, increasing=("debt",), examples=tmp_path)
    assert data(first)["change"] == data(second)["change"]
    kept = tmp_path / "robustness.monotone.json"
    assert second.notes[0] == f"The case was found by an earlier run and kept in {kept}."
    assert json.loads(kept.read_text())["cases"][0]["row"] == data(first)["row"]


def test_a_kept_case_is_tried_on_other_data(run: Run, frame: pl.DataFrame, tmp_path: Path) -> None:
    """Rows none of which shows the bump: the case that was kept does."""
    run(monotone, bump, increasing=("debt",), examples=tmp_path)
    far = frame.filter(pl.col("debt") > 12_000)
    assert run(monotone, bump, test=far, train=far, increasing=("debt",), examples=tmp_path).findings
    assert not run(monotone, bump, test=far, train=far, increasing=("debt",)).findings


def test_sensitive_values_are_neither_shown_nor_kept(run: Run, tmp_path: Path) -> None:
    """The job is sensitive: a case of another column is kept without it and found again; one of the job is not kept."""
    first = run(monotone, bump, increasing=("debt",), sensitive=("job",), examples=tmp_path)
    assert data(first)["row"]["job"] == "(sensitive)"
    assert "job" not in json.loads((tmp_path / "robustness.monotone.json").read_text())["cases"][0]["row"]
    again = run(monotone, bump, increasing=("debt",), sensitive=("job",), examples=tmp_path)
    assert again.notes[0].startswith("The case was found by an earlier run")
    found = run(invariant, by_job, to=("job",), sensitive=("job",), examples=tmp_path)
    assert not (tmp_path / "robustness.invariant.json").exists()
    shown = f"{only(found).message}{only(found).data}{found.notes}"
    assert not any(job in shown for job in ("baker", "clerk", "driver", "nurse"))


def test_the_same_seed_finds_the_same(run: Run) -> None:
    first, second = (run(monotone, bump, increasing=("debt",), seed=3) for _ in range(2))
    assert first == second


def test_a_file_that_is_no_case_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "robustness.monotone.json").write_text('{"schema": "other"}')
    with pytest.raises(CheckError, match=r"robustness\.monotone\.json is no file of robustness cases"):
        run(monotone, sound, increasing=("debt",), examples=tmp_path)


def test_a_model_that_changes_its_mind_is_refused_or_averaged(run: Run) -> None:
    """Noise on the score: a sentence without `stochastic`; with it no finding, and a real effect is still found."""
    rng = np.random.default_rng(1)

    def noisy(rows: pl.DataFrame) -> NDArray[np.float64]:
        return np.clip(sound(rows) + rng.normal(0, 0.01, rows.height), 0, 1)

    def noisy_cliff(rows: pl.DataFrame) -> NDArray[np.float64]:
        return noisy(rows) * np.where(number(rows, "debt") > 10_000, 0.5, 1.0)

    with pytest.raises(CheckError, match="answers the same rows differently"):
        run(monotone, noisy, increasing=("debt",))
    assert not run(monotone, noisy, increasing=("debt",), stochastic=True, trials=20).findings
    assert run(monotone, noisy_cliff, increasing=("debt",), stochastic=True, trials=20).findings


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"increasing": ("wealth",)}, "the model reads no column 'wealth'. It reads income, debt, age, job."),
        ({"increasing": ("job",)}, "the column 'job' is String, which has no order that an answer could follow."),
        ({"increasing": ("age",), "decreasing": ("age",)}, "'age' can't be both increasing and decreasing."),
    ],
)
def test_what_can_not_be_monotone_is_said(run: Run, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CheckError, match=sentence.replace(".", r"\.")):
        run(monotone, sound, **options)


@pytest.mark.parametrize("check", [monotone, invariant, bounded])
def test_without_a_property_nothing_is_asked(check: Any, run: Run) -> None:
    with pytest.raises(NotApplicable):
        run(check, sound)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.nested_given])
@given(at=st.integers(2_000, 20_000), sign=st.sampled_from([-1.0, 1.0]))
def test_every_cliff_is_found_and_every_shown_pair_breaks_the_law(run: Run, at: int, sign: float) -> None:
    """Wherever a step of 0.1 stands: against the direction it is found between two values; with it nothing is."""
    rng = np.random.default_rng(0)
    rows = pl.DataFrame({name: rng.uniform(0, 22_000, 300).round() for name in ("income", "debt", "age")})
    rows = rows.with_columns(job=pl.lit("clerk"), late=pl.lit(1))

    def step(asked: pl.DataFrame) -> NDArray[np.float64]:
        return np.asarray(0.5 + sign * 0.1 * (number(asked, "debt") > at), dtype=np.float64)

    measured = run(monotone, step, test=rows, train=rows, increasing=("debt",), trials=10)
    if sign > 0:
        assert not measured.findings
        return
    found = data(measured)
    low, high = sorted((found["row"]["debt"], found["change"]["debt"]))
    assert low <= at < high
