"""Serving a model on this machine: MLflow's own scoring server, or the same protocol for a bare file."""
