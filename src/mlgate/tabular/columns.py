"""What the columns of a table mean, as the gate file says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Task(StrEnum):
    """What the model is asked for."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


class Forgiven(StrEnum):
    """What a side file may lack: rows that are concerned are then in the group `null`, and seen there."""

    UNMATCHED = "unmatched"
    """Entities of the table that the side file does not name."""
    DUPLICATES = "duplicates"
    """Entities that it names more than once."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns with a role.

    `positive` is the label's value that counts as positive; rows of one `entity` are kept together by every interval;
    `slices` are the declared slices, each of one column or of several that are crossed; `sensitive_bins` puts numeric
    sensitive columns into bands: so many of equal size, or those between the numbers named. `forgiven` is what may be
    wrong with a side file of sensitive columns. `stated` is where the gate file names a column for a role.
    """

    label: str | None = None
    positive: str | int | float | bool | None = None
    entity: str | None = None
    time: str | None = None
    weight: str | None = None
    sensitive: tuple[str, ...] = ()
    slices: tuple[tuple[str, ...], ...] = ()
    sensitive_bins: Mapping[str, int | tuple[float, ...]] = field(default_factory=dict)
    forgiven: tuple[Forgiven, ...] = ()
    stated: Mapping[tuple[str, str], str] = field(default_factory=dict, compare=False)

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that has a role, each once, in the order of the roles."""
        single = (self.label, self.entity, self.time, self.weight)
        crossed = (column for spec in self.slices for column in spec)
        return tuple(dict.fromkeys(column for column in (*single, *self.sensitive, *crossed) if column is not None))

    @property
    def roles(self) -> tuple[tuple[str, str], ...]:
        """Every role beside the label with a column that has it, as ("slices", "region"); each pair once."""
        single = {"entity": self.entity, "time": self.time, "weight": self.weight}
        alone = [(role, column) for role, column in single.items() if column is not None]
        crossed = [("slices", column) for spec in self.slices for column in spec]
        return tuple(dict.fromkeys([*alone, *(("sensitive", column) for column in self.sensitive), *crossed]))
