"""A check: a named, documented function that measures one thing, and what it asks for."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import IntEnum, StrEnum
from functools import wraps
from types import SimpleNamespace
from typing import Any, Protocol, get_type_hints

from mlgate.results import Measurement

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+")


class Better(StrEnum):
    """Which way a measured number is good; decides the side of the champion rules."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Stage(IntEnum):
    """The order in which denials speak: an earlier one makes the later ones information."""

    INTEGRITY = 1
    PRIMARY = 2
    DECLARED = 3
    DISCOVERED = 4


@dataclass(frozen=True, slots=True)
class Option:
    """A keyword-only parameter of a check: set in the gate file, typed by its annotation."""

    name: str
    annotation: object
    default: object
    required: bool


class OptionGroup:
    """Base of a frozen dataclass of options that several checks share: each field is an option of each of them.

    A check takes one by a keyword-only parameter of that type. The group's docstring, after those of the groups that
    it extends, tells what they mean, and stands in the page of every check before its first heading.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class TestFacts:
    """What is known of a test table before any model is: the input of a check's plan.

    `class_counts` are rows per class, the positive class last where there are two; empty for a regression.
    `entities` is the number of distinct entities, None where every row is one. `task` is binary, multiclass or
    regression.
    """

    __test__ = False  # for pytest: not a class of tests

    rows: int
    class_counts: tuple[int, ...]
    entities: int | None
    task: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """What one rule can see on this test table: `statement` is the sentence for people, assumptions included.

    `detectable` is the smallest harm beyond the margin that the table can show; `rows_needed` the rows in all with
    which the margin itself can be excluded; None where no number says it.
    """

    check: str
    statement: str
    detectable: float | None = None
    rows_needed: int | None = None


class Planner(Protocol):
    """Says, before any model, what a check's rule can see. `margin` is the rule's; None takes the default rule's."""

    def __call__(self, facts: TestFacts, confidence: float, margin: float | None = None, /) -> tuple[PlanLine, ...]: ...


class Drafter(Protocol):
    """Proposes options of a check for a first gate file, from the tables (`train`, `test`) there are; {} for none."""

    def __call__(self, tables: Mapping[str, Any], /) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True)
class Check:
    """A function that measures, with its name and all that it asks for.

    `resources` are made at most once per run and handed over in this order; those in `optional` are handed over by
    name, and left out where there is nothing to make them from. `default` is the rule table that applies when the
    gate file sets none, in the gate file's own words; `page` is the docstring; `plan` speaks for `mlgate plan`, and
    `draft` for `mlgate init`. `voids` are patterns of check ids: where this check fails at level enforce, what those
    measured on the same run is no evidence.
    `members` makes it a suite: a table of it in the gate file is one for each of these checks, it measures nothing
    itself, and a member that has nothing to measure is set aside. `on_request` keeps it out of runs that neither list
    nor name it: it takes minutes, or burdens a server. `more` is what its page says beside our own words, asked for
    only when somebody reads it. `parts` are the units of its parts, by name, where they are known before it measures: a
    rule that names another one, or a number that does not fit, is then told before the run. `within` are the least and
    the largest number that it can measure, in its unit (None: no end): so is a bound beyond them.
    """

    id: str
    measure: Callable[..., Measurement]
    better: Better
    unit: str
    resources: tuple[str, ...]
    options: tuple[Option, ...]
    page: str
    source: str
    stage: Stage = Stage.DECLARED
    default: Mapping[str, object] = field(default_factory=dict)
    plan: Planner | None = None
    optional: tuple[str, ...] = ()
    draft: Drafter | None = None
    voids: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    on_request: bool = False
    more: Callable[[], str] | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    within: tuple[float | None, float | None] = (None, None)

    @property
    def family(self) -> str:
        return self.id.split(".", 1)[0]

    @property
    def summary(self) -> str:
        return self.page.strip().partition("\n")[0]

    def __call__(self, *resources: object, **options: object) -> Measurement:
        return self.measure(*resources, **options)


