"""MLmodel files: what they may say before anything is opened."""

from mlgate.opening.mlmodel.checking import Objection, objections

__all__ = ["Objection", "objections"]
