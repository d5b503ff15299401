"""An MLmodel file is held against what MLflow would do with it, before anything is opened."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mlgate.opening.mlmodel import Objection, objections

SOUND = """\
artifact_path: /home/me/mlruns/models/m-1/artifacts
flavors:
  python_function:
    loader_module: mlflow.sklearn
    model_path: model.skops
    predict_fn: predict_proba
    env: {conda: conda.yaml, virtualenv: python_env.yaml}
    config: {index: /srv/index}
    artifacts: {words: {path: artifacts/words.txt, uri: /home/me/words.txt}}
  sklearn:
    pickled_model: model.skops
    code: null
    skops_trusted_types: [sklearn.tree._tree.Tree]
  xgboost: {data: weights, model_class: xgboost.sklearn.XGBClassifier}
  keras: {data: net}
saved_input_example_info: {artifact_path: input_example.json, type: dataframe}
"""
FILES = (
    "model.skops",
    "conda.yaml",
    "python_env.yaml",
    "artifacts/words.txt",
    "weights/part-1",
    "net.keras",
    "input_example.json",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


def found(folder: Path, content: str | bytes, name: str = "MLmodel") -> list[Objection]:
    (folder / name).parent.mkdir(exist_ok=True, parents=True)
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return list(objections(folder))


def message(folder: Path, content: str | bytes) -> str:
    (one,) = found(folder, content)
    return one.finding.message


def test_a_sound_one_passes(folder: Path) -> None:
    """Files, folders and files without their ending pass, and so do fields that MLflow does not join to the folder."""
    assert found(folder, SOUND) == []


@pytest.mark.parametrize(
    "field",
    [
        "sklearn: {pickled_model: ../../other/model.pkl}",
        "sklearn: {pickled_model: /etc/model.pkl}",
        "python_function: {model_path: data/../../model}",
        "python_function: {data: 'C:\\models\\x'}",
        "python_function: {env: '\\\\server\\share'}",
        "python_function: {artifacts: {config: {path: ../../y}}}",
        "python_function: {artifacts: {uri: {path: /y}}}",
        "sklearn: {of_tomorrow: [a, {deep: ../x}]}",
    ],
)
def test_a_path_out_of_the_folder_is_what_nobody_can_vouch_for(folder: Path, field: str) -> None:
    """MLflow would join it without a look, and load bytes that no digest binds; whatever the field is called."""
    assert [each.unbound for each in found(folder, f"flavors:\n  {field}\n")] == [True]


def test_a_finding_has_its_file_and_line(folder: Path) -> None:
    """Of the value, in the MLmodel of a model inside the model too."""
    (one,) = found(folder, "flavors:\n  sklearn:\n    pickled_model: |-\n      /etc/x\n", "inner/MLmodel")
    assert one.finding.message == (
        "'inner/MLmodel, line 3': 'flavors.sklearn.pickled_model' is '/etc/x', outside of the model's folder."
    )
    assert one.finding.location is not None
    assert (one.finding.location.file, one.finding.location.line) == ("inner/MLmodel", 3)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("python_function: {loader_module: evilmod}", "'flavors.python_function.loader_module' is 'evilmod'"),
        ("python_function: {loader_module: mlflow.sklearn.x}", "is 'mlflow.sklearn.x', which is not on mlgate's list."),
        ("python_function: {loader_module: mlflow.utils.process}", "is 'mlflow.utils.process'"),
        ("python_function: {loader_module: mlflow.langchain}", "is 'mlflow.langchain'"),
        ("python_function: {predict_fn: __init__}", "is '__init__'"),
        ("xgboost: {model_class: os.system}", "is 'os.system'"),
        ("lightgbm: {model_class: builtins.eval}", "is 'builtins.eval'"),
        ("tensorflow: {keras_module: antigravity}", "is 'antigravity'"),
        ("transformers: {}", "is the flavour 'transformers', which is not on mlgate's list."),
        ("'<b>\\u001b[31m</b>': {}", "is the flavour"),
        ("sklearn: {pickled_model: gone.pkl}", "is 'gone.pkl', and no such file is there."),
        ("python_function: {model_path: model.sk}", "is 'model.sk', and no such file is there."),
        ("python_function: {artifacts: {w: {path: artifacts/gone}}}", "and no such file is there."),
        ("python_function: {data: 'file:///etc/passwd'}", "and no such file is there."),
    ],
)
def test_what_is_not_on_the_list_or_not_there(folder: Path, field: str, said: str) -> None:
    """Exact names, no prefixes; whoever knows the model can vouch for its bytes."""
    (one,) = found(folder, f"flavors:\n  {field}\n")
    assert said in one.finding.message
    assert (one.unbound, one.code) == (False, False)


@pytest.mark.parametrize("field", ["code: weights", "code: [weights]", "model_code_path: /home/me/work/model.skops"])
def test_code_of_the_model_s_own(folder: Path, field: str) -> None:
    """It is said once, and is no path out of the folder where MLflow reads its last part alone."""
    (one,) = found(folder, f"flavors: {{python_function: {{{field}}}}}")
    assert (one.code, one.unbound) == (True, False)
    assert "code of the model's own, which runs when it is opened." in one.finding.message


@pytest.mark.parametrize("field", ["code: null", "code: ''", "code: []", "code: {}"])
def test_no_code(folder: Path, field: str) -> None:
    """MLflow writes the empty field into most models."""
    assert found(folder, f"flavors: {{sklearn: {{{field}}}}}") == []


def test_code_outside_is_not_covered_by_leave_to_bring_code(folder: Path) -> None:
    """The code that may be brought is the model's own."""
    inside, outside = found(folder, "flavors: {sklearn: {code: ../code}}")
    assert (inside.code, outside.unbound) == (True, True)