def check(
    id: str,
    *,
    better: str = "neither",
    unit: str = "1",
    stage: Stage = Stage.DECLARED,
    default: Mapping[str, object] | None = None,
    plan: Planner | None = None,
    voids: tuple[str, ...] = (),
    on_request: bool = False,
    parts: Mapping[str, str] | None = None,
) -> Callable[[Callable[..., Measurement]], Check]:
    """Make a check of a function: parameters before `*` are resources, keyword-only ones are options.

    A resource that defaults to None is optional: the check is run without it where the run has none.
    Raises `ValueError` or `TypeError` where the id, the signature or the docstring can't be a check's.
    """
    if not _ID.fullmatch(id):
        raise ValueError(f"a check's id is family.name in lower case, as performance.roc_auc, not {id!r}")

    def declare(function: Callable[..., Measurement]) -> Check:
        written = inspect.getdoc(function)
        if not written:
            stripped = ", which `python -OO` takes away" if sys.flags.optimize > 1 else ""
            raise ValueError(f"the check {id} needs a docstring: it is the check's page{stripped}")
        groups = _groups(function)
        resources, optional, options = _signature(id, function)
        return Check(
            id=id,
            measure=_gathering(function, groups) if groups else function,
            better=Better(better),
            unit=unit,
            resources=resources,
            options=options,
            page=_page(written, groups.values()),
            source=_source(function),
            stage=stage,
            default=default or {},
            plan=plan,
            optional=optional,
            voids=voids,
            on_request=on_request,
            parts=parts or {},
        )

    return declare


def _signature(
    id: str, function: Callable[..., Measurement]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Option, ...]]:
    hints, groups = _option_types(function), _groups(function)
    resources: list[str] = []
    optional: list[str] = []
    options: list[Option] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in groups:
            options += _options_of(groups[parameter.name])
        elif parameter.kind is parameter.KEYWORD_ONLY:
            required = parameter.default is parameter.empty
            default = None if required else parameter.default
            options.append(Option(parameter.name, hints.get(parameter.name, object), default, required))
        elif parameter.kind is parameter.POSITIONAL_OR_KEYWORD and parameter.default is parameter.empty:
            resources.append(parameter.name)
        elif parameter.kind is parameter.POSITIONAL_OR_KEYWORD and parameter.default is None:
            optional.append(parameter.name)
        else:
            raise TypeError(
                f"the check {id} takes {parameter}: name resources before `*`, without a default or with None, and "
                "options after it"
            )
    return tuple(resources), tuple(optional), tuple(options)


def _groups(function: Callable[..., Measurement]) -> dict[str, type[OptionGroup]]:
    """By parameter."""
    typed = _option_types(function).items()
    return {name: kind for name, kind in typed if isinstance(kind, type) and issubclass(kind, OptionGroup)}


def _options_of(group: type[OptionGroup]) -> Iterator[Option]:
    types = get_type_hints(group, include_extras=True)
    for each in fields(group):  # type: ignore[arg-type]  # a group is a dataclass
        required = each.default is MISSING and each.default_factory is MISSING
        default = each.default if each.default_factory is MISSING else each.default_factory()
        yield Option(each.name, types[each.name], None if required else default, required)


def _gathering(
    function: Callable[..., Measurement], groups: Mapping[str, type[OptionGroup]]
) -> Callable[..., Measurement]:
    """Takes options one by one, as they stand in a gate file, and hands them over in their groups."""
    names = {name: [option.name for option in _options_of(group)] for name, group in groups.items()}

    @wraps(function)
    def measure(*resources: object, **options: object) -> Measurement:
        taken = {name: {each: options.pop(each) for each in names[name] if each in options} for name in groups}
        return function(*resources, **options, **{name: groups[name](**given) for name, given in taken.items()})

    return measure


def _page(written: str, groups: Iterable[type[OptionGroup]]) -> str:
    before, heading, after = written.partition("\n## ")
    extended = [each for group in groups for each in reversed(group.__mro__) if issubclass(each, OptionGroup)]
    shared = [inspect.cleandoc(each.__doc__) for each in extended if each is not OptionGroup and each.__doc__]
    return "\n\n".join([before.rstrip(), *shared]) + ("\n" + heading + after if heading else "")


def _option_types(function: Callable[..., Measurement]) -> dict[str, object]:
    """The types of keyword-only parameters alone: a resource's type is often imported for type checkers only.

    What `Annotated` says is kept: `msgspec.Meta(extra_json_schema=...)` tells the gate file's schema what a table
    holds.
    """
    parameters = inspect.signature(function).parameters.values()
    options = {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}
    written = {name: annotation for name, annotation in function.__annotations__.items() if name in options}
    globalns = inspect.unwrap(function).__globals__
    return get_type_hints(SimpleNamespace(__annotations__=written), globalns=globalns, include_extras=True)


def _source(function: Callable[..., Measurement]) -> str:
    """Where it is written: decorators are looked through."""
    code = inspect.unwrap(function).__code__
    return f"{code.co_filename}:{code.co_firstlineno}"
