"""Optional resources: None where nothing makes them, an error where making them failed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mlgate.errors import CheckError, NotApplicable
from mlgate.resources import ResourceFailed, ResourceProvider, Resources


def raising(error: Exception) -> Callable[[], object]:
    def make() -> object:
        raise error

    return make


def test_an_optional_resource_of_a_plugin_that_is_not_there_is_none() -> None:
    """The same resource, asked for because it is needed, is an error."""
    resources = Resources((), {})
    assert resources.get_if_any("origin") is None
    with pytest.raises(CheckError, match="no plugin provides the resource 'origin'"):
        resources.get("origin")


def test_an_optional_resource_that_failed_is_no_absent_one() -> None:
    """Nothing to make it from is None; a crash stays one."""
    made = (
        ResourceProvider("absent", raising(NotApplicable("there is none.")), "None."),
        ResourceProvider("broken", raising(OSError("no disk")), "Broken."),
    )
    resources = Resources(made, {})
    assert resources.get_if_any("absent") is None
    with pytest.raises(ResourceFailed):
        resources.get_if_any("broken")
