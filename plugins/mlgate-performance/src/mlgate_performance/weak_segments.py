"""Segments nobody named: searched for on one half of the rows, tested on the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mlgate import Estimate, Json, JudgedBy, Measurement, Severity, Stage, check
from mlgate_performance.primary import label_spread, scaled
from mlgate_performance.segment_options import SegmentOptions

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable
    from mlgate_performance.segments import Study, Tested

_WARNING = {"severity": "medium", "level": "warn"}


@check(
    "performance.weak_segments",
    better="lower",
    stage=Stage.DISCOVERED,
    default={"at_most": 0.15, "no_findings": _WARNING},
)
def weak_segments(scored_test: ScoredTable, *, asked: SegmentOptions) -> Measurement:
    """Where the model is worse than elsewhere: segments found by a search on half of the rows, tested on the other.

    A mean hides where a model fails. This check looks for the places without being told any: every condition on one
    column and on two at once, such as `age < 25 and region = north`. Numbers and times are cut into ten levels of
    about equally many rows (a hundred for a condition that stands alone) and tried in every range; texts are tried by
    value, the 20 most frequent and all others together; missing is a value of its own.

    Of thousands of segments the worst one looks bad by luck alone. So the rows are halved (rows of one `entity` stay
    together; the halves are the same in every run). On one half the search picks up to ten segments that stand out. On
    the other, which it has not seen, they are measured, and all of them share one error budget (Holm 1979). Once a
    segment is found its rows are left out, so that the next one is no echo of it in other words; and a second
    condition is dropped where the rows that it takes away are not clearly better.

    Each row costs 1 for a wrong decision at `threshold`, and in a regression the absolute error in standard deviations
    of the label. `metric` chooses another cost: accuracy, log_loss, brier, mae, or rmse (squared errors, in variances
    of the label). The number of a segment is its mean cost less that of all other rows: above 0 is worse, 0.15 is an
    accuracy 15 points lower. Some rows are merely hard, for any model. So a segment must also be worse by that much
    than can be expected there: than the champion is on the same rows; without a champion, than rows to which this model
    gives like answers (a score, or a predicted number, of the same twentieth). The lesser of the two is the number.

    By default a segment shown to be worse by more than 0.15 blocks, and one shown to be worse by more than 0.05 is a
    finding of medium severity, which warns. Without a champion, segments that are worse by more than 0.05 but not
    beyond what such answers let expect are findings of low severity: hard, and no reason to block. Nothing found is the
    number 0, which passes.

    The search is exact: the score of every segment that is large enough is computed, or bounded as SliceLine does
    (Sagadeeva & Boehm, SliceLine: fast, linear-algebra-based slice finding, SIGMOD 2021).

    ## What to do
    Look at rows of the segment: is a feature missing or stale there, is the label of another quality, were there few
    such rows in training? To follow a segment from now on, make it a column and declare it under `slices`. A finding
    of low severity says where decisions are least certain; only better features help there.
    """
    from mlgate_performance.segments import TOLERANCE, Held, Tested, shown, study

    found = study(scored_test, asked)
    if not found.segments:
        return _nothing(found)
    held = Held.of(found)
    plain, beyond = held.gaps(found.loss), held.gaps(found.loss - found.expected)
    surest = [min(pair, key=lambda each: each.interval(0.95).low) for pair in zip(plain, beyond, strict=True)]
    weak, worse = shown(surest, TOLERANCE), shown(plain, TOLERANCE)
    alone = not scored_test.has_champion
    tested = [
        Tested(segment, number, inside, beside, gap, *_standing(is_weak, is_worse and alone))
        for segment, number, (inside, beside), gap, is_weak, is_worse in zip(
            found.segments, surest, held.values(asked.threshold), plain, weak, worse, strict=True
        )
    ]
    return _measured(found, tested, "elsewhere")


@check("performance.weak_segments_vs_champion", better="lower", stage=Stage.DISCOVERED, default={"at_most": 0.05})
def weak_segments_vs_champion(scored_test: ScoredTable, *, asked: SegmentOptions) -> Measurement:
    """Where the candidate got worse than the champion: segments found on half of the rows, tested on the other.

    A candidate may be better in the mean and worse for some rows. As `performance.weak_segments` this searches every
    condition on one column and on two at once on one half of the rows, by how much more a row costs under the candidate
    than under the champion. Up to ten segments that stand out are measured on the other half: the paired difference of
    the metric on the segment's rows, above 0 where the candidate is worse. Rows that are hard for both models cancel.

    The metric is accuracy, mae in a regression; `metric` chooses another of accuracy, log_loss, brier, mae and rmse.
    Errors in the label's unit are divided by the label's standard deviation. By default a segment shown to be worse by
    more than 0.05 blocks; all segments share one error budget (Holm 1979). Nothing found is the number 0, which passes.

    ## What to do
    Look at rows of the segment that were right and are wrong now, and at what changed for them between the two
    trainings: rows that were dropped, a category that was merged, a feature that is missing there.
    """
    from mlgate_performance.segments import TOLERANCE, Held, Tested, chosen, shown, study

    about = chosen(scored_test, asked.metric)
    scored_test.compare(about.name, threshold=asked.threshold)  # says so where there is no champion
    found = study(scored_test, asked)
    if not found.segments:
        return _nothing(found)
    held = Held.of(found)
    share = 1 / label_spread(scored_test, about)
    behind = [scaled(each, share) for each in held.comparisons(asked.threshold)]
    tested = [
        Tested(segment, number, value, rival, number, Severity.MEDIUM if is_worse else None)
        for segment, number, (value, _), rival, is_worse in zip(
            found.segments,
            behind,
            held.values(asked.threshold),
            held.champion_values(asked.threshold),
            shown(behind, TOLERANCE),
            strict=True,
        )
    ]
    return _measured(found, tested, "the champion's")


def _standing(is_weak: bool, is_hard: bool) -> tuple[Severity | None, str]:
    if is_weak:
        return Severity.MEDIUM, ""
    return (Severity.LOW, ", not shown to be more than such answers let expect") if is_hard else (None, "")


def _nothing(found: Study) -> Measurement:
    """A number all the same: no segment is worse."""
    data: dict[str, Json] = {"metric": found.metric.name, "segments": []}
    return Measurement(Estimate(0.0, len(found.held)), notes=("No weak segment found.", *found.notes), data=data)


def _measured(found: Study, tested: Sequence[Tested], rival: str) -> Measurement:
    """All segments that were tested are slices, the shown ones findings too."""
    worst = max(tested, key=lambda each: each.number.value)
    told = sorted((each for each in tested if each.severity), key=lambda each: each.worse.value, reverse=True)
    unit = " of the label's spread" if found.metric.unit == "label" else ""
    head = (
        ()
        if told
        else ("No weak segment found: on the other half none of them is shown to be worse by more than 0.05.",)
    )
    return Measurement(
        worst.number,
        slices=tuple(each.slice() for each in tested),
        findings=tuple(each.finding(found.metric.name, rival, unit) for each in told),
        judged_by=JudgedBy.SLICES,
        notes=(*head, *found.notes),
        data={"metric": found.metric.name, "segments": [each.data() for each in tested]},
    )
