"""The resource that data checks ask for, and the decorator that makes a check of a generator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mlgate import Check, Drafter, Measurement, NotApplicable, Stage, check
from mlgate_data.engine.scan import Scan
from mlgate_data.engine.steps import Ended, Steps, run_together

if TYPE_CHECKING:
    from mlgate.tabular import Columns, Table

RESOURCE = "data"
Walk = Callable[..., Steps]


@dataclass(frozen=True, slots=True)
class Data:
    """The tables of the run with the roles of their columns.

    Paths in options are read from `folder`; failing rows are written into `export`, where somebody asked for them.
    """

    test: Scan | None
    train: Scan | None
    columns: Columns
    folder: Path
    export: Path | None = None
    ended: dict[str, Ended] = field(default_factory=dict)

    def tables(self) -> tuple[Scan, ...]:
        """Every table there is, the training table first. Raises `NotApplicable` where there is none."""
        found = tuple(scan for scan in (self.train, self.test) if scan is not None)
        if not found:
            raise NotApplicable("no table was named.", hint="Name one with --test or --train.")
        return found

    def judged(self) -> Scan:
        """The table that is to be judged: the test table, or the training table where it is the only one."""
        return self.test or self.tables()[0]

    def both(self) -> tuple[Scan, Scan]:
        """The training table and the test table. Raises `NotApplicable` where one is missing."""
        if self.train is None or self.test is None:
            missing = "training" if self.train is None else "test"
            raise NotApplicable(f"there is no {missing} table to compare with.", hint="Name both: --train and --test.")
        return self.train, self.test

    def label(self) -> str:
        """The label's column. Raises `NotApplicable` where none is named, `DataError` where the judged table lacks it:
        a misspelt label must not leave its checks out."""
        label = self.columns.label
        if label is None:
            raise NotApplicable("no label is named.", hint="Name it with --label or `label` under [data].")
        self.judged().table.require(label)
        return label

    def labelled(self) -> tuple[Scan, Scan, str]:
        """The training table, the test table and the label that both have. Raises as `both` and `label` do."""
        train, test = self.both()
        label = self.label()
        if label not in train.schema:
            raise NotApplicable(f"the training table has no column {label!r}, and both tables need the label.")
        return train, test, label


def data_of(
    columns: Columns, test: Table | None, train: Table | None, folder: Path | None = None, export: Path | None = None
) -> Data:
    """The tables of a run, with nothing read yet."""
    return Data(
        test=None if test is None else Scan(test, "test"),
        train=None if train is None else Scan(train, "train"),
        columns=columns,
        folder=folder or Path.cwd(),
        export=export,
    )


def data_check(
    id: str,
    *,
    better: str = "neither",
    unit: str = "1",
    stage: Stage = Stage.INTEGRITY,
    default: Mapping[str, object] | None = None,
    draft: Drafter | None = None,
    voids: tuple[str, ...] = (),
) -> Callable[[Walk], Check]:
    """Make a check of a generator `(data, *, options)`; see `mlgate_data.engine`."""

    def declare(walk: Walk) -> Check:
        declared = check(id, better=better, unit=unit, stage=stage, default=default, voids=voids)(
            cast("Callable[..., Any]", walk)
        )
        return replace(declared, measure=partial(_measure, id, walk), draft=draft)

    return declare


def walk_of(made: Check) -> Walk:
    """The generator that a check was made of."""
    return cast("Walk", cast("partial[Measurement]", made.measure).args[1])


def _measure(id: str, walk: Walk, data: Data, **given: object) -> Measurement:
    """The check's measurement: made together with all others of the run, or now."""
    key = _key(id, given)
    if key not in data.ended:
        data.ended[key] = run_together({id: partial(walk, data, **given)})[id]
    return data.ended[key].value()


def run_planned(data: Data, checks: Mapping[str, Check], planned: Mapping[str, Mapping[str, object]]) -> None:
    """Run every planned check of `checks` now, each table read once for all of them."""
    chosen = {id: dict(options) for id, options in planned.items() if id in checks}
    walks = {id: partial(walk_of(checks[id]), data, **options) for id, options in chosen.items()}
    for id, ended in run_together(walks).items():
        data.ended[_key(id, chosen[id])] = ended


def _key(id: str, given: Mapping[str, object]) -> str:
    return f"{id} {sorted(given.items())!r}"
