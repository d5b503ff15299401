"""Models as MLflow writes them: folders of plain files, made here, opened by nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from mlgate import Finding, scan_model

MLMODEL = """\
flavors:
  python_function:
    code: code
    env: {conda: conda.yaml, virtualenv: python_env.yaml}
    loader_module: mlflow.sklearn
    model_path: model.pkl
  sklearn: {pickled_model: model.pkl, sklearn_version: 1.9.1}
model_uuid: d3e6517d9a4945d78e76e4c758a06a53
run_id: 0f1e2d3c4b5a69788796a5b4c3d2e1f0
saved_input_example_info: {artifact_path: input_example.json, type: dataframe}
signature:
  inputs: '[{"type": "double", "name": "a", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
"""
CONDA = """\
channels:
- conda-forge
dependencies:
- python=3.11.7
- pip<=26.3
- pip:
  - numpy==2.4.6
  - scipy==1.17.1
name: mlflow-env
"""
PYTHON_ENV = """\
python: 3.11.7
build_dependencies:
- pip==26.3
- setuptools
- wheel
dependencies:
- -r requirements.txt
"""
USUAL: Mapping[str, str] = {
    "MLmodel": MLMODEL,
    "conda.yaml": CONDA,
    "python_env.yaml": PYTHON_ENV,
    "requirements.txt": "numpy==2.4.6\nscipy==1.17.1\n",
    "model.pkl": "never opened",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a check is given of a model: where its private copy lies, and what the scan found in it."""

    path: Path | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        return () if self.path is None else scan_model(self.path)


Maker = Callable[..., Candidate]


@pytest.fixture
def model(tmp_path: Path) -> Maker:
    """Makes a model's folder from the usual files and further ones; None leaves one out."""

    def make(files: Mapping[str, str | None] | None = None, *, usual: bool = True) -> Candidate:
        root = tmp_path / "model"
        for name, text in {**(USUAL if usual else {}), **(files or {})}.items():
            if text is not None:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
        return Candidate(root)

    return make
