"""Fairness checks for mlgate: groups of people compared, with intervals that hold for the worst of many."""
