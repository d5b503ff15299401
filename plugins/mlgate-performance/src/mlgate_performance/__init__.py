"""Performance checks for mlgate: metrics, champion comparison, calibration, slices."""
