"""How many threads and jobs a model may use while it answers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Final, Protocol, runtime_checkable

FEW_ROWS: Final = 2_048


@runtime_checkable
class RunsJobs(Protocol):
    """A model that can be told how many jobs it runs at once."""

    def with_jobs(self, jobs: int) -> AbstractContextManager[None]:
        """So many jobs within the block, and as many as before after it."""
        ...


@contextmanager
def running(model: object, rows: int, threads: int | None) -> Iterator[None]:
    """Let `model` answer so many rows with `threads` threads and jobs within the block.

    Where no number is asked for, few rows get one thread: several would wait for each other longer than they work.
    """
    limit = 1 if threads is None and rows <= FEW_ROWS else threads
    with ExitStack() as stack:
        if limit is not None:
            _limit(limit, stack)
        if threads is not None and isinstance(model, RunsJobs):
            stack.enter_context(model.with_jobs(threads))
        yield


def _limit(threads: int, stack: ExitStack) -> None:
    """At most so many threads in OpenMP and BLAS, and so many jobs of joblib where an estimator names no number.

    Both libraries come with scikit-learn; what else brings OpenMP keeps its own number where threadpoolctl is absent.
    """
    try:
        from threadpoolctl import threadpool_limits
    except ModuleNotFoundError:
        return
    stack.enter_context(threadpool_limits(threads))
    if "joblib" in sys.modules:
        from joblib import parallel_config

        stack.enter_context(parallel_config(backend="threading", n_jobs=threads))


@contextmanager
def jobs_set(estimator: Any, jobs: int) -> Iterator[None]:
    """Every `n_jobs` of a scikit-learn estimator and of the steps within it set to `jobs`, and back again."""
    before = {}
    if hasattr(estimator, "get_params") and hasattr(estimator, "set_params"):
        before = {name: value for name, value in estimator.get_params().items() if name.split("__")[-1] == "n_jobs"}
    if not before:
        yield
        return
    estimator.set_params(**dict.fromkeys(before, jobs))
    try:
        yield
    finally:
        estimator.set_params(**before)
