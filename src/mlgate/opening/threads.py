"""How many threads a model may use while it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def limited_threads(threads: int | None) -> Iterator[None]:
    """At most so many threads in OpenMP and BLAS within the block; any number where it is None.

    threadpoolctl comes with scikit-learn: where it is absent, no library that it could hold back is there.
    """
    if threads is None:
        yield
        return
    try:
        from threadpoolctl import threadpool_limits
    except ModuleNotFoundError:
        yield
        return
    with threadpool_limits(threads):
        yield
