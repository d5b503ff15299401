"""Predictions are made once per content, by whichever process comes first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlgate.errors import ModelError
from mlgate.opening import OpenedModel, PredictionCache, StagedModel
from mlgate.opening.entries import read_entry, write_entry
from mlgate.spec import Feature, LocatedModel
from mlgate.tabular import Columns, PredictionKind, Predictions, Table

DIGEST = "sha256:" + "a" * 64
COLUMNS = Columns(label="y")


class CountingModel:
    """Predicts x, and writes a line to a file for each time it is asked."""

    features = (Feature("x"),)

    def __init__(self, log: Path) -> None:
        self._log = log

    def predict(self, table: Table) -> Predictions:
        with self._log.open("a") as log:
            log.write("predicted\n")
        return Predictions.numbers(table.collect(["x"])["x"].to_numpy())


def table(rows: int = 10) -> Table:
    return Table.of(pl.DataFrame({"x": np.arange(rows) + 0.5, "y": np.arange(rows) % 3}))


def ask(
    folder: Path, digest: str | None = DIGEST, data: Table | None = None, columns: Columns = COLUMNS
) -> Predictions:
    cache = PredictionCache(folder / "cache")
    return cache.predictions(digest, lambda: CountingModel(folder / "log"), data or table(), columns)


def times(folder: Path) -> int:
    return len((folder / "log").read_text().splitlines())


def test_the_second_time_nothing_is_opened(tmp_path: Path) -> None:
    """And the same predictions come back."""
    first, second = ask(tmp_path), ask(tmp_path)
    np.testing.assert_array_equal(first.values, second.values)
    assert second.kind is PredictionKind.VALUES
    assert times(tmp_path) == 1


def test_another_model_table_or_role_is_predicted_anew(tmp_path: Path) -> None:
    """Everything that the predictions follow from is in the key."""
    ask(tmp_path)
    ask(tmp_path, digest="sha256:" + "b" * 64)
    ask(tmp_path, data=table(11))
    ask(tmp_path, columns=Columns(label="y", positive=1))
    assert times(tmp_path) == 4


@pytest.mark.parametrize("digest", [None, "source-sha256:" + "a" * 64])
def test_a_model_that_no_digest_binds_is_not_kept(tmp_path: Path, digest: str | None) -> None:
    """A factory may read other weights tomorrow from the same source."""
    ask(tmp_path, digest=digest)
    ask(tmp_path, digest=digest)
    assert times(tmp_path) == 2


ASK_IN_A_PROCESS = """
import sys
from pathlib import Path
import numpy as np
import polars as pl
from mlgate.opening import PredictionCache
from mlgate.tabular import Columns, Predictions, Table

class Model:
    features = None
    def predict(self, table):
        with open("log", "a") as log:
            log.write("predicted\\n")
        return Predictions.numbers(table.collect(["x"])["x"].to_numpy())

table = Table.of(pl.DataFrame({"x": [0.5, 1.5, 2.5], "y": [0, 1, 2]}))
PredictionCache(Path("cache")).predictions("sha256:" + "a" * 64, Model, table, Columns(label="y"))
"""


def test_two_processes_predict_once(tmp_path: Path) -> None:
    """The second waits for the first."""
    command = [sys.executable, "-c", ASK_IN_A_PROCESS]
    processes = [subprocess.Popen(command, cwd=tmp_path) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert times(tmp_path) == 1


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "garbage"])
def test_a_damaged_entry_is_predicted_again(tmp_path: Path, damage: str) -> None:
    """Cut off, one bit flipped, empty, something else."""
    expected = ask(tmp_path).values
    (entry,) = (tmp_path / "cache").glob("*.npz")
    content = bytearray(entry.read_bytes())
    content[content.index(np.float64(5.5).tobytes())] ^= 1
    damaged = {"cut": bytes(content[:-40]), "flip": bytes(content), "empty": b"", "garbage": b"\x93NUMPY" * 9}
    entry.write_bytes(damaged[damage])
    np.testing.assert_array_equal(ask(tmp_path).values, expected)
    assert times(tmp_path) == 2


def test_an_edited_module_of_the_user_is_predicted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pickle names its classes and does not hold their code."""
    module = tmp_path / "toy_preprocessing.py"
    module.write_text("factor = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import toy_preprocessing  # type: ignore[import-not-found]

    assert toy_preprocessing.factor == 1
    ask(tmp_path)
    ask(tmp_path)
    assert times(tmp_path) == 1
    module.write_text("factor = 2\n")
    ask(tmp_path)
    assert times(tmp_path) == 2
    monkeypatch.delitem(sys.modules, "toy_preprocessing")


def test_a_folder_that_can_t_be_made_costs_only_time(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "cache").write_text("")
    ask(tmp_path)
    ask(tmp_path)
    assert times(tmp_path) == 2


def test_files_that_changed_since_their_digest_are_not_predicted(tmp_path: Path) -> None:
    """The predictions would stand under another model's digest."""
    staged = StagedModel(LocatedModel("m", "models:/m/1", None), "sha256:" + "c" * 64)
    opened = OpenedModel(staged, CountingModel(tmp_path / "log"))
    with pytest.raises(ModelError) as caught:
        PredictionCache(tmp_path / "cache").predictions(DIGEST, lambda: opened, table(), COLUMNS)
    assert caught.value.message == (
        "The files of the model models:/m/1 changed between their digest and their opening."
    )


labels = st.one_of(
    st.lists(st.one_of(st.text(max_size=5), st.integers(-5, 5), st.booleans()), min_size=1, max_size=20).map(
        lambda values: np.array([*values, None], dtype=object)[:-1]
    ),
    st.lists(st.text(st.characters(exclude_characters="\0"), max_size=5), min_size=1, max_size=20).map(np.array),
    st.lists(st.integers(-5, 5), min_size=1, max_size=20).map(np.array),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels)
def test_labels_come_back_as_they_were(tmp_path: Path, values: Any) -> None:
    """Text, numbers and booleans, also mixed: equal values of the same types."""
    write_entry(tmp_path / "e.npz", Predictions.labels(values), {"a.py": "1"})
    entry = read_entry(tmp_path / "e.npz", rows=len(values))
    assert entry is not None
    assert entry.sources == {"a.py": "1"}
    assert [(type(v), v) for v in entry.predictions.values] == [(type(v), v) for v in values]


def test_scores_come_back_with_their_classes(tmp_path: Path) -> None:
    """Bit for bit."""
    scores = Predictions.scores(np.random.default_rng(1).random((50, 3)), ("a", 2, True))
    write_entry(tmp_path / "e.npz", scores, {})
    entry = read_entry(tmp_path / "e.npz", rows=50)
    assert entry is not None
    assert entry.predictions.classes == ("a", 2, True)
    np.testing.assert_array_equal(entry.predictions.values, scores.values)
    assert read_entry(tmp_path / "e.npz", rows=51) is None
