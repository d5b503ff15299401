"""The page of a check: its docstring, its options, what it asks for and its default rule."""

from __future__ import annotations

from mlgate.checks import Check, Option


def page_of(check: Check) -> str:
    """The page as text, for the terminal and for the documentation."""
    sections = [check.id, "=" * len(check.id), "", check.page.strip(), ""]
    if check.options:
        sections += ["Options", "-------", *(_option(option) for option in check.options), ""]
    sections += ["Asks for", "--------", ", ".join(check.resources) or "nothing", ""]
    sections += ["Default rule", "------------", _default(check)]
    return "\n".join(sections)


def _option(option: Option) -> str:
    kind = getattr(option.annotation, "__name__", None) or str(option.annotation)
    return f"{option.name} ({kind}), " + ("to be set" if option.required else f"default {option.default!r}")


def _default(check: Check) -> str:
    if not check.default:
        return "none: the measurement is recorded."
    return "\n".join(f"{key} = {_toml(value)}" for key, value in check.default.items())


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
