"""What MLflow 3.17.2 makes of the fields of an MLmodel: which it imports, which it joins to the model's folder.

Read from the `_load_pyfunc`, `load_model` and `_load_model` of each flavour in MLflow's source. A flavour stands here
where what it loads is pickles and data that the scan can read, or numbers. Not here are those that run what the scan
can't see through: transformers (`trust_remote_code` is on), langchain and llama_index (their JSON and YAML name what is
imported), dspy, openai, diffusers, promptlab (they ask services, or bring prompts), sentence_transformers and spark
(their JSON names classes), johnsnowlabs (spark).
"""

from __future__ import annotations

from collections.abc import Mapping

PYFUNC = "python_function"

_NATIVE = frozenset(
    {
        "catboost",
        "h2o",
        "keras",
        "lightgbm",
        "onnx",
        "paddle",
        "pmdarima",
        "prophet",
        "pytorch",
        "shap",
        "sklearn",
        "spacy",
        "statsmodels",
        "tensorflow",
        "xgboost",
    }
)
FLAVOURS = _NATIVE | {PYFUNC, "crate"}
"""`crate` is R's, which nothing here opens."""

LOADERS = frozenset(
    {f"mlflow.{name}" for name in _NATIVE} | {"mlflow.pyfunc.model", "mlflow.pyfunc.loaders.code_model"}
)
"""`code_model` runs the file that `model_code_path` names, which is judged as code; without one it loads a pickle."""

CODE = frozenset({"code", "model_code_path"})
"""Fields that bring Python files: `code` goes to the front of `sys.path`, the other is run."""

NAMED_BY_LAST_PART = frozenset({"model_code_path"})
"""MLflow writes the path of the author's machine, and reads the file of that name in the model's folder."""

PATHS: Mapping[str, frozenset[str]] = {
    PYFUNC: frozenset({"artifacts.*.path", "data", "env", "env.conda", "env.virtualenv", "model_path", "python_model"}),
    "paddle": frozenset({"pickled_model"}),
    "pytorch": frozenset({"extra_files.*.path", "model_data"}),
    "shap": frozenset({"serialized_explainer"}),
    "sklearn": frozenset({"pickled_model"}),
    "tensorflow": frozenset({"data", "saved_model_dir"}),
    **{
        name: frozenset({"data"})
        for name in (
            "catboost",
            "h2o",
            "keras",
            "lightgbm",
            "onnx",
            "pmdarima",
            "prophet",
            "spacy",
            "statsmodels",
            "xgboost",
        )
    },
}
"""The fields of each flavour that MLflow joins to the folder; `*` is any one key."""

EXAMPLE_PATHS = frozenset({"artifact_path", "serving_input_path"})
"""Those of `saved_input_example_info`."""

WITHOUT_ENDING = frozenset({"keras", "tensorflow"})
"""Flavours that name a file without the ending that they add to it."""

_XGBOOST = ("XGBClassifier", "XGBModel", "XGBRanker", "XGBRegressor", "XGBRFClassifier", "XGBRFRegressor")
_LIGHTGBM = ("LGBMClassifier", "LGBMModel", "LGBMRanker", "LGBMRegressor")
KERAS = frozenset({"keras", "keras._tf_keras.keras", "keras.api._v2.keras", "tensorflow.keras", "tf_keras"})
NAMES: Mapping[tuple[str, str], frozenset[str]] = {
    (PYFUNC, "loader_module"): LOADERS,
    (PYFUNC, "predict_fn"): frozenset(
        {"predict", "predict_proba", "predict_log_proba", "predict_joint_log_proba", "score"}
    ),
    (PYFUNC, "predict_stream_fn"): frozenset({"predict_stream"}),
    ("lightgbm", "model_class"): frozenset({"lightgbm.basic.Booster", *(f"lightgbm.sklearn.{c}" for c in _LIGHTGBM)}),
    ("shap", "underlying_model_flavor"): FLAVOURS,
    ("tensorflow", "keras_module"): KERAS,
    ("xgboost", "model_class"): frozenset({"xgboost.core.Booster", *(f"xgboost.sklearn.{c}" for c in _XGBOOST)}),
}
"""Fields whose text is imported, or looked up on an object: with all that they may say."""

MODULE_FILES: Mapping[str, frozenset[str]] = {
    "pickle_module_info.txt": frozenset({"cloudpickle", "mlflow.pytorch.pickle_module", "pickle"}),
    "keras_module.txt": KERAS,
}
"""Text files in a model's folder whose whole content is imported as a module."""
