"""Every form of MLflow's URIs opens the same model, from SQLite and over HTTP."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlgate import ModelError, RegistryError
from mlgate.opening import OpenedModel, open_model, predict
from mlgate.tabular import Columns, Predictions, Table
from mlgate_mlflow.opener import MlflowOpener

COLUMNS = Columns(label="y", positive=1)
FEATURES = ["age", "income"]


def opened(uri: str, opener: MlflowOpener) -> OpenedModel:
    """Through the one road, as a run does."""
    return open_model(opener.locate(uri), opener, confined=False)


def predicted(uri: str, store: Any, opener: MlflowOpener) -> Predictions:
    return predict(opened(uri, opener), Table.of(store.frame), COLUMNS)


class TestForms:
    """What a person may write for a model."""

    def test_a_version(self, store: Any, opener: MlflowOpener) -> None:
        """scikit-learn's own probabilities, not the labels that pyfunc gives."""
        expected = store.classifier.predict_proba(store.frame[FEATURES])
        predictions = predicted("models:/loan/1", store, opener)
        np.testing.assert_array_equal(predictions.values, expected)
        assert predictions.classes == (0, 1)

    def test_an_alias_becomes_the_version_that_holds_it(self, store: Any, opener: MlflowOpener) -> None:
        """The alias may move; a verdict must not move with it."""
        located = opener.locate("models:/loan@champion")
        assert (located.asked, located.uri) == ("models:/loan@champion", "models:/loan/1")
        assert (located.name, located.version, located.alias) == ("loan", "1", "champion")

    def test_a_logged_model_without_a_name(self, store: Any, opener: MlflowOpener) -> None:
        """`models:/m-...` holds the bytes of the version that was made of it."""
        assert store.logged.startswith("models:/m-")
        assert opened(store.logged, opener).digest == opened("models:/loan/2", opener).digest

    def test_a_model_of_a_run(self, store: Any, opener: MlflowOpener) -> None:
        """By the run's id and the model's name in it."""
        assert opened(f"runs:/{store.run}/model", opener).digest == opened("models:/loan/1", opener).digest

    def test_a_folder(self, local: Any, opener: MlflowOpener, tmp_path: Path) -> None:
        """Any folder with an MLmodel, without a registry."""
        import mlflow

        mlflow.sklearn.save_model(local.classifier, tmp_path / "saved", pip_requirements=["scikit-learn"])
        expected = local.classifier.predict_proba(local.frame[FEATURES])
        np.testing.assert_array_equal(predicted(str(tmp_path / "saved"), local, opener).values, expected)

    def test_what_it_claims(self, opener: MlflowOpener, tmp_path: Path) -> None:
        """By the text and the file system alone."""
        assert [opener.claims(uri) for uri in ("models:/a/1", "runs:/a/b", str(tmp_path), "a.pkl", "m:f")] == [
            True,
            True,
            False,
            False,
            False,
        ]


class TestDigest:
    """The digest binds the version's files."""

    def test_it_stays_when_the_model_is_loaded(self, store: Any, opener: MlflowOpener) -> None:
        """MLflow's own loading writes `registered_model_meta` into a folder; that says nothing about the model."""
        import mlflow

        before = opened("models:/loan/1", opener).digest
        mlflow.pyfunc.load_model("models:/loan/1")
        assert opened("models:/loan/1", opener).digest == before

    def test_opening_leaves_the_stored_files_as_they_are(self, local: Any, opener: MlflowOpener) -> None:
        """Not even that file is written."""
        model = local.client.get_logged_model(local.logged.removeprefix("models:/"))
        source = Path(model.artifact_location.removeprefix("file://"))
        before = sorted(path.name for path in source.iterdir())
        opened("models:/loan/2", opener)
        assert sorted(path.name for path in source.iterdir()) == before

    def test_other_weights_are_another_digest(self, store: Any, opener: MlflowOpener) -> None:
        """Two versions of one model."""
        assert opened("models:/loan/1", opener).digest != opened("models:/loan/2", opener).digest


class TestNotThere:
    """A misspelt model is a sentence with what there is."""

    @pytest.mark.parametrize(
        ("uri", "message"),
        [
            (
                "models:/loan/99",
                "There is no model models:/loan/99 in the registry. "
                "It has versions 1, 2 and aliases champion (version 1).",
            ),
            (
                "models:/loan@chmapion",
                "There is no model models:/loan@chmapion in the registry. "
                "It has versions 1, 2 and aliases champion (version 1).",
            ),
            (
                "models:/laon/1",
                "There is no model models:/laon/1 in the registry. It knows no model called laon.",
            ),
            (
                "models:/laon@champion",
                "There is no model models:/laon@champion in the registry. It knows no model called laon.",
            ),
            (
                "models:/m-0123456789abcdef",
                "There is no logged model m-0123456789abcdef. Name it as models:/name/3 or models:/name@alias.",
            ),
            (
                "runs:/0123456789abcdef/model",
                "There is no run 0123456789abcdef. The id stands in MLflow's page of the run.",
            ),
            (
                "models:/loan/latest",
                "models:/loan/latest does not name one model. "
                "Name it as models:/name/3 or models:/name@alias, or runs:/<run id>/<path>.",
            ),
        ],
    )
    def test_each_form(self, store: Any, opener: MlflowOpener, uri: str, message: str) -> None:
        """The same words from both registries."""
        with pytest.raises(ModelError) as caught:
            opener.locate(uri)
        assert str(caught.value) == message

    def test_a_path_in_a_run(self, store: Any, opener: MlflowOpener) -> None:
        """What the run did log is named."""
        with pytest.raises(ModelError) as caught:
            opener.locate(f"runs:/{store.run}/modle")
        assert str(caught.value) == (f"The run {store.run} has no model at 'modle'. Models that it logged: model.")

    def test_versions_beyond_the_last_eight_are_counted(self, local: Any, opener: MlflowOpener) -> None:
        """A model that is trained every night has hundreds."""
        local.client.create_registered_model("nightly")
        for _ in range(10):
            local.client.create_model_version("nightly", source=local.logged, model_id=local.logged[8:])
        with pytest.raises(ModelError) as caught:
            opener.locate("models:/nightly@champion")
        assert str(caught.value) == (
            "There is no model models:/nightly@champion in the registry. "
            "It has versions 3, 4, 5, 6, 7, 8, 9, 10 (2 earlier) and aliases none."
        )

    def test_files_that_are_gone(self, local: Any, opener: MlflowOpener, tmp_path: Path) -> None:
        """The version stands in the registry, its files nowhere."""
        local.client.create_registered_model("lost")
        local.client.create_model_version("lost", source=str(tmp_path / "cleaned-up"))
        with pytest.raises(RegistryError) as caught:
            opener.locate("models:/lost/1")
        assert caught.value.message.startswith("The files of models:/lost/1 can't be fetched: ")


def test_nothing_is_printed(store: Any, opener: MlflowOpener, capfd: pytest.CaptureFixture[str]) -> None:
    """No progress bars, no addresses of runs, no log lines: what a terminal shows is mlgate's."""
    predicted("models:/loan/1", store, opener)
    assert capfd.readouterr() == ("", "")


def test_the_environment_is_left_as_it_was(local: Any, opener: MlflowOpener) -> None:
    """The bounds that we set for MLflow are not the user's."""
    before = dict(os.environ)
    opener.locate("models:/loan/1")
    assert dict(os.environ) == before
