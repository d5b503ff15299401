"""Places of a gate file as people say them."""

from __future__ import annotations

from mlgate.gatefile.places import KeyPath


def spoken(path: KeyPath) -> str:
    """`[data] slices, item 2`, `[[waivers]] until`, `[checks."data.schema"] columns age`, `version`."""
    if not path:
        return "the gate file"
    if path == ("version",):
        return "version"
    head, rest = _table(path)
    return head + "".join(f", item {part + 1}" if isinstance(part, int) else f" {part}" for part in rest)


def _table(path: KeyPath) -> tuple[str, KeyPath]:
    if path[0] == "checks" and len(path) > 1:
        return f'[checks."{path[1]}"]', path[2:]
    if path[0] == "waivers" and len(path) > 1:
        return "[[waivers]]", path[2:]
    return f"[{path[0]}]", path[1:]
