"""What mlgate knows of MLflow's flavours, held against the MLflow that is installed here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import mlflow
import pytest

from mlgate.opening.mlmodel import flavours

HERE = Path(mlflow.__file__).parent
CLOSED = {
    "mlflow.diffusers",
    "mlflow.dspy",
    "mlflow.johnsnowlabs",
    "mlflow.langchain",
    "mlflow.llama_index",
    "mlflow.openai",
    "mlflow.prompt.promptlab_model",
    "mlflow.pyfunc.loaders.chat_agent",
    "mlflow.pyfunc.loaders.chat_model",
    "mlflow.pyfunc.loaders.responses_agent",
    "mlflow.sentence_transformers",
    "mlflow.spark",
    "mlflow.transformers",
}
"""Loaders that stay closed: they run what the scan can't see through, or bring no predictions for tables."""


def loaders() -> Iterator[str]:
    """Every module of MLflow's own that pyfunc may load a model with; a flavour may define it in a part of itself."""
    for path in HERE.rglob("*.py"):
        text = path.read_text("utf-8")
        if "_load_pyfunc" in text and any(
            isinstance(node, ast.FunctionDef) and node.name == "_load_pyfunc" for node in ast.parse(text).body
        ):
            parts = ("mlflow", *path.relative_to(HERE).with_suffix("").parts)
            part_of_flavour = parts[-1] in ("__init__", "load") or (parts[-1] == "model" and parts[1] != "pyfunc")
            yield ".".join(parts[:-1] if part_of_flavour else parts)


def test_every_loader_of_mlflow_is_opened_or_kept_closed_on_purpose() -> None:
    """A flavour that a later MLflow brings is closed until somebody has read it."""
    unknown = set(loaders()) - flavours.LOADERS - CLOSED
    assert unknown == set()


@pytest.mark.parametrize("loader", sorted(flavours.LOADERS))
def test_every_loader_on_the_list_is_mlflow_s(loader: str) -> None:
    """No name on it is free for somebody else to take."""
    assert find_spec(loader) is not None
    assert loader in set(loaders())


@pytest.mark.parametrize("flavour", sorted(set(flavours.PATHS) - {"python_function"}))
def test_the_fields_that_are_paths_are_read_by_the_flavour(flavour: str) -> None:
    """Each stands, as a text, in the flavour's source."""
    source = "".join(path.read_text("utf-8") for path in (HERE / flavour).rglob("*.py"))
    source += (HERE / "utils" / "model_utils.py").read_text("utf-8")
    fields = {field.partition(".")[0] for field in flavours.PATHS[flavour]}
    assert [field for field in fields if not re.search(rf"\b{field}\b", source)] == []


@pytest.mark.parametrize("flavour", sorted(flavours.PATHS))
def test_no_other_field_of_a_flavour_is_joined_to_the_folder(flavour: str) -> None:
    """Fields of the MLmodel that the source joins by name: all of them are known."""
    folder = HERE / ("pyfunc" if flavour == "python_function" else flavour)
    source = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    joined = re.findall(r"os\.path\.join\(\s*\w+,\s*\w*conf\w*(?:\[|\.get\()\"(\w+)\"", source)
    known = {field.partition(".")[0] for name in (flavour, "python_function") for field in flavours.PATHS[name]}
    assert set(joined) - known - flavours.CODE == set()
