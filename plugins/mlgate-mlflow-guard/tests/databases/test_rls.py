"""The second line on PostgreSQL: an account beside the guard reads protected aliases and the books, and no more."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("databases")  # PostgreSQL starts once
SCRIPT = Path(__file__).parents[4] / "docs/guard-rls.sql"


def test_an_account_beside_the_guard(
    postgresql: str, keys: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every way around is refused by the database; the rest works."""
    psycopg2 = pytest.importorskip("psycopg2")
    from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

    from mlgate_mlflow_guard.starting import start

    folder = postgresql.partition("host=")[2]
    owner = psycopg2.connect(host=folder, user="guard", dbname="postgres")
    owner.autocommit = True
    with owner.cursor() as cursor:
        cursor.execute("CREATE DATABASE second_line")
        cursor.execute("CREATE ROLE beside LOGIN")
    monkeypatch.setenv("MLGATE_GUARD", str(keys.configuration))
    monkeypatch.chdir(tmp_path)
    store = start(f"postgresql+psycopg2://guard@/second_line?host={folder}")
    store.create_registered_model("free")
    for _ in range(2):
        store.create_model_version("free", str(tmp_path))
    store.set_registered_model_alias("free", "champion", "1")
    owner = psycopg2.connect(host=folder, user="guard", dbname="second_line")
    owner.autocommit = True
    with owner.cursor() as cursor:
        cursor.execute(_filled(account='"beside"', aliases="'{champion}'"))
    account = psycopg2.connect(host=folder, user="beside", dbname="second_line")
    account.autocommit = True
    with account.cursor() as cursor:
        cursor.execute("UPDATE registered_model_aliases SET version = 2 WHERE alias = 'champion'")
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM registered_model_aliases WHERE alias = 'champion'")
        assert cursor.rowcount == 0
        for forbidden in (
            "INSERT INTO registered_model_aliases (name, alias, version) VALUES ('free', 'Champion', 2)",
            "UPDATE registered_models SET name = 'other'",
            "DELETE FROM registered_models",
            "UPDATE model_versions SET storage_location = 'elsewhere'",
            "DELETE FROM mlgate_ledger",
            "INSERT INTO mlgate_nonces VALUES ('x')",
        ):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(forbidden)
    plain = SqlAlchemyStore(f"postgresql+psycopg2://beside@/second_line?host={folder}")
    plain.set_registered_model_alias("free", "challenger", "2")
    assert plain.get_registered_model("free").aliases == {"champion": 1, "challenger": 2}
    for each in (store, plain):
        each.engine.dispose()


def _filled(**given: str) -> str:
    """The script with psql's variables filled in."""
    return re.sub(r""":["'](\w+)["']""", lambda found: given[found[1]], SCRIPT.read_text())
