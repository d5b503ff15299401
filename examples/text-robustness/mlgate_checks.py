"""Two properties of a classifier of texts: case does not matter, and one typo does not turn a decision."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlgate_robustness import Pairs, property_check


def other_case(rows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Every text in capitals, in small letters, or as a title."""
    text = pl.col("text").str
    return rows.with_columns(
        (text.to_uppercase(), text.to_lowercase(), text.to_titlecase())[rng.integers(3)].alias("text")
    )


def one_typo(rows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Two neighbouring letters of every text change places."""
    texts = rows.get_column("text").to_list()
    places = rng.integers(0, [max(len(text) - 1, 1) for text in texts])
    swapped = [text[:at] + text[at : at + 2][::-1] + text[at + 2 :] for text, at in zip(texts, places, strict=True)]
    return rows.with_columns(pl.Series("text", swapped))


@property_check("robustness.case", change=other_case)
def case(pairs: Pairs) -> NDArray[np.bool_]:
    """A text in capitals means the same.

    Lower the case before the words are counted.
    """
    return np.asarray(np.abs(pairs.changed[:, -1] - pairs.answers[:, -1]) < 1e-6)


@property_check("robustness.typo", change=one_typo)
def typo(pairs: Pairs) -> NDArray[np.bool_]:
    """Two letters that change places never turn a clear decision.

    Count groups of letters instead of words.
    """
    clear = np.abs(pairs.answers[:, -1] - 0.5) > 0.3
    return np.asarray(~clear | ((pairs.changed[:, -1] >= 0.5) == (pairs.answers[:, -1] >= 0.5)))
