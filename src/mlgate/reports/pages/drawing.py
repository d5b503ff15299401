"""Fill a page's template; whatever a text holds, the page shows it as that text."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from mlgate.reports.terminal import harmless, harmless_lines

if TYPE_CHECKING:
    from jinja2 import Environment as Pages
    from markupsafe import Markup


def draw(template: str, **values: object) -> str:
    """The page. Every value is escaped for HTML, and every text made harmless before."""
    return environment().get_template(template).render(**values) + "\n"


def trusted(text: str) -> Markup:
    """Our own HTML or script, which is not escaped again."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704  # nosec B704 # drawn here, or our script


def environment() -> Pages:
    """What compiles templates, each once."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import escape

    made = Environment(
        loader=FunctionLoader(lambda name: (files(__package__) / name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: harmless(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["lines"] = lambda text: escape(harmless_lines(text))  # keeps lines, as a traceback needs
    return made
