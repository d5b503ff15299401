"""The tabular checks of deepchecks 0.19, by class name: which suite each is in, and how loud its alarms are by default.

The summaries are ours; deepchecks' own are told by `mlgate explain`, from its environment.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mlgate import Stage

FAMILY = "deepchecks"


class Suite(StrEnum):
    """deepchecks' suites of tests for tables."""

    INTEGRITY = "data_integrity"
    COMPARISON = "train_test_validation"
    MODEL = "model_evaluation"


@dataclass(frozen=True, slots=True)
class Entry:
    """One check. `suite` is None where no suite has it; `level` is what its conditions may do by default.

    Levels follow the trials on clean data in docs/deepchecks.md: what states a fact and never alarmed there blocks,
    what estimates or judges text is shown, and what alarms as a rule is only recorded. `needs_model` marks what
    deepchecks can't do with answers alone; `judged` says whether deepchecks' suites hold it to a condition.
    """

    name: str
    summary: str
    suite: Suite | None = None
    level: str = "observe"
    needs_model: bool = False
    judged: bool = True

    @property
    def id(self) -> str:
        return f"{FAMILY}.{self.name}"

    @property
    def stage(self) -> Stage:
        return Stage.DECLARED if self.suite is Suite.MODEL else Stage.INTEGRITY


_INTEGRITY = (
    Entry("IsSingleValue", "Columns that hold one value alone.", Suite.INTEGRITY, "enforce"),
    Entry("SpecialCharacters", "Cells of text that are nothing but punctuation.", Suite.INTEGRITY, "warn"),
    Entry("MixedNulls", "Columns in which a missing value is written in several ways.", Suite.INTEGRITY, "warn"),
    Entry(
        "MixedDataTypes", "Columns in which a few numbers stand among text, or a few words.", Suite.INTEGRITY, "warn"
    ),
    Entry("StringMismatch", "Words that differ in case or punctuation alone.", Suite.INTEGRITY, "warn"),
    Entry("DataDuplicates", "The share of rows that stand in a table more than once.", Suite.INTEGRITY, "warn"),
    Entry("StringLengthOutOfBounds", "Texts much longer or shorter than the others of their column.", Suite.INTEGRITY),
    Entry("ConflictingLabels", "Equal rows that have different labels.", Suite.INTEGRITY, "warn"),
    Entry("OutlierSampleDetection", "How far rows lie from their nearest neighbours.", Suite.INTEGRITY, judged=False),
    Entry("FeatureLabelCorrelation", "How well one feature alone predicts the label.", Suite.INTEGRITY),
    Entry("FeatureFeatureCorrelation", "Pairs of features that say nearly the same.", Suite.INTEGRITY),
    Entry("IdentifierLabelCorrelation", "How well the identifier or the time predicts the label.", Suite.INTEGRITY),
)
_COMPARISON = (
    Entry(
        "DatasetsSizeComparison",
        "How many rows the test table has beside the training table.",
        Suite.COMPARISON,
        "enforce",
    ),
    Entry("NewLabelTrainTest", "Labels of the test table that the training table lacks.", Suite.COMPARISON, "enforce"),
    Entry(
        "NewCategoryTrainTest", "Categories of the test table that the training table lacks.", Suite.COMPARISON, "warn"
    ),
    Entry("StringMismatchComparison", "Words that the test table spells in another way.", Suite.COMPARISON, "warn"),
    Entry(
        "DateTrainTestLeakageDuplicates",
        "Rows of the test table at a time that training saw.",
        Suite.COMPARISON,
        "enforce",
    ),
    Entry(
        "DateTrainTestLeakageOverlap",
        "Rows of the test table older than the newest of training.",
        Suite.COMPARISON,
        "enforce",
    ),
    Entry("IndexTrainTestLeakage", "Identifiers that stand in both tables.", Suite.COMPARISON, "enforce"),
    Entry(
        "TrainTestSamplesMix",
        "Rows of the test table that stand in the training table, too.",
        Suite.COMPARISON,
        "enforce",
    ),
    Entry(
        "FeatureLabelCorrelationChange", "How much better a feature predicts the label in training.", Suite.COMPARISON
    ),
    Entry("FeatureDrift", "How far each feature's distribution moved from training to test.", Suite.COMPARISON, "warn"),
    Entry("LabelDrift", "How far the label's distribution moved from training to test.", Suite.COMPARISON, "warn"),
    Entry("MultivariateDrift", "How well a classifier tells the two tables apart.", Suite.COMPARISON, "warn"),
)
_MODEL = (
    Entry("TrainTestPerformance", "How much worse the model is on the test table.", Suite.MODEL),
    Entry("RocReport", "The area under the ROC curve of every class.", Suite.MODEL, "warn"),
    Entry("ConfusionMatrixReport", "How often each class is taken for each other.", Suite.MODEL, judged=False),
    Entry("PredictionDrift", "How far the predictions moved from training to test.", Suite.MODEL, "warn"),
    Entry("SimpleModelComparison", "How much better the model is than a trivial one.", Suite.MODEL),
    Entry("WeakSegmentsPerformance", "The segments on which the model does worst, found by a search.", Suite.MODEL),
    Entry("CalibrationScore", "The Brier score of every class.", Suite.MODEL, judged=False),
    Entry("RegressionErrorDistribution", "The shape of a regression's errors, and their mean.", Suite.MODEL),
    Entry("UnusedFeatures", "Features that matter little to the model.", Suite.MODEL, needs_model=True),
    Entry("BoostingOverfit", "Whether a boosted model has more rounds than help it.", Suite.MODEL, needs_model=True),
    Entry("ModelInferenceTime", "How long the model takes for one row.", Suite.MODEL, needs_model=True),
)
_ALONE = (
    Entry("ClassImbalance", "The share of rows that each label has.", level="warn"),
    Entry("ColumnsInfo", "What each column is taken for: a feature, the label, the identifier."),
    Entry("PercentOfNulls", "The share of missing values in each column.", level="warn"),
    Entry("RegressionSystematicError", "The mean error of a regression beside its size.", level="warn"),
    Entry("SegmentPerformance", "A score on the segments that two columns span."),
    Entry("SingleDatasetPerformance", "Scores on each table by itself.", level="warn"),
    Entry("ModelInfo", "The parameters of the model.", needs_model=True),
)
ENTRIES = (*_INTEGRITY, *_COMPARISON, *_MODEL, *_ALONE)
SUMMARIES = {
    Suite.INTEGRITY: "deepchecks' suite of tests on each table by itself.",
    Suite.COMPARISON: "deepchecks' suite of tests that compare the test table with the training table.",
    Suite.MODEL: "deepchecks' suite of tests on the model's answers.",
}
EVERYTHING = "full_suite"
EVERYTHING_SUMMARY = "All of deepchecks' suites for tables: data, training against test, and the model's answers."


def members(suite: Suite | None) -> tuple[str, ...]:
    """The ids of a suite's checks, in deepchecks' order; of all suites for None."""
    return tuple(entry.id for entry in ENTRIES if entry.suite is not None and suite in (None, entry.suite))
