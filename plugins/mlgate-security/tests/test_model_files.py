"""The check tells what keeps a model closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mlgate import NotApplicable
from mlgate.testing import measure
from mlgate_security.model_files import model_files


def test_a_dangerous_import_is_a_finding_with_its_place(model: Callable[..., Any]) -> None:
    """The file, the byte of the opcode and the import's two names."""
    candidate = model({"model.pkl": "(lp0\n0cos\nsystem\n(S'true'\ntR."}, usual=False)
    (finding,) = measure(model_files, candidate=candidate).findings
    assert {**finding.data} == {"file": "model.pkl", "offset": 6, "module": "os", "name": "system"}


def test_a_model_without_files_has_nothing_to_scan(model: Callable[..., Any]) -> None:
    """A Python factory is code of the user's own."""
    with pytest.raises(NotApplicable):
        measure(model_files, candidate=replace(model(), path=None))
