"""`security.model_leakage`: what a model tells about the rows that it was trained on."""