def test_modules_that_text_files_name(folder: Path) -> None:
    """MLflow imports what stands in them."""
    (folder / "data").mkdir()
    (folder / "data" / "pickle_module_info.txt").write_text("mlflow.pytorch.pickle_module")
    (folder / "data" / "keras_module.txt").write_text("this")
    (one,) = found(folder, SOUND)
    assert one.finding.message == (
        "'data/keras_module.txt, line 1': names the module 'this', which is imported and not on mlgate's list."
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("flavors: [", "'MLmodel, line 1': is not readable YAML."),
        ("a: !!python/name:os.system", "is not readable YAML."),
        ("a: 1\nflavors: !!python/object/apply:os.system [ls]", "line 2': asks for something else than text, lists"),
        ("flavors: !!omap [sklearn: {}]", "asks for something else than text, lists and tables."),
        (b"flavors: \xff\xfe", "'MLmodel': is not readable YAML."),
        ("a: 1\n---\nflavors: {}", "is not readable YAML."),
        ("just text", "'MLmodel, line 1': says nothing about a model."),
        ("x: " + "y" * (1 << 20), "'MLmodel': larger than 1 MiB, which no model needs."),
        ("flavors: {sklearn: {}}\nflavors: {}", "'MLmodel, line 2': says 'flavors' twice."),
        ("flavors: {sklearn: {code: null, code: x}}", "says 'code' twice."),
        ("a: &a {x: 1}\nflavors: {sklearn: {<<: *a}}", "has a key that is no plain text."),
        ("? [a]\n: 1", "has a key that is no plain text."),
        ("flavors: &a [*a]", "nests or repeats more than any model needs."),
        ("[" * 100_000, "is not readable YAML."),
    ],
)
def test_an_unreadable_one(folder: Path, content: str | bytes, why: str) -> None:
    """Broken, hostile, huge, or one that two readers could take two ways: nobody can vouch for what it says."""
    (one,) = found(folder, content)
    assert why in one.finding.message
    assert one.unbound


def test_one_that_names_no_flavour(folder: Path) -> None:
    """An object that MLflow can't open."""
    assert message(folder, "flavors: {}") == "'MLmodel, line 1': says nothing about a model."


def test_references_that_multiply_end(folder: Path) -> None:
    """Nine levels of nine references each ("a billion laughs")."""
    lines = ["a0: &a0 [laugh]", *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10))]
    before = time.process_time()
    assert message(folder, "\n".join([*lines, "flavors: {sklearn: *a9}"])).endswith("than any model needs.")
    assert time.process_time() - before < 30  # a bound, no measurement: unfolded they would take years


def test_any_spelling_of_the_name_is_read(folder: Path) -> None:
    """Some file systems open `mlmodel` where MLflow asks for `MLmodel`."""
    assert len(found(folder, "flavors: {sklearn: {data: /x}}", "mlmodel")) == 1


def test_many_mlmodels_end(folder: Path) -> None:
    """A folder full of them would keep a gate busy."""
    for place in range(70):
        found_now = folder / f"m{place}"
        found_now.mkdir()
        (found_now / "MLmodel").write_text("flavors: {sklearn: {}}")
    (one,) = objections(folder)
    assert one.finding.message.endswith("one MLmodel of too many.")
    assert one.unbound
