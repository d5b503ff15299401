"""The built-in openers, through the host that strangers' plugins go through."""

from __future__ import annotations

import hashlib
import pickle
import sys
from collections.abc import Sequence
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

import mlgate.opening.builtin
from mlgate.errors import ModelError
from mlgate.host import load_host
from mlgate.opening import OpenedModel, digest, locate, open_model, open_table, predict
from mlgate.spec import ModelOpener
from mlgate.tabular import Columns, Table


@pytest.fixture
def openers() -> Sequence[ModelOpener]:
    return load_host([mlgate.opening.builtin], installed=[]).model_openers


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test runs in a folder of its own, and leaves no module of it behind."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    for name in ("toy_factory", "toy_package", "toy_package.inner"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def opened(uri: str, openers: Sequence[ModelOpener], *, confined: bool = False) -> OpenedModel:
    """In this process, where a test asks for the opener's own doing: that of a sandbox is the same a second later."""
    located, opener = locate(uri, openers)
    return open_model(located, opener, confined=confined)


def message_of(uri: str, openers: Sequence[ModelOpener]) -> str:
    """What the opener itself says, where nothing keeps the model closed before."""
    with pytest.raises(ModelError) as caught:
        _unscanned(uri, openers)
    return str(caught.value)


def _unscanned(uri: str, openers: Sequence[ModelOpener]) -> OpenedModel:
    located, opener = locate(uri, openers)
    return open_model(located, opener, steps=())


@pytest.mark.parametrize("name", ["model.skops", "model.joblib", "model.pkl"])
def test_a_file_gives_the_scores_of_its_estimator(
    name: str, classifier: LogisticRegression, frame: pd.DataFrame, columns: Columns, openers: Sequence[ModelOpener]
) -> None:
    """Each format gives scikit-learn's own probabilities, under the digest of the file."""
    if name.endswith(".skops"):
        skops.io.dump(classifier, name)
    else:
        joblib.dump(classifier, name)
    model = opened(name, openers, confined=True)
    predictions = predict(model, Table.of(frame), columns)
    np.testing.assert_array_equal(predictions.values, classifier.predict_proba(frame[["age", "income"]]))
    assert predictions.classes == (0, 1)
    assert model.digest == digest(Path(name))


@pytest.mark.parametrize(
    "estimator",
    [RandomForestClassifier(5, random_state=0), HistGradientBoostingClassifier(max_iter=3)],
    ids=["forest", "boosting"],
)
def test_forests_in_skops_open(
    estimator: RandomForestClassifier, frame: pd.DataFrame, columns: Columns, openers: Sequence[ModelOpener]
) -> None:
    """skops asks about scikit-learn's own tree types; we vouch for them by exact name."""
    estimator.fit(frame[["age", "income"]], frame["y"])
    skops.io.dump(estimator, "forest.skops")
    scores = predict(opened("forest.skops", openers), Table.of(frame), columns)
    np.testing.assert_array_equal(scores.values, estimator.predict_proba(frame[["age", "income"]]))


def test_a_skops_file_that_is_none_is_told_by_what_it_lacks(openers: Sequence[ModelOpener]) -> None:
    """Of a pickle that was renamed, say."""
    Path("model.skops").write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(ModelError) as caught:
        opened("model.skops", openers)
    assert (
        caught.value.message == "The model model.skops is named as skops' and is no zip archive, as a file of skops is."
    )


def test_a_skops_file_with_a_foreign_type_is_refused(frame: pd.DataFrame, openers: Sequence[ModelOpener]) -> None:
    """The types that nobody vouches for are named, and nothing is built."""
    skops.io.dump(make_pipeline(FunctionTransformer(pd.get_dummies), OneHotEncoder()), "model.skops")
    assert message_of("model.skops", openers) == (
        f"The model model.skops holds types that nobody vouches for: {pd.get_dummies.__module__}.get_dummies. "
        "Build it from scikit-learn's own types; if you trust its origin, save it with joblib as .joblib, "
        'or log it with serialization_format="cloudpickle", and vouch for its digest with --trust-model.'
    )


