"""An MLmodel file is read before anything is opened, and must not point outside of its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import ModelError
from mlgate.opening import stage
from mlgate.opening.mlmodel import check_mlmodel
from mlgate.spec import LocatedModel

SOUND = """
artifact_path: /home/me/mlruns/models/m-1/artifacts
flavors:
  python_function:
    loader_module: mlflow.sklearn
    model_path: model.skops
    env: {conda: conda.yaml, virtualenv: python_env.yaml}
    config: {index: /srv/index}
    artifacts: {words: {path: artifacts/words.txt, uri: /home/me/words.txt}}
  sklearn: {pickled_model: model.skops, code: null, skops_trusted_types: [sklearn.tree._tree.Tree]}
"""


def check(folder: Path, content: str) -> None:
    (folder / "MLmodel").write_text(content)
    check_mlmodel(stage(LocatedModel("m", "models:/m/1", folder)))


def test_a_sound_one_passes(tmp_path: Path) -> None:
    """Paths inside the folder pass, and so do fields that MLflow does not join to it."""
    check(tmp_path, SOUND)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pickled_model", "../../other/model.pkl"),
        ("pickled_model", "/etc/model.pkl"),
        ("model_path", "data/../../model"),
        ("code", "..\\\\code"),
        ("data", "C:\\\\models\\\\x"),
    ],
)
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, field: str, value: str) -> None:
    """MLflow would join it without a look, and load bytes that no digest binds."""
    with pytest.raises(ModelError) as caught:
        check(tmp_path, f'flavors: {{sklearn: {{{field}: "{value}"}}}}')
    shown = value.replace("\\\\", "\\")
    assert str(caught.value) == (
        f"The MLmodel of models:/m/1 points outside the model's folder: flavors.sklearn.{field} is {shown!r}. "
        "A verdict binds only the files inside the folder; log the model again with its files in it."
    )


def test_paths_in_lists_and_in_nested_models_are_seen(tmp_path: Path) -> None:
    """A list of code paths, and the MLmodel of a model inside the model."""
    with pytest.raises(ModelError, match=r"flavors.x.code.1 is '/code'"):
        check(tmp_path, "flavors: {x: {code: [code, /code]}}")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "MLmodel").write_text("flavors: {x: {data: ../../y}}")
    with pytest.raises(ModelError, match=r"flavors.x.data is '../../y'"):
        check(tmp_path, SOUND)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("flavors: [", "The MLmodel of models:/m/1 is not readable YAML."),
        ("flavors: !!python/object/apply:os.system [ls]", "The MLmodel of models:/m/1 is not readable YAML."),
        ("just text", "The MLmodel of models:/m/1 says nothing about a model."),
        ("x: " + "y" * (1 << 20), "The MLmodel of models:/m/1 is larger than 1 MiB, which no model needs."),
    ],
)
def test_an_unreadable_one_is_refused(tmp_path: Path, content: str, message: str) -> None:
    """Broken, hostile or huge: none of them is opened."""
    with pytest.raises(ModelError) as caught:
        check(tmp_path, content)
    assert caught.value.message == message


def test_aliases_that_multiply_cost_nothing(tmp_path: Path) -> None:
    """Nine levels of nine references each ("a billion laughs") are looked at once each."""
    lines = ["a0: &a0 [laugh]", *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10))]
    check(tmp_path, "\n".join([*lines, "flavors: {x: *a9}"]))
