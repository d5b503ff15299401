"""`security.licences`: metadata of installed packages, and lists of SPDX names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate import NotApplicable, Severity
from mlgate.testing import measure
from mlgate_security.licence_terms import accepted, installed_terms
from mlgate_security.licences import licences


@pytest.mark.parametrize(
    ("terms", "allow", "deny", "kept"),
    [
        ("MIT", ("MIT",), (), True),
        ("MIT", ("Apache-2.0",), (), False),
        ("MIT", (), (), True),
        ("BSD-3-Clause", ("BSD-*",), (), True),
        ("MIT OR GPL-3.0-only", (), ("GPL-*",), True),
        ("MIT AND GPL-3.0-only", (), ("GPL-*",), False),
        ("GPL-3.0-only OR MIT AND AGPL-3.0-only", (), ("*GPL-*",), False),
        ("(GPL-3.0-only OR MIT) AND Apache-2.0", ("MIT", "Apache-2.0"), (), True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", ("GPL-2.0-only",), (), False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", ("GPL-2.0-only WITH *",), (), True),
        ("(MIT", ("MIT",), (), False),
        ("MIT AND", ("MIT",), (), False),
        (") OR MIT", ("MIT",), (), False),
    ],
)
def test_expressions_are_read_as_spdx_defines_them(
    terms: str, allow: tuple[str, ...], deny: tuple[str, ...], kept: bool
) -> None:
    """AND binds closer than OR; WITH makes another licence; what can't be read is not accepted."""
    assert accepted(terms, allow, deny) is kept


@pytest.mark.parametrize(
    ("name", "terms"),
    [("packaging", "Apache-2.0 OR BSD-2-Clause"), ("bandit", "Apache-2.0"), ("no-such-package", None)],
)
def test_terms_are_those_that_the_package_states(name: str, terms: str | None) -> None:
    """By expression, by classifier, or unknown."""
    assert installed_terms(name) == terms


def test_lists_decide_and_unknown_is_low(model: Callable[..., Any]) -> None:
    """Each finding names package, licence and line."""
    candidate = model({"requirements.txt": "packaging==24.2\nno-such-package==1.0\n", "conda.yaml": None})
    denied, unknown = measure(licences, candidate=candidate, allow=("MIT",)).findings[::-1]
    assert (denied.severity, denied.data["licence"]) == (Severity.HIGH, "Apache-2.0 OR BSD-2-Clause")
    assert (unknown.severity, unknown.location and unknown.location.line) == (Severity.LOW, 2)
    assert [each.severity for each in measure(licences, candidate=candidate).findings] == [Severity.LOW]
    assert measure(licences, candidate=candidate, ignore=("no-such-package",)).findings == ()


def test_a_model_without_an_environment_is_skipped(model: Callable[..., Any]) -> None:
    """There is nothing to list."""
    with pytest.raises(NotApplicable, match=r"none of requirements\.txt"):
        measure(licences, candidate=model({"model.skops": ""}, usual=False))
