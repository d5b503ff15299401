"""Write docs/checks: one page per check, from its docstring, and an index. With --check, say what is not current.

    python ci/check_pages.py [--check]

The pages are those of the distributions in plugins/, which have to be installed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from mlgate import Check
from mlgate.checks import Option
from mlgate.cli.pages import default_in_words, rule_lines, type_in_words
from mlgate.host import Host, load_host

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "checks"
INDEX = "README.md"


def main(arguments: list[str]) -> int:
    """Exit code 1 where --check finds a page that is missing, stale or of no check."""
    pages = all_pages(load_host([]))
    stale = sorted(name for name in {*pages, *_written()} if pages.get(name) != _written().get(name))
    if "--check" in arguments:
        for name in stale:
            print(f"docs/checks/{name} is not current: run `python ci/check_pages.py`.")
        return 1 if stale else 0
    _write(pages)
    print(f"docs/checks: {len(pages) - 1} checks, {len(stale)} files changed.")
    return 0


def all_pages(host: Host) -> dict[str, str]:
    """File name to text, the index included."""
    ours = {folder.name for folder in (ROOT / "plugins").iterdir()}
    brought = {check: plugin.distribution for plugin in host.plugins for check in plugin.checks}
    checks = [check for id, check in host.checks.items() if brought[id] in ours]
    pages = {f"{check.id}.md": "\n".join(_page(check, brought[check.id])) + "\n" for check in checks}
    return {INDEX: "\n".join(_index(checks)) + "\n", **pages}


def _page(check: Check, distribution: str) -> Iterator[str]:
    yield from (f"# {check.id}", "", check.page.strip(), "")
    if check.options:
        yield from ("## Options", "", "| option | type | default |", "|---|---|---|")
        for option in check.options:
            yield f"| `{option.name}` | {type_in_words(option.annotation)} | {_default_of(option)} |"
        yield ""
    yield from ("## Rule by default", "", *_rule(check), "")
    wanted = [*check.resources, *(f"{name} (if there is one)" for name in check.optional)]
    asked = ", ".join(wanted) or "nothing"
    yield f"Unit: {check.unit}. Better: {check.better}. Asks for: {asked}. Comes with: `{distribution}`."


def _default_of(option: Option) -> str:
    words = default_in_words(option)
    return words if option.required or option.default is None else f"`{words}`"


def _rule(check: Check) -> Iterator[str]:
    if not check.default:
        yield "None: the number is recorded, and judged where the gate file states a rule."
        return
    yield from ("```toml", f'[checks."{check.id}"]', *rule_lines(check), "```")


def _index(checks: list[Check]) -> Iterator[str]:
    yield from (
        "# Checks",
        "",
        "Written from the checks' docstrings by `ci/check_pages.py`; `mlgate explain ID` prints the same.",
    )
    for family in sorted({check.family for check in checks}):
        yield from ("", f"## {family}", "", "| check | what it measures | rule by default |", "|---|---|---|")
        for check in checks:
            if check.family == family:
                rules = ", ".join(name for name in check.default if name not in ("level", "undecided")) or "-"
                yield f"| [{check.id}]({check.id}.md) | {check.summary.replace('|', '&#124;')} | {rules} |"


def _written() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}


def _write(pages: Mapping[str, str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in _written().keys() - pages.keys():
        (FOLDER / name).unlink()
    for name, text in pages.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
