"""Data checks for mlgate: schema, integrity, drift and leakage, in one pass over each table."""
