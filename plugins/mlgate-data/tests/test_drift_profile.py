"""Stored profiles: the same verdict as with the table itself, small files, and sentences where one does not fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from mlgate import CheckError, Measurement, NotApplicable
from mlgate.tabular import Columns, Table
from mlgate_data.drift.command import main, save_profile
from mlgate_data.drift.features import drift
from mlgate_data.drift.labels import label_drift
from mlgate_data.engine.data import data_of

Pair = tuple[pl.DataFrame, pl.DataFrame]


def told(found: Measurement, name: str) -> Any:
    """A part of the record's data."""
    return found.data[name]


def frame_of(seed: int, rows: int, shift: float) -> pl.DataFrame:
    draw = np.random.default_rng(seed)
    size = draw.lognormal(3 + shift, 1, rows)
    return pl.DataFrame(
        {
            "size": np.where(draw.random(rows) < 0.05, np.nan, size),
            "count": draw.poisson(3 + shift, rows),
            "city": draw.choice(["Rome", "Oslo", "Bern"], rows, p=[0.5 - shift / 4, 0.3, 0.2 + shift / 4]),
            "flag": draw.random(rows) < 0.3,
            "when": np.datetime64("2025-01-01", "us") + (draw.random(rows) * 1e12).astype("timedelta64[us]"),
            "y": (draw.random(rows) < 0.2 + shift / 5).astype(int),
        }
    ).with_columns(pl.col("size").fill_nan(None))


@pytest.fixture
def pair() -> Pair:
    return frame_of(1, 5_000, 0.0), frame_of(2, 3_000, 0.4)


def with_profile(test: pl.DataFrame, path: Path, roles: Columns | None = None) -> Measurement:
    data = data_of(roles or Columns(label="y"), Table.of(test), None, path.parent)
    return drift(data, reference=path.name)


def test_a_profile_judges_as_the_table_does(pair: Pair, tmp_path: Path) -> None:
    """PSI but for the width of a bin, KS and Wasserstein to the share of rows in a cell; the table is not read."""
    train, test = pair
    save_profile(Table.of(train, uri="train.parquet"), tmp_path / "profile.json")
    stored = with_profile(test, tmp_path / "profile.json")
    direct = drift(data_of(Columns(label="y"), Table.of(test), Table.of(train)))
    for name, there in told(direct, "columns").items():
        here = told(stored, "columns")[name]
        assert here["psi"] == pytest.approx(there["psi"], rel=0.02, abs=2e-4)
        for measure, value in there.items():
            if measure in ("ks", "wasserstein", "jensen_shannon", "cramers_v", "mean_before", "mean_now"):
                assert here[measure] == pytest.approx(value, abs=0.005, rel=0.01), (name, measure)
    assert stored.notes[0].startswith("Compared with the profile of train.parquet (5,000 rows, sha256:")


def test_a_label_is_compared_with_a_profile(pair: Pair, tmp_path: Path) -> None:
    """The same share as with the table."""
    train, test = pair
    save_profile(Table.of(train), tmp_path / "profile.json")
    data = data_of(Columns(label="y"), Table.of(test), None, tmp_path)
    direct = label_drift(data_of(Columns(label="y"), Table.of(test), Table.of(train)))
    assert label_drift(data, reference="profile.json").parts == direct.parts
    with pytest.raises(NotApplicable, match="there is no training table to compare with"):
        label_drift(data)


def test_a_profile_of_twenty_columns_is_small(tmp_path: Path) -> None:
    """About 0.3 MB or less, strict JSON, with the digest of the table."""
    draw = np.random.default_rng(1)
    numbers = {f"x{place}": draw.normal(size=20_000) for place in range(15)}
    texts = {f"t{place}": draw.choice([f"city {n}" for n in range(300)], 20_000) for place in range(5)}
    table = Table.of(pl.DataFrame(numbers | texts))
    path = tmp_path / "profile.json"
    size, left_out = save_profile(table, path)
    assert (size, left_out) == (path.stat().st_size, ())
    assert size < 300_000
    content = json.loads(path.read_bytes(), parse_constant=pytest.fail)
    assert (content["schema"], content["table"]["digest"]) == ("mlgate-profile/1", table.digest)


