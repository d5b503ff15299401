"""The environment that a model was logged with: what it pins, and what it leaves open."""

from mlgate_security.environment.pins import Environment, Loose, Pin
from mlgate_security.environment.reading import environment_of

__all__ = ["Environment", "Loose", "Pin", "environment_of"]
