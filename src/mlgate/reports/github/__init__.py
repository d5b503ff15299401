"""What GitHub Actions shows of a run: the step summary, annotations on lines, and outputs for the next step."""