def test_a_file_that_is_no_pickle(openers: Sequence[ModelOpener]) -> None:
    """Garbage is a sentence about the file, not a traceback."""
    Path("model.pkl").write_bytes(b"no pickle at all")
    assert message_of("model.pkl", openers).startswith("The model model.pkl can't be read: ")
    Path("model.skops").write_bytes(b"no zip at all")
    assert message_of("model.skops", openers) == (
        "The model model.skops is named as skops' and is no zip archive, as a file of skops is. "
        "Name it by what it holds, as .joblib or .pkl, or save it with skops.io.dump."
    )


def test_a_pickle_of_something_else(openers: Sequence[ModelOpener]) -> None:
    """A dictionary is no model."""
    Path("model.pkl").write_bytes(pickle.dumps({"weights": [1, 2]}))
    assert message_of("model.pkl", openers) == (
        "A dict is not a model: it has no `predict` and can't be called. "
        "Hand over an estimator in scikit-learn's manner, or a function from a data frame to scores."
    )


def test_a_pickle_whose_module_is_missing(openers: Sequence[ModelOpener]) -> None:
    """The module that is needed is named."""
    Path("model.pkl").write_bytes(b"cmodule_of_another_machine\nModel\n)R.")
    assert message_of("model.pkl", openers) == (
        "The model model.pkl needs the Python module 'module_of_another_machine', which is not installed here. "
        "Install what the model was trained with, then run again."
    )


def test_a_pickle_of_a_class_in_a_script(openers: Sequence[ModelOpener]) -> None:
    """A class that was defined in the training script can't be found here."""
    Path("toy_factory.py").write_text("")
    Path("model.pkl").write_bytes(b"ctoy_factory\nModel\n)R.")
    assert message_of("model.pkl", openers).endswith(
        "Define its classes in a module that can be imported here, not in the script that trains."
    )


@pytest.mark.parametrize("name", ["model.pkl", "model.joblib", "model.skops"])
def test_a_file_that_holds_no_model(name: str, openers: Sequence[ModelOpener]) -> None:
    """Cut to nothing, or the pointer that Git LFS leaves where nothing was pulled (its specification's example)."""
    Path(name).write_bytes(b"")
    assert message_of(name, openers) == f"The model file {name} is empty. Save the model again, or copy it again."
    Path(name).write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d7a' * 16}\nsize 12345\n")
    assert message_of(name, openers) == (
        f"The model file {name} is a pointer of Git LFS, and not the model. "
        "`git lfs pull` fetches the file itself; in CI, check out with LFS."
    )


def test_a_file_that_does_not_exist(openers: Sequence[ModelOpener]) -> None:
    """Said when it is located, before anything is opened."""
    assert message_of("gone.skops", openers) == (
        "The model file gone.skops does not exist. Paths are read from the folder you run in."
    )


def test_a_factory_beside_the_gate_file(
    here: Path, frame: pd.DataFrame, columns: Columns, openers: Sequence[ModelOpener]
) -> None:
    """A function from rows to scores; its digest is of its source and its name, and says so."""
    Path("toy_factory.py").write_text("def make():\n    return lambda rows: (rows['age'] / 100).clip(0, 1)\n")
    model = opened("toy_factory:make", openers)
    predictions = predict(model, Table.of(frame), columns)
    np.testing.assert_array_equal(predictions.values[:, 0], frame["age"] / 100)
    assert predictions.classes == (1,)
    bound = f"{digest(here / 'toy_factory.py')} toy_factory:make"
    assert model.digest == f"source-sha256:{hashlib.sha256(bound.encode()).hexdigest()}"


def test_two_factories_of_one_module_are_two_models(openers: Sequence[ModelOpener]) -> None:
    """Else a test set would count the looks of twenty candidates as one."""
    Path("toy_factory.py").write_text("def make():\n    return len\n\n\ndef other():\n    return len\n")
    one, other, again = (opened(f"toy_factory:{name}", openers).digest for name in ("make", "other", "make"))
    assert one == again != other


