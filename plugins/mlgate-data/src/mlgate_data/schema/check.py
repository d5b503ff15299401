"""`data.schema`."""

from __future__ import annotations

from itertools import chain

from mlgate import Measurement, NotApplicable
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.steps import Steps, of
from mlgate_data.schema.compiling import Written, claims_of
from mlgate_data.schema.judging import findings_of, needed, needed_then
from mlgate_data.schema.written import Columns, Conditions, Keys, Rows, Sums


@data_check("data.schema", better="lower", default={"no_findings": True})
def schema(
    data: Data,
    *,
    columns: Columns | None = None,
    rows: Rows | None = None,
    rows_hold: Conditions | None = None,
    unique_together: Keys | None = None,
    sums: Sums | None = None,
    exact: bool = False,
    ordered: bool = False,
    tables: tuple[str, ...] = ("train", "test"),
) -> Steps:
    """Rules that the columns must keep, in every table of the run.

    The number is how many rules are broken; each is a finding that names table, column and rule, how many rows break
    it, and the first twenty of them (values of `sensitive` columns are masked).

    Rules of a column stand under `[checks."data.schema".columns.NAME]`:

    - `type`: int, float, number, text, bool, date, datetime, time, or an exact width as int32
    - `required = false`: the column may be absent; `nullable = false`: every row has a value; `empty = true`: none has
    - `min`, `max`, `above`, `below`: numbers, dates, text; `allowed`, `forbidden`: lists of values
    - `regex`, `not_regex`: a pattern that is found somewhere in the text (or several: all must be found; with
      `{ any_of = [...] }` one of them); `min_length`, `max_length`; `date_format = "%Y-%m-%d"`
    - `unique = true`; `order`: increasing, decreasing, strictly increasing, strictly decreasing
    - `mean`, `std`, `sum`, `median`, `least`, `greatest`, `distinct`, `distinct_share`: a band, as `[10, 20]` or
      `{ min = 10 }`; `quantiles = { "0.9" = [10, 20] }`; `contains`: values that must occur
    - `mostly = 0.99`: the share of rows that must keep the rule; `where = "country = 'DE'"`: the rows that are looked
      at (SQL). Both hold for all rules of the column; `max = { value = 120, mostly = 0.99 }` sets them for one.

    Rules across columns: `rows_hold = ["opened <= closed"]` (SQL conditions; `{ sql = "...", mostly = 0.99 }`),
    `unique_together = [["customer", "day"]]`, `sums = [{ columns = ["a", "b"], equals = "total" }]`. Of the table:
    `rows = [1000, 2000]`, `exact = true` (no further columns), `ordered = true`, and `tables`, where only one of the
    tables is meant.

    A row without a value breaks `nullable` and no other rule; NaN is no value. Whole numbers in a column of floats
    are of type int. A rule that can't be held against its column (a `min` for text) is a finding, never a pass.

    ## What to do
    Look at the rows that the finding shows. If the data is wrong, mend what writes it; if the rule is too narrow,
    widen it or give it a `mostly`.
    """
    written = Written(columns or {}, rows, rows_hold or [], unique_together or [], sums or [], exact, ordered)
    claims = claims_of(written)
    if not claims:
        raise NotApplicable("no schema is stated.", hint='State rules under [checks."data.schema".columns.NAME].')
    scans = tuple(scan for scan in data.tables() if scan.name in tables)
    if not scans:
        raise NotApplicable(f"no table of this run is among {', '.join(tables)}.")
    yield chain.from_iterable(of(scan, needed(claims, scan)) for scan in scans)
    yield chain.from_iterable(of(scan, needed_then(claims, scan)) for scan in scans)
    found = [each for scan in scans for each in findings_of(claims, scan, written.columns, data.columns.sensitive)]
    return Measurement(
        estimate=Measurement.exact(len(found), n=sum(scan.rows for scan in scans)).estimate,
        findings=tuple(found),
        notes=(f"{len(claims)} rules on {' and '.join(scan.name for scan in scans)}.",),
    )
