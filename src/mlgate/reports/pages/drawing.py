"""Fill a page's template; whatever a text holds, the page shows it as that text."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from mlgate.reports.terminal import harmless

if TYPE_CHECKING:
    from jinja2 import Environment


def draw(template: str, **values: object) -> str:
    """The page. Every value is escaped for HTML, and every text made harmless before."""
    return _environment().get_template(template).render(**values) + "\n"


def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(lambda name: (files(__package__) / name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: harmless(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
