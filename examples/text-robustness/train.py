"""Makes what this example judges: tickets that are urgent or not, and two classifiers of their text."""

from __future__ import annotations

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

URGENT = (
    "the server is down",
    "customers can not pay",
    "data was lost",
    "login fails for everyone",
    "outage in berlin",
)
CALM = (
    "please add a colour",
    "question about the invoice",
    "change my address",
    "thanks for the help",
    "typo on a page",
)
OPENINGS = ("hello", "dear team", "hi all", "good morning", "to whom it may concern")


def tickets(rows: int, seed: int) -> pd.DataFrame:
    """Short texts; one in ten is labelled by chance."""
    rng = np.random.default_rng(seed)
    urgent = rng.random(rows) < 0.4
    texts = [
        f"{rng.choice(OPENINGS)} {rng.choice(URGENT if each else CALM)} since {rng.integers(1, 60)} minutes"
        for each in urgent
    ]
    return pd.DataFrame({"text": texts, "urgent": np.where(rng.random(rows) < 0.1, ~urgent, urgent).astype(int)})


def classifier(vectorizer: TfidfVectorizer) -> Pipeline:
    """A model that reads the column `text` of a frame."""
    return Pipeline([("words", ColumnTransformer([("text", vectorizer, "text")])), ("model", LogisticRegression())])


def main() -> None:
    """Write tickets and both models to this folder."""
    train, test = tickets(4_000, 0), tickets(1_000, 1)
    train.to_parquet("train.parquet")
    test.to_parquet("test.parquet")
    features = train[["text"]]
    by_word = classifier(TfidfVectorizer(lowercase=False))
    by_letters = classifier(TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4)))
    joblib.dump(by_word.fit(features, train["urgent"]), "by_word.joblib")
    joblib.dump(by_letters.fit(features, train["urgent"]), "by_letters.joblib")


if __name__ == "__main__":
    main()
