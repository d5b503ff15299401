"""A reader of pages, as a browser takes them apart."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pytest


class Elements(HTMLParser):
    """The elements and attributes that a browser would see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.fixture(scope="session")
def elements() -> Callable[[str], Elements]:
    """Reads a page."""
    return Elements
