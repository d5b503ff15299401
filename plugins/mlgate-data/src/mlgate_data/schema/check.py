"""`data.schema`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from mlgate import CheckError, Measurement, NotApplicable
from mlgate.tabular import load_schema
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.steps import Steps
from mlgate_data.schema.compiling import Written, claims_of
from mlgate_data.schema.drafting import draft_schema
from mlgate_data.schema.holding import Held, Stated
from mlgate_data.schema.signature import signature_claims
from mlgate_data.schema.written import Columns, Conditions, Different, Keys, Rows, Sums, Together


@data_check("data.schema", better="lower", default={"no_findings": True}, draft=draft_schema)
def schema_check(
    data: Data,
    candidate: object | None = None,
    *,
    schema: str | None = None,
    columns: Columns | None = None,
    rows: Rows | None = None,
    rows_hold: Conditions | None = None,
    unique_together: Keys | None = None,
    sums: Sums | None = None,
    allowed_together: Together | None = None,
    different: Different | None = None,
    column_count: Rows | None = None,
    exact: bool = False,
    ordered: bool = False,
    tables: tuple[str, ...] = ("train", "test"),
    signature: bool = True,
    sample: int | None = None,
) -> Steps:
    """Rules that the columns must keep, in every table of the run.

    The number is how many rules are broken; each is a finding that names table, column and rule, how many rows break
    it, and the first twenty of them (values of `sensitive` columns are masked). `mlgate run --export-rows DIR` writes
    all of them as Parquet.

    Rules of a column stand under `[checks."data.schema".columns.NAME]`:

    - `type`: int, float, number, text, bool, date, datetime, time, or an exact width as int32
    - `required = false`: the column may be absent; `nullable = false`: every row has a value; `empty = true`: none has
    - `min`, `max`, `above`, `below`: numbers, dates, text; `allowed`, `forbidden`: lists of values
    - `regex`, `not_regex`: a pattern that is found somewhere in the text (or several: all must be found; with
      `{ any_of = [...] }` one of them); `like`, `not_like`: SQL patterns, as `"A%"`; `min_length`, `max_length`;
      `date_format = "%Y-%m-%d"`
    - `unique = true`; `order`: increasing, decreasing, strictly increasing, strictly decreasing
    - `mean`, `std`, `sum`, `median`, `least`, `greatest`, `distinct`, `distinct_share`, `present_share`: a band, as
      `[10, 20]`, `{ min = 10 }` or, without its end, `{ above = 10 }`; `quantiles = { "0.9" = [10, 20] }`
    - `contains`: values that must occur; `most_common`: one of these is the most frequent value (`{ values = ["a"],
      ties = true }` lets it share the place); `kl_divergence = { max = 0.1, values = ["a", "b"], weights = [6, 4] }`
      (or `bins`; `unseen = 0.01` keeps a share for values that are not stated)
    - `max_z_score`, `max_abs_z_score` (below so many standard deviations above the mean, or from it), `tukey_fences`
      (within so many interquartile ranges of the quartiles): by the table's own statistics, in a second pass
    - `mostly = 0.99`: the share of rows that must keep the rule; `where = "country = 'DE'"`: the rows that are looked
      at (SQL). Both hold for all rules of the column; `max = { value = 120, mostly = 0.99 }` sets them for one.

    Rules across columns: `rows_hold = ["opened <= closed"]` (SQL conditions; `{ sql = "...", mostly = 0.99 }`),
    `unique_together = [["customer", "day"]]`, `sums = [{ columns = ["a", "b"], equals = "total" }]`,
    `allowed_together = [{ columns = ["a", "b"], values = [["x", 1], ["y", 2]] }]`, `different = [["home", "work"]]`
    (no value twice in a row). `ignore_missing` says which rows they leave out: where `"any"` of the columns is missing
    (the default of conditions and sums), where `"all"` are (that of the other two), or `"never"`. Of the table:
    `rows = [1000, 2000]`, `column_count`, `exact = true` (no further columns), `ordered = true`, and `tables`, where
    only one of the tables is meant.

    `schema = "schemas.py:Credit"` adds a pandera schema (a DataFrameModel or DataFrameSchema, for pandas or polars);
    its file is read from the gate file's folder and run. Types, nullability, uniqueness and all checks that pandera
    brings run here, in the same pass over data of any size. Checks that are functions of your own can't:
    `sample = 100000` lets pandera run them on so many random rows in memory, and without it the check says which they
    are and errs.

    The `signature` of an MLflow model under test holds too: its columns are there, and of its types.

    A row without a value breaks `nullable` and no other rule; NaN is no value. Whole numbers in a column of floats
    are of type int. A rule that can't be held against its column (a `min` for text) is a finding, never a pass.

    ## What to do
    Look at the rows that the finding shows. If the data is wrong, mend what writes it; if the rule is too narrow,
    widen it or give it a `mostly`.
    """
    written = Written(
        columns=columns or {},
        rows=rows,
        rows_hold=rows_hold or [],
        unique_together=unique_together or [],
        sums=sums or [],
        allowed_together=allowed_together or [],
        different=different or [],
        column_count=column_count,
        exact=exact,
        ordered=ordered,
    )
    stated = Stated(claims_of(written), frozenset(written.columns))
    user = load_schema(schema, data.folder) if schema is not None else None
    logged = signature_claims(files_of(candidate)) if signature else ()
    if not (stated.claims or user is not None or logged):
        raise NotApplicable("no schema is stated.", hint='State rules under [checks."data.schema".columns.NAME].')
    scans = tuple(scan for scan in data.tables() if scan.name in tables)
    if not scans:
        raise NotApplicable(f"no table of this run is among {', '.join(tables)}.")
    holds = [Held.of(scan, stated, user, logged) for scan in scans]
    _refuse_own(holds, schema, sample)
    yield chain.from_iterable(held.first(sample) for held in holds)
    yield chain.from_iterable(held.then() for held in holds)
    export = data.export / "data.schema" if data.export is not None else None
    found = [finding for held in holds for finding in held.findings(data.columns.sensitive, user, sample, export)]
    return Measurement(
        estimate=Measurement.exact(len(found), n=sum(scan.rows for scan in scans)).estimate,
        findings=tuple(found),
        notes=tuple(note for held in holds for note in held.notes(sample)),
    )


def _refuse_own(holds: Sequence[Held], schema: str | None, sample: int | None) -> None:
    """A check that can't run must not pass for one that did."""
    own = list(dict.fromkeys(str(check) for held in holds for check in held.own))
    if own and sample is None:
        raise CheckError(
            f"{schema} has checks that can't run on a stream of rows: {', '.join(own[:10])}.",
            hint="Set `sample = 100000` to let pandera run them on so many rows in memory.",
        )


def files_of(candidate: object) -> Path | None:
    """The folder of the model under test, where it has one."""
    path = getattr(candidate, "path", None)
    return path if isinstance(path, Path) and path.is_dir() else None
