"""What to reach for when a gap is shown: named in every report, and shown at work in docs/fairness.md."""

ADVICE = (
    "To narrow a gap: fairlearn's postprocessing.ThresholdOptimizer sets a threshold per group, its "
    "reductions.ExponentiatedGradient trains under a constraint; docs/fairness.md runs both."
)
