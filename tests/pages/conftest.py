"""A real browser without a network, and axe-core's rules of accessibility."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

Opened = Callable[..., AbstractContextManager[Page]]


def missing(what: str) -> NoReturn:
    """Skips on a developer's machine; a CI run that looked at no page has not passed."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    program = shutil.which("chromium")
    if program is None:
        missing("chromium is not here: it is a package of Debian's")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core."""
    script = Path(os.environ.get("MLGATE_NODE_MODULES", "node_modules"), "axe-core", "axe.min.js")
    if not script.is_file():
        missing("axe-core is not here: `tox run -e pages` brings it from npm")
    return script.read_text("utf-8")


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Opened:
    """Shows a page in a window, and holds it to no error on the console and no request but for the page itself."""

    @contextmanager
    def show(text: str, *, width: int = 1280, scheme: str = "light") -> Iterator[Page]:
        file = tmp_path / "report.html"
        file.write_text(text, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        wrong: list[str] = []
        asked: list[str] = []

        def told(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                wrong.append(message.text)

        def requested(request: Request) -> None:
            asked.append(request.url)

        page.on("console", told)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", requested)
        page.goto(file.as_uri())
        yield page
        assert wrong == []
        assert asked == [file.as_uri()]
        context.close()

    return show
