"""Each environment of tox works alone, on a fresh clone."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILDS, INSTALLS = "{[testenv]wheels}", "{[testenv]install}"
WITHOUT_US = ("testenv:docs",)  # reads files alone
NOT_PINNED = ("testenv:minimum", "testenv:guard-oldest")  # other versions than those of constraints.txt


def environments() -> dict[str, list[str]]:
    """The lines of `commands_pre` by the environment's name."""
    tox = ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini", encoding="utf-8")
    return {
        name: tox[name].get("commands_pre", "").split("\n") for name in tox.sections() if name.startswith("testenv:")
    }


@pytest.mark.parametrize("name", environments())
def test_an_environment_builds_the_wheels_that_it_installs(name: str) -> None:
    """`depends` orders environments and runs none: what another one built is not there when one is asked for alone."""
    lines = [line.strip() for line in environments()[name] if line.strip()]
    installing = [place for place, line in enumerate(lines) if line.startswith(INSTALLS)]
    assert all(BUILDS in lines[:place] for place in installing)
    assert installing or name in (*NOT_PINNED, *WITHOUT_US)
