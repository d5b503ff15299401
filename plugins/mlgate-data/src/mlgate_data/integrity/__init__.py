"""`data.*` checks of integrity: what is broken in the rows themselves, judged against the training table's own ways."""