def test_weights_must_be_the_same(pair: Pair, tmp_path: Path) -> None:
    """A weighted profile says nothing about rows that count alike."""
    train, test = (frame.with_columns(w=1.0) for frame in pair)
    save_profile(Table.of(train), tmp_path / "weighted.json", "w")
    assert len(with_profile(test, tmp_path / "weighted.json", Columns(label="y", weight="w")).slices) == 5
    with pytest.raises(CheckError, match="was made with the weight 'w', and this run has no weight"):
        with_profile(test, tmp_path / "weighted.json")


BROKEN = {
    "nothing": (None, "can't be read: No such file"),
    "another format": (b"[1, 2]", "is not a profile of this version"),
    "no text": (b"\xff\xfe", "is not a profile of this version"),
    "NaN": (b'{"schema": NaN}', "is not a profile of this version"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_is_none_is_refused(case: str, pair: Pair, tmp_path: Path) -> None:
    """With a sentence that says how to write one."""
    content, said = BROKEN[case]
    if content is not None:
        (tmp_path / "profile.json").write_bytes(content)
    with pytest.raises(CheckError, match=said) as refusal:
        with_profile(pair[1], tmp_path / "profile.json")
    assert "mlgate-profile TABLE --out FILE" in str(refusal.value.hint)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: file.update(schema="mlgate-profile/2"), "is not a profile of this version"),
        (
            lambda file: file["columns"]["count"].update(values=[3, 2], counts=[1, 1]),
            "holds numbers that no table gives",
        ),
        (lambda file: file["columns"]["count"].update(counts=[-1.0]), "is not a profile of this version"),
        (
            lambda file: file["columns"]["city"].update(counts={}, other=0, missing=0),
            "holds numbers that no table gives",
        ),
    ],
)
def test_a_profile_that_was_changed_is_refused(
    change: Callable[[Any], None], said: str, pair: Pair, tmp_path: Path
) -> None:
    """Another version, values out of order, negative counts, no rows."""
    path = tmp_path / "profile.json"
    save_profile(Table.of(pair[0]), path)
    content = json.loads(path.read_bytes())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(CheckError, match=said):
        with_profile(pair[1], path)


def test_a_profile_of_another_table_is_refused(pair: Pair, tmp_path: Path) -> None:
    """Where no column is alike; where some are not, these are left out."""
    save_profile(Table.of(pair[0]), tmp_path / "profile.json")
    with pytest.raises(
        CheckError, match="no column of memory:frame is in the profile of memory:frame by name and type"
    ):
        with_profile(pl.DataFrame({"other": [1, 2], "city": [1, 2]}), tmp_path / "profile.json")
    found = with_profile(pair[1].with_columns(pl.col("city").str.len_chars()), tmp_path / "profile.json")
    assert "Left out (not in the profile, or of another type): city." in found.notes


def test_the_command_writes_one(pair: Pair, tmp_path: Path) -> None:
    """And says what is wrong in a sentence."""
    path, out = tmp_path / "train.parquet", tmp_path / "profile.json"
    pair[0].with_columns(key=pl.int_range(pl.len()).cast(pl.String), nested=pl.lit([1])).write_parquet(path)
    done = CliRunner().invoke(main, [str(path), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[0] == f"{out}: {out.stat().st_size:,} bytes"
    assert done.output.splitlines()[1].endswith("another kind: nested")
    for arguments, said in (
        ([str(tmp_path / "none.parquet"), "--out", str(out)], "none.parquet"),
        ([str(path), "--out", str(out), "--weight", "sise"], "no column 'sise'"),
        ([str(path), "--out", str(tmp_path / "no" / "folder.json")], "can't be written"),
    ):
        failed = CliRunner().invoke(main, arguments)
        assert failed.exit_code == 1
        assert said in failed.output