def test_a_factory_in_a_package(openers: Sequence[ModelOpener]) -> None:
    """Dots lead into packages."""
    Path("toy_package").mkdir()
    Path("toy_package/__init__.py").write_text("")
    Path("toy_package/inner.py").write_text("def make():\n    return lambda rows: rows['x']\n")
    assert opened("toy_package.inner:make", openers).uri == "toy_package.inner:make"


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("toy_factory:mak", "The module 'toy_factory' has no 'mak'. Did you mean toy_factory:make?"),
        ("toy_factory:number", "toy_factory:number is a int, where a function that returns the model is needed."),
        (
            "toy_factory:broken",
            "The factory toy_factory:broken raised ValueError: no weights. "
            "It is called without arguments, in the folder you run in.",
        ),
        ("toy_factory:leaves", "The factory toy_factory:leaves raised SystemExit: 0. "),
    ],
)
def test_a_factory_that_gives_no_model(uri: str, message: str, openers: Sequence[ModelOpener]) -> None:
    """Misspelt, no function, raising, exiting."""
    Path("toy_factory.py").write_text(
        "import sys\nnumber = 7\n"
        "def make(): return lambda rows: rows\n"
        "def broken(): raise ValueError('no weights.')\n"
        "def leaves(): sys.exit(0)\n"
    )
    assert message_of(uri, openers).startswith(message)


def test_a_module_that_does_not_exist_or_does_not_import(here: Path, openers: Sequence[ModelOpener]) -> None:
    """Said with the folder that was looked in, or with what the import raised."""
    assert message_of("toy_factory:make", openers) == (
        f"There is no Python module 'toy_factory'. Modules are found in {here} and in the installed packages."
    )
    Path("toy_factory.py").write_text("import nothing_like_this\n")
    assert message_of("toy_factory:make", openers) == (
        "The module 'toy_factory' can't be imported: ModuleNotFoundError: No module named 'nothing_like_this'."
    )


@pytest.mark.parametrize(
    ("uri", "hint"),
    [
        ("models:/credit-risk@champion", "`pip install 'mlgate[mlflow]'` brings what opens it."),
        ("runs:/1234/model", "`pip install 'mlgate[mlflow]'` brings what opens it."),
        (".", "The folder holds no MLmodel file."),
        ("model.h5", "A model is one of: a .skops file; a .joblib or .pkl file; package.module:factory."),
    ],
)
def test_a_model_that_nothing_opens(uri: str, hint: str, openers: Sequence[ModelOpener]) -> None:
    """The way out depends on what was asked for."""
    assert message_of(uri, openers) == f"Nothing here opens the model {uri!r}. {hint}"


def test_two_openers_that_claim_one_model(openers: Sequence[ModelOpener]) -> None:
    """Which one opens a model must not be left to chance."""
    with pytest.raises(ModelError) as caught:
        locate("x.skops", [*openers, openers[0]])
    name = "mlgate.opening.skops_files.SkopsOpener"
    assert str(caught.value) == f"The model 'x.skops' is claimed by {name} and {name}. Uninstall one of their plugins."


def test_tables_open_from_files_and_frames(frame: pd.DataFrame) -> None:
    """A path through the openers, a frame as it is, a table as it is."""
    frame.to_csv("people.csv", index=False)
    tables = load_host([mlgate.opening.builtin], installed=[]).table_openers
    assert open_table("people.csv", tables).rows == 200
    assert open_table(Path("people.csv"), tables).columns == tuple(frame.columns)
    table = open_table(frame, tables)
    assert open_table(table, tables) is table


def test_a_table_of_a_scheme_that_nothing_opens() -> None:
    """`spark:` belongs to a plugin that is not installed."""
    from mlgate.errors import DataError

    tables = load_host([mlgate.opening.builtin], installed=[]).table_openers
    with pytest.raises(DataError) as caught:
        open_table("spark:lake.people", tables)
    assert str(caught.value) == (
        "Nothing here opens the table 'spark:lake.people'. "
        "A table is one of: a .parquet, .csv, .tsv, .json or .jsonl file, or a glob of them."
    )
