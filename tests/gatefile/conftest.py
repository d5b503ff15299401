"""Toy checks with options of every type, and a folder in which `mlgate.toml` is written and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta

from mlgate.checks import Check, Stage, check
from mlgate.errors import GateFileError
from mlgate.gatefile import GateFile, load
from mlgate.results import Measurement


class Average(StrEnum):
    MACRO = "macro"
    MICRO = "micro"


_VALUE: Any = {"type": ["string", "number"]}
_TABLE: Any = {"type": "object", "properties": {"value": _VALUE}, "additionalProperties": False}
_COLUMN: Any = {
    "type": "object",
    "properties": {
        "type": {"enum": ["int", "float", "text", "bool", "date", "time", "list", "struct", "binary"]},
        "min": {"anyOf": [_VALUE, _TABLE]},
        "mostly": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "never": False,
    },
    "additionalProperties": False,
}
Columns = Annotated[dict[str, Any], Meta(extra_json_schema={"additionalProperties": _COLUMN})]


def _measurement() -> Measurement:
    return Measurement.exact(0.5, n=10)


@check("performance.roc_auc", better="higher")
def roc_auc() -> Measurement:
    """The area under the ROC curve."""
    return _measurement()


@check("performance.precision", better="higher", default={"at_least": 0.5})
def precision(
    *, threshold: float = 0.5, average: Average = Average.MACRO, only: tuple[str, ...] = (), fold: bool = False
) -> Measurement:
    """The share of alarms that are right."""
    return _measurement()


@check(
    "performance.vs_champion",
    better="higher",
    stage=Stage.PRIMARY,
    default={"not_worse_than_champion": {"margin": 0.01}},
)
def vs_champion(*, metric: str | None = None) -> Measurement:
    """The primary metric against the champion's."""
    return _measurement()


@check("load.latency", better="lower", unit="ms")
def latency(*, rate: int = 10, mode: Literal["open", "closed"] = "open") -> Measurement:
    """How long an answer takes."""
    return _measurement()


@check("data.duplicates", better="lower", default={"at_most": 0.01, "level": "warn"})
def duplicates(*, columns: Mapping[str, Mapping[str, float]] | None = None) -> Measurement:
    """Rows that stand there twice."""
    return _measurement()


@check("data.schema")
def data_schema(*, schema: str, columns: Columns | None = None, span: tuple[float, float] = (0, 1)) -> Measurement:
    """What columns must hold."""
    return _measurement()


@check("fairness.equalized_odds_difference", better="lower", default={"at_most": 0.2, "level": "warn"})
def equalized_odds_difference() -> Measurement:
    """The widest gap of error rates between groups."""
    return _measurement()


class Folder:
    """A folder with a gate file, which is the current one."""

    def __init__(self, path: Path, checks: Sequence[Check]) -> None:
        self.path = path
        self.checks = checks

    def write(self, text: str | bytes, name: str = "mlgate.toml") -> Path:
        content = text if isinstance(text, bytes) else text.encode()
        path = self.path / name
        path.write_bytes(content)
        return path

    def load(self, text: str | bytes, name: str = "mlgate.toml") -> GateFile:
        return load(self.write(text, name), self.checks)

    def refusal(self, text: str | bytes, name: str = "mlgate.toml") -> list[str]:
        """Every sentence of the refusal."""
        with pytest.raises(GateFileError) as refusal:
            self.load(text, name)
        assert refusal.value.exit_code == 4
        return [str(problem) for problem in refusal.value.problems]


@pytest.fixture(scope="session")
def checks() -> Sequence[Check]:
    found: list[Any] = [
        roc_auc,
        precision,
        vs_champion,
        latency,
        duplicates,
        data_schema,
        equalized_odds_difference,
    ]
    return found


@pytest.fixture
def folder(tmp_path: Path, checks: Sequence[Check], monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.chdir(tmp_path)
    return Folder(tmp_path, checks)
