"""A plugin that nobody uses has to cost nobody anything."""

from __future__ import annotations

import sys

import pytest


@pytest.mark.parametrize("options", [("--collect-only",), ("-n", "1")])
def test_a_run_without_a_gate_imports_nothing_of_it(pytester: pytest.Pytester, options: tuple[str, ...]) -> None:
    """The data stack and the gate stay out of everybody else's test runs, xdist's controller included."""
    heavy = ("numpy", "pandas", "polars", "sklearn", "mlflow", "jsonschema", "msgspec", "mlgate.gate", "mlgate.errors")
    pytester.makeconftest(
        "import sys\n"
        "def pytest_sessionfinish(session):\n"
        f"    found = [name for name in {heavy!r} if name in sys.modules]\n"
        "    print('\\nIMPORTED', found)\n"
        "    print('LOADED', session.config.pluginmanager.has_plugin('mlgate'))\n"
    )
    pytester.makepyfile("def test_other(): pass")
    result = pytester.run(sys.executable, "-m", "pytest", "-p", "no:hypothesispytest", "-s", *options)
    assert "IMPORTED []" in result.outlines
    assert "LOADED True" in result.outlines
