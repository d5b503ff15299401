"""What runs in the confined process: opens one model, and predicts with it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.errors import ModelError
from mlgate.opening.confined.bytecode import uncompiled
from mlgate.opening.describing import brief
from mlgate.opening.raising import opened
from mlgate.sandbox.frames import Frame
from mlgate.sandbox.worker import Answer
from mlgate.spec import LocatedModel, Model, ModelOpener

if TYPE_CHECKING:
    from mlgate.tabular import Table


class ModelServer:
    """Answers `open` with the model's features, then rows with its predictions or with the columns that it changed.

    A refusal is answered with its sentence.
    """

    def __init__(self) -> None:
        self._model: Model | None = None
        self._named = False

    def __call__(self, request: Frame) -> Answer:
        try:
            if self._model is None:
                return self._open(request.header), ()
            if request.header.get("asked") == "disturbed":
                return _disturbed(self._model, request.payload), ()
            header, parts = _predicted(self._model, request)
            return {**header, **self._uncompiled()}, parts
        except ModelError as refusal:
            return {"refused": refusal.message, "hint": refusal.hint}, ()
        except (Exception, SystemExit) as error:
            return {"raised": brief(error)}, ()

    def _open(self, header: Mapping[str, Any]) -> Mapping[str, Any]:
        located = LocatedModel(header["asked"], header["uri"], Path(header["path"]), *header["registered"])
        self._model = opened(located, _opener(header["opener"]))
        return {"features": _listed(self._model), **_modules()}

    def _uncompiled(self) -> Mapping[str, Any]:
        """Once, beside the first predictions: by then all is imported."""
        named, self._named = self._named, True
        return {} if named else {"uncompiled": uncompiled()}


def _predicted(model: Model, request: Frame) -> Answer:
    from mlgate.opening.confined.answers import to_answer
    from mlgate.opening.threads import running

    table = _table(request.payload)
    with running(model, table.rows, request.header.get("threads")):
        header, parts = to_answer(model.predict(table))
    return {**header, **_modules()}, parts


def _disturbed(model: Model, payload: bytes | bytearray) -> Mapping[str, Any]:
    from mlgate.opening.disturbing import changed_by

    return {"changed": changed_by(model, _table(payload))}


def _opener(name: str) -> ModelOpener:
    """An opener of its own, by `module:class`; openers are made without arguments."""
    module, _, attribute = name.partition(":")
    opener: ModelOpener = getattr(import_module(module), attribute)()
    return opener


def _listed(model: Model) -> list[tuple[str, str | None, bool]] | None:
    features = model.features
    return None if features is None else [(each.name, each.kind, each.required) for each in features]


def _modules() -> Mapping[str, Any]:
    """The user's modules that took part, on which kept predictions depend."""
    from mlgate.opening.sources import local_modules

    return {"modules": local_modules()}


def _table(payload: bytes | bytearray) -> Table:
    import pyarrow as pa

    from mlgate.tabular import Table

    with pa.ipc.open_stream(pa.py_buffer(payload)) as reader:
        return Table.of(reader.read_all(), may_be_empty=True)
