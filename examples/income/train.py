"""Split the Adult table, train three models and register them in MLflow.

The registry is wherever MLFLOW_TRACKING_URI says. Leaves train.parquet, test.parquet and test-300.parquet in the
current folder and versions 1 to 3 of the registered model `income`: a champion, a challenger, and a mistake.
"""

from __future__ import annotations

import logging
import time
import warnings
from pathlib import Path

import mlflow
import mlflow.sklearn
import pandas as pd
from mlflow.models import infer_signature
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

DATA = Path(__file__).parent / "data" / "adult.parquet"
LABEL = "income"
NAME = "income"
SEED = 20
# MLflow looks at every cell to infer a signature; every column that misses values misses some in so many rows.
SIGNED_ROWS = 1_000
# What HistGradientBoosting keeps beside plain arrays; a file of any other type is refused when it is opened.
TREES = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]


def main() -> None:
    """Train and register, and say what stands where."""
    _quieten_mlflow()
    train = split()
    features = train.drop(columns=LABEL)
    narrow = features.drop(columns=["education", "education_num", "capital_gain", "capital_loss"])
    mlflow.set_experiment(NAME)
    register("logistic regression", linear(features), features, train[LABEL], alias="champion")
    register("gradient boosting", boosting(features), features, train[LABEL], alias="challenger")
    register("a join that lost four columns", linear(narrow), narrow, train[LABEL], alias=None)


def split() -> pd.DataFrame:
    """The rows to learn from: three quarters. The rest judges, and 300 rows of it; the share of each label is kept."""
    people = pd.read_parquet(DATA).drop(columns=["fnlwgt", "split"])
    parts: list[pd.DataFrame] = train_test_split(people, test_size=0.25, stratify=people[LABEL], random_state=SEED)
    train, test = parts
    few = test.sample(300, random_state=SEED)
    for name, table in {"train": train, "test": test, "test-300": few}.items():
        table.to_parquet(f"{name}.parquet", index=False)
        print(f"{name}.parquet: {len(table):,} rows")
    return train


def linear(features: pd.DataFrame) -> Pipeline:
    """The model that is in use."""
    columns = _encoded(features, StandardScaler(), OneHotEncoder(handle_unknown="ignore"))
    return make_pipeline(columns, LogisticRegression(max_iter=500))


def boosting(features: pd.DataFrame) -> Pipeline:
    """The model that wants its place."""
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-1)
    return make_pipeline(_encoded(features, "passthrough", codes), HistGradientBoostingClassifier(random_state=SEED))


def _encoded(features: pd.DataFrame, numbers: object, words: object) -> ColumnTransformer:
    numeric = list(features.select_dtypes("number"))
    return make_column_transformer((numbers, numeric), (words, [name for name in features if name not in numeric]))


def register(what: str, model: Pipeline, features: pd.DataFrame, labels: pd.Series[str], *, alias: str | None) -> None:
    """Train, log with a signature, and make it the next version of the registered model."""
    started = time.perf_counter()
    model.fit(features, labels)
    some = features[:SIGNED_ROWS]
    signature = infer_signature(some, model.predict(some))
    with mlflow.start_run(run_name=what):
        logged = mlflow.sklearn.log_model(
            model, name="model", signature=signature, skops_trusted_types=TREES, pip_requirements=["scikit-learn"]
        )
    client = mlflow.MlflowClient()
    if not client.search_registered_models(f"name = '{NAME}'"):
        client.create_registered_model(NAME)
    version = client.create_model_version(NAME, logged.model_uri).version
    if alias is not None:
        client.set_registered_model_alias(NAME, alias, version)
    holds = f", {alias}" if alias else ""
    print(f"models:/{NAME}/{version}: {what}{holds} ({time.perf_counter() - started:.1f} s)", flush=True)


def _quieten_mlflow() -> None:
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # Whole-number columns without missing values are what this table has.
    warnings.filterwarnings("ignore", message=".*Inferred schema contains integer column.*")


if __name__ == "__main__":
    main()
