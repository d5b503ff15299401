"""The pytest face: `mlgate.toml` is collected, one item per check, and plain tests get the fixture `gate`.

Every pytest run of everybody who has mlgate installed imports this module. It imports nothing but pytest; the rest
comes when a gate file is met or a test asks for `gate`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from mlgate.gate import GateRequest
    from mlgate.pytest_plugin.asking import Gate
    from mlgate.pytest_plugin.collecting import GateFileCollector

__all__ = ["Gate", "GateWarning", "gate", "mlgate_request"]


class GateWarning(UserWarning):
    """A rule of level `warn` that was not met, or a check of that level that could not run."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("mlgate", "mlgate: gate files as tests")
    group.addoption("--mlgate", action="store_true", help="Collect [tool.mlgate] of pyproject.toml too.")
    parser.addini("mlgate", "Collect [tool.mlgate] of pyproject.toml too, as --mlgate does.", type="bool")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "mlgate: a check of a gate file; its family (performance, data) is a marker too")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> GateFileCollector | None:
    if file_path.name not in ("mlgate.toml", "pyproject.toml"):
        return None
    if file_path.name == "pyproject.toml" and not (parent.config.option.mlgate or parent.config.getini("mlgate")):
        return None
    from mlgate.pytest_plugin.collecting import gate_file

    return gate_file(file_path, parent)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """xdist's controller collects nothing: it keeps the record of what its workers measure."""
    from mlgate.pytest_plugin.keeping import start_keeping

    start_keeping(node.config)  # type: ignore[attr-defined]


@pytest.fixture
def mlgate_request(request: pytest.FixtureRequest) -> GateRequest:
    """What `gate` measures: the gate file found from the test file up.

    Override it to say something else, frames and fitted estimators included:
    `return mlgate.GateRequest(model=estimator, tables={"test": frame}, label="default")`.
    """
    from mlgate.pytest_plugin.gates import gates_of

    return gates_of(request.config).request_for(request.path.parent)


@pytest.fixture
def gate(request: pytest.FixtureRequest, mlgate_request: GateRequest) -> Gate:
    """Measures checks for this test, `gate.measure("performance.roc_auc").at_least(0.8)`, and records its own numbers.

    `gate.record("business.p99", value=0.04, n=1000, unit="s")` puts a measurement into the record of this run, with
    the outcome of the test.
    """
    from mlgate.pytest_plugin.asking import Gate

    return Gate(request.node, mlgate_request)


def __getattr__(name: str) -> object:
    """`Gate`, for the annotations of tests: `def test_it(gate: Gate)`."""
    if name == "Gate":
        from mlgate.pytest_plugin.asking import Gate

        return Gate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
