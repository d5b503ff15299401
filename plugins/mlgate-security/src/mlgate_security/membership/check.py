"""`security.model_leakage`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate import Finding, Location, Measurement, Severity, check

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@check("security.model_leakage", better="lower", default={"no_findings": "medium", "level": "warn"})
def model_leakage(candidate: object, scored_test: ScoredTable, scored_train: ScoredTable) -> Measurement:
    """What the model tells about the rows that it was trained on, and training rows shipped with it.

    The number is the membership advantage of an attack by a threshold on the loss, without shadow models (Yeom and
    others, IEEE CSF 2018, adversary 2): whoever has a row with its label calls it a training row where the model's
    loss on it is small. It is the share of training rows so called less the share of test rows so called: 0 is
    guessing, 1 knows them all. The threshold is learned on one half of the rows and tried on the other, both ways, so
    that the search makes nothing of chance. The interval is that of Agresti and Caffo (2000) with rows as independent.
    Stronger attacks exist: this is a lower bound. If test rows are of another time or place, the model's loss differs
    for that alone, and the number says both.

    The findings are rows of `input_example.json`, `serving_input_example.json` and of the files that MLmodel names
    under `saved_input_example_info` that equal a training row in every column that both have, and no test row. They are
    counted and not shown. Where the gate file names `sensitive` columns or an `entity`, the rows are about somebody:
    such a finding is of medium severity, and warns by default; else it is of low severity.

    No advantage warns by default. A random forest knows its training rows by heart, with an advantage of 0.5 and more,
    and is no worse a model: it is a harm where the rows are secret and strangers may ask. State `at_most = 0.2` then.

    ## What to do
    For the advantage: a simpler or more regularized model, more rows, labels instead of scores for strangers, training
    under differential privacy. For a shipped row: log the model again with made-up rows as `input_example`.
    """
    from mlgate_security.membership.attack import attacked
    from mlgate_security.membership.losses import losses

    called = attacked(losses(scored_train), losses(scored_test))
    root = getattr(candidate, "path", None)
    shipped = list(_shipped(root, scored_train, scored_test)) if isinstance(root, Path) and root.is_dir() else []
    return Measurement(
        called.advantage,
        findings=tuple(finding for finding in shipped if isinstance(finding, Finding)),
        notes=tuple(note for note in shipped if isinstance(note, str)),
        data={"training_rows": called.members / called.of_members, "test_rows": called.others / called.of_others},
    )


def _shipped(root: Path, scored_train: ScoredTable, scored_test: ScoredTable) -> Iterator[Finding | str]:
    """A finding for each example with training rows; a note for one that can't be read as rows."""
    from mlgate_security.membership.examples import example_files, read_example
    from mlgate_security.membership.matching import training_rows

    train, columns = scored_train.table, scored_train.columns
    names = [name for name in train.schema if name not in (columns.label, columns.weight, columns.entity)]
    about_somebody = bool(columns.sensitive or columns.entity)
    for path in example_files(root):
        file = path.relative_to(root).as_posix()
        example = read_example(path, names)
        if example is None:
            yield f"{file} was not compared: it holds no rows of a table."
        elif rows := training_rows(example, train, scored_test.table, [*names, columns.label or ""]):
            yield Finding(
                f"{rows:,} {'row' if rows == 1 else 'rows'} of the training table are shipped as an example.",
                Severity.MEDIUM if about_somebody else Severity.LOW,
                Location(file, 1),
                {"rows": rows},
            )
