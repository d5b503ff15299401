"""What is wrong with a table is told in one sentence; what was computed before stands in the record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk

Spoil = Callable[[pd.DataFrame, Path], object]


def _lines(path: Path, spoil: Callable[[str], str]) -> str:
    """The text of a file with its eighth line spoiled."""
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[7] = spoil(lines[7])
    return "\n".join(lines) + "\n"


BAD: dict[str, tuple[str, Spoil, str]] = {
    "label column missing": (
        "bad.parquet",
        lambda table, path: table.rename(columns={"late": "lates"}).to_parquet(path),
        "bad.parquet has no column 'late'. Did you mean 'lates'?",
    ),
    "label all one class": (
        "bad.parquet",
        lambda table, path: table.assign(late=1).to_parquet(path),
        "The label 'late' of bad.parquet is 1 in every row. Nothing can be told of a model from rows of one class.",
    ),
    "label missing in a row": (
        "bad.parquet",
        lambda table, path: table.assign(late=table["late"].where(table.index != 5)).to_parquet(path),
        "The label 'late' of bad.parquet is missing in 1 of 3,000 rows, the first is row 5 (rows count from 0). "
        "Rows without a label can't be measured: drop them or label them.",
    ),
    "features missing": (
        "bad.parquet",
        lambda table, path: table.drop(columns=["debt", "tenure"]).to_parquet(path),
        "The model candidate.joblib reads the columns 'debt', 'tenure', which the table lacks. "
        "The table has: income, region.",
    ),
    "empty table": (
        "bad.parquet",
        lambda table, path: table.head(0).to_parquet(path),
        "bad.parquet has no rows. A gate can't decide on an empty table.",
    ),
    "empty file": (
        "bad.csv",
        lambda table, path: path.write_text(""),
        "bad.csv can't be read: it is empty. A table has a header and at least one row.",
    ),
    "not Parquet though named so": (
        "bad.parquet",
        lambda table, path: path.write_text("income,debt\n1,2\n"),
        "bad.parquet is named as Parquet and is not a Parquet file. It begins with b'inco': name it by what it holds.",
    ),
    "unreadable row of a CSV": (
        "bad.csv",
        lambda table, path: path.write_text(_lines(path.with_name("test.csv"), lambda line: line + ",1,2")),
        "bad.csv:8 can't be read: the row has 7 fields, and the header names 5. "
        "Quote fields that hold the separator, or mend the row.",
    ),
    "unreadable row of JSON lines": (
        "bad.jsonl",
        lambda table, path: path.write_text(_lines(path.with_name("test.jsonl"), lambda line: line[:-5])),
        "bad.jsonl:8 can't be read: it is not JSON from character 99 on. "
        "Each line holds one whole JSON object: mend the line.",
    ),
    "no such file": (
        "bad.parquet",
        lambda table, path: None,
        "There is no file bad.parquet. Paths are read from the folder you run in.",
    ),
}


@pytest.mark.parametrize(("name", "spoil", "told"), BAD.values(), ids=BAD)
def test_a_bad_table_is_told(name: str, spoil: Spoil, told: str, sound: Desk) -> None:
    """The reason names the file; the check that needs no table keeps its result."""
    spoil(pd.read_parquet("test.parquet"), sound / name)
    done = sound.judge(test=name)
    assert (done.code, sound.told()) == (3, told)


def test_a_column_of_another_type_than_the_signature_is_told(sound: Desk, registry: object) -> None:
    """The registered model has a signature, and the table does not fit it."""
    pd.read_parquet("test.parquet").assign(debt="high").to_parquet("bad.parquet")
    done = sound.judge(test="bad.parquet", model="models:/late-loans/2")
    told = (
        "The table does not fit the signature of the model models:/late-loans/2: the column 'debt' is String and "
        "should hold numbers. Convert the columns as they were for training, or log the model again with the right "
        "signature."
    )
    assert (done.code, sound.told()) == (3, told)


def test_a_glob_without_a_file_is_told(sound: Desk) -> None:
    """No table at all must not read as an empty one."""
    done = sound.judge(test="nope/*.parquet")
    told = "No file matches nope/*.parquet. Paths are read from the folder you run in."
    assert (done.code, sound.told()) == (3, told)
