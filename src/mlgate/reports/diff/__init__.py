"""What changed between two records: facts, outcomes, numbers with the interval of their difference, findings."""
