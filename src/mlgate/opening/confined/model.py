"""A model that was opened in a confined process, as the gate sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mlgate.errors import ModelError
from mlgate.opening.confined.bytecode import Compiler
from mlgate.opening.describing import Told
from mlgate.opening.sources import digests_of
from mlgate.sandbox.child import Child, ChildFailed
from mlgate.sandbox.frames import BadFrame, Frame
from mlgate.sandbox.limits import Limits
from mlgate.sandbox.reach import module_path
from mlgate.spec import Feature, FeatureKind, LocatedModel, ModelOpener

if TYPE_CHECKING:
    from mlgate.tabular import Predictions, Table

_LONGEST = 2000
_SERVER = "mlgate.opening.confined.serving:ModelServer"


class ConfinedModel:
    """Opens a model in a process of its own, and asks it there. Every word that comes back is checked.

    Raises `ModelError` where the model can't be opened, or its process ends, hangs or answers with something else.
    """

    def __init__(self, located: LocatedModel, opener: ModelOpener, limits: Limits | None = None) -> None:
        assert located.path is not None
        self._uri = located.uri
        self._modules: set[str] = set()
        self._compiler = Compiler()
        try:
            self._child = Child(_SERVER, [located.path.resolve()], module_path(), limits)
        except ChildFailed as failure:
            raise ModelError(f"The model {self._uri} can't be opened: its process {failure}.") from failure
        self.features = self._opened(_request(located, opener))

    @property
    def printed(self) -> str | None:
        """The end of what the model wrote to its standard output and error."""
        return self._child.printed.strip() or None

    def predict(self, table: Table, *, threads: int | None = None) -> Predictions:
        """Predictions for every row of `table`, as many as the model gave. Raises `ModelError`, or what it raised."""
        from mlgate.opening.confined.answers import from_answer, most_bytes

        frame = self._asked({"threads": threads}, (_stream(table),), most_bytes(table.rows), "when it predicted")
        try:
            return from_answer(frame)
        except BadFrame as bad:
            raise ModelError(f"The model {self._uri} answered with {bad} when it predicted.") from bad

    def disturbs(self, table: Table) -> tuple[str, ...]:
        """The columns of its rows that the model changes in place, as its process saw it. Raises as `predict` does."""
        header = self._asked({"asked": "disturbed"}, (_stream(table),), 0, "when it predicted").header
        changed = header.get("changed")
        if not isinstance(changed, list) or not all(isinstance(each, str) for each in changed):
            raise ModelError(f"The model {self._uri} answered with what are no columns when it predicted.")
        return tuple(changed)

    def sources(self) -> dict[str, str]:
        """Path and SHA-256 of the user's modules that it imported."""
        return digests_of(sorted(self._modules))

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._child.pid

    @property
    def given_up(self) -> bool:
        """Whether its process was ended with the time of a check, and not for what it did."""
        return self._child.given_up

    def close(self) -> None:
        """End its process."""
        self._child.close()
        self._compiler.close()

    def _opened(self, request: Mapping[str, Any]) -> tuple[Feature, ...] | None:
        try:
            return _features(self._asked(request, (), 0, "when it was opened"), self._uri)
        except BaseException:
            self.close()
            raise

    def _asked(self, header: Mapping[str, Any], payload: tuple[memoryview, ...], most: int, when: str) -> Frame:
        try:
            frame = self._child.ask(header, payload, most=most)
        except ChildFailed as failure:
            raise ModelError(f"The model {self._uri} {failure} {when}.") from failure
        _refuse(frame.header, self._uri)
        self._compiler.compile(frame.header.get("uncompiled"))
        modules = frame.header.get("modules", [])
        if isinstance(modules, list):
            self._modules |= self._child.code.intersection(each for each in modules if isinstance(each, str))
        return frame


def _request(located: LocatedModel, opener: ModelOpener) -> dict[str, Any]:
    assert located.path is not None
    made = type(opener)
    return {
        "asked": located.asked,
        "uri": located.uri,
        "path": str(located.path.resolve()),
        "registered": [located.name, located.version, located.alias],
        "opener": f"{made.__module__}:{made.__qualname__}",
    }


def _refuse(header: Mapping[str, Any], uri: str) -> None:
    if "refused" in header:
        hint = header.get("hint")
        raise ModelError(_said(header["refused"]), hint=None if hint is None else _said(hint))
    if "raised" in header:
        raise Told(_said(header["raised"]))


def _said(word: object) -> str:
    """As much of it as a sentence needs, and nothing that no file can hold."""
    return str(word)[:_LONGEST].encode("utf-8", "replace").decode()


def _features(frame: Frame, uri: str) -> tuple[Feature, ...] | None:
    listed = frame.header.get("features")
    if listed is None:
        return None
    try:
        return tuple(
            Feature(str(name), None if kind is None else FeatureKind(kind), bool(required))
            for name, kind, required in listed
        )
    except (TypeError, ValueError):
        raise ModelError(f"The model {uri} answered with what are no features when it was opened.") from None


def _stream(table: Table) -> memoryview:
    """The rows in Arrow's stream format."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    rows = pa.concat_tables(table.batches(None, table.rows)) if table.rows else table.collect().to_arrow()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return memoryview(sink.getvalue())
