"""Transactions: a lock on the model's row first, and MLflow's own methods inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import sessionmaker

from mlgate import OutcomeUnknown

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine
    from sqlalchemy.orm import Session

_JOINED: ContextVar[Session | None] = ContextVar("mlgate_guard_session", default=None)
_WAIT_MS = 20_000
_SQLITE = "sqlite"


class Sessions:
    """Sessions of the guard. The name of a dialect decides how a row is locked."""

    def __init__(self, engine: Engine) -> None:
        self._make = sessionmaker(bind=engine)
        self._dialect = engine.dialect.name

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A transaction: all of it or nothing. Raises `OutcomeUnknown` where the database goes while it commits."""
        with self._make() as session:
            if self._dialect == _SQLITE:
                session.execute(text("PRAGMA foreign_keys = ON"))
                session.execute(text(f"PRAGMA busy_timeout = {_WAIT_MS}"))
            else:
                session.execute(text(f"SET LOCAL lock_timeout = {_WAIT_MS}"))
            yield session
            try:
                session.commit()
            except DBAPIError as error:
                if error.connection_invalidated:  # it may have been done before the line was cut
                    raise OutcomeUnknown("The database was lost while it committed.") from error
                raise

    @contextmanager
    def locked(self, workspace: str, name: str | None = None) -> Iterator[Session]:
        """A transaction that has the model's row alone, or the workspace's; what MLflow does inside is part of it."""
        with self.begin() as session:
            self._lock(session, workspace, name)
            token = _JOINED.set(session)
            try:
                yield session
            finally:
                _JOINED.reset(token)

    def _lock(self, session: Session, workspace: str, name: str | None) -> None:
        from mlflow.store.model_registry.dbmodels.models import SqlRegisteredModel as Row

        here = [Row.workspace == workspace, *([Row.name == name] if name is not None else [])]
        if self._dialect == _SQLITE:  # the first statement has to write: one that reads takes no lock
            session.execute(
                update(Row).where(*here).values(name=Row.name), execution_options={"synchronize_session": False}
            )
        else:
            session.execute(select(Row.name).where(*here).with_for_update())


def joining(own: Callable[..., AbstractContextManager[Any]]) -> Callable[..., AbstractContextManager[Any]]:
    """MLflow's maker of sessions; inside a transaction of ours it hands out that one, which we commit."""

    @contextmanager
    def make(read_only: bool = True) -> Iterator[Any]:
        session = _JOINED.get()
        if session is None:
            with own(read_only=read_only) as alone:
                yield alone
        else:
            yield session
            session.flush()

    return make
