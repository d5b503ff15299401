"""The calls of a pickle: an import on the list may still be called in a way that is not harmless."""

from __future__ import annotations

from mlgate.opening.scanning.dtypes import bare_item
from mlgate.opening.scanning.symbols import DTYPE, OPAQUE, Imported, Made, is_array_wrapper, is_guarded

_INDEX = ("_new_Index", "_new_DatetimeIndex", "_new_PeriodIndex")
_BUILTINS = ("builtins", "__builtin__")


def fault_of(callable_: object, arguments: object) -> str | None:
    """What is wrong with a call beyond the name of what is called; None for an ordinary one."""
    if not isinstance(callable_, Imported):
        return "calls what is no import"
    if not isinstance(arguments, tuple):
        return f"calls {callable_.name} with arguments that can't be told without running it"
    if callable_.name == "_reconstructor":
        return _rebuild_fault(arguments)
    if is_guarded(callable_):
        return (
            f"makes {callable_.module}.{callable_.name} with arguments, which no library writes" if arguments else None
        )
    if any(is_guarded(each) for each in arguments):
        return "makes an object by a detour, to hide what follows"
    return _unusual(callable_, arguments)


def _unusual(callable_: Imported, arguments: tuple[object, ...]) -> str | None:
    """Calls that are ordinary in one way only."""
    if callable_.name == "encode" and arguments[1:] != ("latin1",):
        return "encodes a text by another codec than latin1"
    if (
        callable_.name == "ndarray" and len(arguments) > 1
    ):  # with a buffer, numpy takes its bytes for addresses of objects
        return "makes a numpy array over a buffer"
    if callable_.name in _INDEX and not _of_pandas(arguments[:1]):  # these call the class that they are handed
        return "makes a pandas index of a class that is not pandas' own"
    return None


def _of_pandas(arguments: tuple[object, ...]) -> bool:
    return any(isinstance(each, Imported) and each.module.partition(".")[0] == "pandas" for each in arguments)


def _rebuild_fault(arguments: tuple[object, ...]) -> str | None:
    """`copyreg._reconstructor(class, base, state)` calls the base's constructor: only a builtin's is harmless."""
    if len(arguments) != 3 or not isinstance(arguments[1], Imported) or arguments[1].module not in _BUILTINS:
        return "rebuilds an object from a base class of its own choosing"
    bare = arguments[1].name == "object" and arguments[2] is None
    if any(is_guarded(each) for each in arguments) and (is_array_wrapper(arguments[0]) or not bare):
        return "makes an object by a detour, to hide what follows"
    return None


def made_by(callable_: object, arguments: object) -> object:
    """What a call leaves on the stack, as far as the reading of what follows hangs on it."""
    if isinstance(callable_, Imported) and isinstance(arguments, tuple):
        if callable_.name == "dtype" and callable_ == DTYPE:
            return Made(callable_, arguments, item=bare_item(arguments))
        if is_array_wrapper(callable_):
            return Made(callable_, arguments)
    return OPAQUE
