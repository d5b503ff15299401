"""A guard in MLflow's server: a protected alias moves for a signed authorization alone."""

__version__ = "0.1.0"
