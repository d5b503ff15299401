"""Whether one check is well declared: its id, its page, its options, its default rule."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from mlgate.checks import Check, Option
from mlgate.errors import RecordError
from mlgate.results.strict_json import plain
from mlgate.rules import RuleSyntaxErrors, parse_rules

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+")
_LONGEST_SUMMARY = 110
_FEWEST_WORDS = 30
MENDING = "## What to do"


def problems_of_check(check: Check) -> Iterator[str]:
    """One sentence per problem, each beginning with the check's id."""
    if not _ID.fullmatch(check.id):
        yield f"{check.id}: an id is family.name, the family in lower case."
    yield from (f"{check.id}: {problem}" for problem in _page(check))
    for option in check.options:
        yield from (f"{check.id}: the option {option.name} {problem}" for problem in _option(option))
    yield from (f"{check.id}: its default rule: {problem}" for problem in _default(check))


def _page(check: Check) -> Iterator[str]:
    """What a reader of `mlgate explain` needs: what it is, why, and how to mend it."""
    summary, _, body = check.page.strip().partition("\n")
    if not summary.endswith("."):
        yield "the first line of its page has to be a sentence with its full stop."
    if len(summary) > _LONGEST_SUMMARY:
        yield f"the first line of its page has {len(summary)} characters; lists show {_LONGEST_SUMMARY}."
    if body and body.split("\n")[0].strip():
        yield "the second line of its page has to be empty."
    if len(check.page.split()) < _FEWEST_WORDS:
        yield f"its page has {len(check.page.split())} words; what, why and how to mend it take {_FEWEST_WORDS}."
    if MENDING not in check.page:
        yield f"its page has no section {MENDING!r}."


def _option(option: Option) -> Iterator[str]:
    """Its type must be one that a gate file can hold, and its default a value of that type."""
    if option.annotation is object:
        yield "has no type."
        return
    try:
        msgspec.json.schema(option.annotation)
    except TypeError:
        yield f"is of type {option.annotation}, which a gate file can't hold."
        return
    if option.required:
        return
    try:
        msgspec.convert(plain(option.default, "its default"), option.annotation)
    except (RecordError, msgspec.ValidationError) as error:
        yield f"has a default that does not fit its type: {error}"


def _default(check: Check) -> Iterator[str]:
    try:
        if check.default:
            parse_rules(check.default)
    except RuleSyntaxErrors as error:
        yield str(error)
