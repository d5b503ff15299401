"""The second use case: move a registry's alias to a version, if its record allows it and nothing changed since."""

from mlgate.promotion.promoting import promote
from mlgate.promotion.writing_back import write_back

__all__ = ["promote", "write_back"]
