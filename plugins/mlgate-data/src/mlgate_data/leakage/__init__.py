"""`data.*` checks of leakage: what the training table knows of the test table, and what a model can't know in use."""

POISONED = (
    "performance.*",
    "fairness.*",
    "robustness.corruptions",
    "robustness.missing",
    "robustness.unseen_category",
)
"""What is no evidence once a leak is confirmed: every metric on the test rows. Properties of the model stand."""
