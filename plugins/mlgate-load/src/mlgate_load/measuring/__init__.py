"""From samples to numbers with intervals."""
