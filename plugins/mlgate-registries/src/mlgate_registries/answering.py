"""What a service's library raises, as sentences; by the names of the errors, since no library is a dependency."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mlgate import MlgateError, RegistryError

_MOST_CHARACTERS = 300


@contextmanager
def answering(what: str) -> Iterator[None]:
    """Whatever the service or the way to it refuses is a `RegistryError` that says `what` was wanted."""
    try:
        yield
    except MlgateError:
        raise
    except Exception as error:  # each library has errors of its own, and lets through those of what it stands on
        said = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
        raise RegistryError(
            f"{what}: {type(error).__name__}{f': {said}' if said else ''}"[:_MOST_CHARACTERS].rstrip(".") + ".",
            hint="Look at the client's credentials, its region or workspace, and at the rights of whoever asks.",
        ) from error


def is_called(error: Exception, *names: str) -> bool:
    """Whether the error is of a class of one of these names, or carries one as its code."""
    classes = {each.__name__ for each in type(error).__mro__}
    return bool({*classes, str(getattr(error, "error_code", ""))} & set(names))
