"""The guard's own tables, beside MLflow's in one database: so that one transaction changes both."""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, String, Table, Text, insert, inspect, select
from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine
    from sqlalchemy.orm import Session

_METADATA = MetaData()
_PLACE = (("workspace", 63), ("model", 256))


def _place() -> list[Column[str]]:
    return [Column(name, String(length), primary_key=True) for name, length in _PLACE]


REGISTRY = Table(
    "mlgate_registry",
    _METADATA,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
    Column("id", String(64), nullable=False),
)
GENERATIONS = Table(
    "mlgate_generations",
    _METADATA,
    *_place(),
    Column("alias", String(256), primary_key=True),
    Column("generation", Integer, nullable=False),
)
NONCES = Table("mlgate_nonces", _METADATA, Column("nonce", String(128), primary_key=True))
LEDGER = Table(
    "mlgate_ledger",
    _METADATA,
    *_place(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False, index=True),
    Column("document", Text, nullable=False),
)


def prepare(engine: Engine) -> None:
    """Make the tables that are missing, and name the registry once; several servers may start at a time."""
    try:
        _METADATA.create_all(engine)
    except SQLAlchemyError:
        missing = set(_METADATA.tables) - set(inspect(engine).get_table_names())
        if missing:
            raise
    try:
        with engine.begin() as connection:
            if connection.execute(select(REGISTRY.c.id)).first() is None:
                connection.execute(insert(REGISTRY).values(one=1, id=f"mlflow-{token_hex(8)}"))
    except SQLAlchemyError:  # another server was faster; where it was not, `registry_id` finds no name
        return


def registry_id(session: Session) -> str:
    """The registry's name for itself, the same from every server on this database."""
    return str(session.execute(select(REGISTRY.c.id)).scalar_one())
