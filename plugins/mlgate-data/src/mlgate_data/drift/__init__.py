"""`data.*` checks of drift: how far the rows to judge on have moved from those the model learned from."""
