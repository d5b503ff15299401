"""The two sides of a comparison: the training table or a stored profile, and the table to judge."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate import CheckError
from mlgate_data.drift.bins import Kept, bins_of
from mlgate_data.drift.comparing import Shift, compare
from mlgate_data.drift.held import Held
from mlgate_data.drift.reading import COMPARED, few_enough, is_row_number, read, read_values, unit_of
from mlgate_data.drift.storing import Profile, read_profile
from mlgate_data.engine.data import Data
from mlgate_data.engine.kinds import Kind, kind_of
from mlgate_data.engine.scan import Scan
from mlgate_data.engine.steps import Need
from mlgate_data.schema.signature import signature_columns

if TYPE_CHECKING:
    import polars as pl

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Compared:
    """The shift of every column that could be compared; `left_out` says why others were not."""

    shifts: Mapping[str, Shift]
    left_out: Mapping[str, str]
    rows: int
    reference: str

    @property
    def notes(self) -> tuple[str, ...]:
        """Columns by the reason for which they were left out."""
        by_reason: dict[str, list[str]] = {}
        for name, reason in self.left_out.items():
            by_reason.setdefault(reason, []).append(name)
        return (f"Compared with {self.reference}.", *(_note(reason, names) for reason, names in by_reason.items()))


@dataclass(frozen=True, slots=True)
class Sides:
    """The columns of the reference and of the judged table, `scan`, that can be compared."""

    before: Mapping[str, Held]
    now: Mapping[str, Held]
    left_out: Mapping[str, str]
    scan: Scan
    reference: str


Reading = Generator[Iterable[Need], None, Sides]


def compared(
    data: Data, names: Iterable[str], reference: str | None = None
) -> Generator[Iterable[Need], None, Compared]:
    """Compare the named columns of the judged table with the training table's, or with the profile `reference`.

    Raises as `columns_of` does.
    """
    sides = yield from columns_of(data, names, reference)
    unfit = {name: reason for name, each in sides.before.items() if (reason := _unfit(each, sides.scan.schema[name]))}
    both = [name for name in sides.before if name in sides.now and name not in unfit]
    rows, schema = sides.scan.rows, sides.scan.schema
    shifts = {name: compare(sides.before[name], sides.now[name], rows, unit_of(schema[name])) for name in both}
    return Compared(shifts, {**sides.left_out, **unfit}, rows, sides.reference)


def columns_of(data: Data, names: Iterable[str], reference: str | None = None) -> Reading:
    """The named columns on both sides: of the training table, or of the profile `reference`, and of the judged table.

    Raises `NotApplicable` where a table is missing, `CheckError` where the profile does not fit the table.
    """
    if reference is None:
        train, test = data.both()
        return (yield from _with_table(data, train, test, list(names)))
    return (yield from _with_profile(data, read_profile(data.folder / reference), list(names)))


def features(data: Data, candidate: object | None = None) -> tuple[tuple[str, ...], dict[str, str]]:
    """The columns of the judged table that a model may read, and those that are left out with the reason.

    The label and the columns that name an entity, a time or a weight are no features; nor is a column that the
    signature of the model under test lacks.
    """
    roles = data.columns
    schema = data.judged().schema
    out = {name: "not a feature" for name in (roles.label, roles.entity, roles.weight) if name in schema and name}
    if roles.time is not None and roles.time in schema:
        out[roles.time] = "it moves on by itself"
    read_by_model = _read_by(candidate)
    for name, dtype in schema.items():
        if kind_of(dtype) not in COMPARED:
            out.setdefault(name, "no numbers, text or times")
        elif read_by_model is not None and name not in read_by_model:
            out.setdefault(name, "the model does not read it")
    return tuple(name for name in schema if name not in out), out


def _read_by(candidate: object | None) -> frozenset[str] | None:
    """The columns in the model's signature; None where it has none."""
    path = getattr(candidate, "path", None)
    if not isinstance(path, Path) or not path.is_dir():
        return None
    return frozenset(signature_columns(path)) or None


def _with_table(data: Data, train: Scan, test: Scan, names: list[str]) -> Reading:
    out = {name: "not in the training table, or of another type" for name in names if not _alike(name, train, test)}
    weight = data.columns.weight
    alike = [name for name in names if name not in out]
    if weight is None and few_enough(max(train.rows, test.rows), len(alike)):
        before = yield from read_values(train, alike)
        now = yield from read_values(test, before)
    else:
        before = yield from read(train, alike, weight)
        now = yield from read(test, before, weight, _centres(before))
    return Sides(before, now, {**_lost(names, now), **out}, test, f"the training table's {train.rows:,} rows")


def _with_profile(data: Data, profile: Profile, names: list[str]) -> Reading:
    scan = data.judged()
    if profile.weight != data.columns.weight:
        one, other = (
            "no weight" if name is None else f"the weight {name!r}" for name in (profile.weight, data.columns.weight)
        )
        raise CheckError(f"the profile was made with {one}, and this run has {other}.")
    before = {
        name: profile.columns[name] for name in names if name in profile.columns and _as_stored(name, profile, scan)
    }
    if names and not before:
        raise CheckError(
            f"no column of {scan.table.uri} is in the profile of {profile.table.uri} by name and type.",
            hint=f"The profile has {', '.join(list(profile.columns)[:10])}.",
        )
    out = {name: "not in the profile, or of another type" for name in names if name not in before}
    now = yield from read(scan, before, data.columns.weight, _centres(before))
    reference = f"the profile of {profile.table.uri} ({profile.table.rows:,} rows, {profile.table.digest})"
    return Sides(before, now, {**_lost(names, now), **out}, scan, reference)


def _lost(names: list[str], now: Mapping[str, Held]) -> dict[str, str]:
    return {name: "more than 10,000 values" for name in names if name not in now}


def _alike(name: str, train: Scan, test: Scan) -> bool:
    if name not in train.schema:
        return False
    one, other = train.schema[name], test.schema[name]
    return kind_of(one) is kind_of(other) and (kind_of(one) is not Kind.TIME or one == other)


def _as_stored(name: str, profile: Profile, scan: Scan) -> bool:
    dtype = scan.schema[name]
    return profile.kinds[name] is kind_of(dtype) and (
        kind_of(dtype) is not Kind.TIME or profile.dtypes[name] == str(dtype)
    )


def _unfit(column: Held, dtype: pl.DataType) -> str | None:
    """Why a column of a reference tells nothing; None where it does."""
    if is_row_number(column, dtype):
        return "it numbers the rows"
    bins = bins_of(column)
    if isinstance(bins, Kept) and not bins.categories and column.present:
        return "no value that 1% of the rows have"
    return None


def _centres(columns: Mapping[str, Held]) -> dict[str, float]:
    return {name: getattr(each, "centre", 0.0) for name, each in columns.items()}


def _note(reason: str, names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"Left out ({reason}): {', '.join(names[:_SHOWN])}{more}."
