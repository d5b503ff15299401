"""Each database that the guard can stand in front of."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skips on a developer's machine; a CI run on one database alone has not passed."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(params=["sqlite", "postgresql"])
def uri(request: pytest.FixtureRequest, database: Path, tmp_path: Path) -> str:
    """An empty database of MLflow's, of each kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql"))
    shutil.copy(database, tmp_path / "mlflow.db")
    return f"sqlite:///{tmp_path}/mlflow.db"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL of these tests' own; its URI."""
    if _program("initdb") is None or _program("postgres") is None:
        missing("PostgreSQL is not installed: there is no initdb or no postgres on the PATH or where Debian puts it")
    if find_spec("psycopg2") is None:
        missing("psycopg2 is not installed: it comes with mlgate-mlflow-guard[postgresql]")
    with running_postgresql() as uri:
        yield uri


@contextmanager
def running_postgresql() -> Iterator[str]:
    """A database on a socket in a private folder, run by somebody without privileges, stopped by its own handle."""
    folder = Path(
        "/tmp", f"mlgate-pg-{os.getpid()}"
    )  # a socket's path may have 100 characters, and pytest's are longer
    folder.mkdir(mode=0o700)
    who = _unprivileged(folder)
    data, log = str(folder / "data"), (folder / "log").open("wb")
    subprocess.run(
        [_program("initdb") or "initdb", "-D", data, "-U", "guard", "-A", "trust", "--no-sync"],
        check=True,
        capture_output=True,
        cwd="/",
        **who,
    )
    command = [
        _program("postgres") or "postgres",
        "-D",
        data,
        "-k",
        str(folder),
        "-c",
        "listen_addresses=",
        "-c",
        "fsync=off",
    ]
    process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **who)
    try:
        _wait_for(folder)
        yield f"postgresql+psycopg2://guard@/postgres?host={folder}"
    finally:
        process.terminate()
        process.wait(30)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str | None:
    """Debian keeps the servers of each PostgreSQL off the PATH."""
    debian = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")))
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(reversed(debian)))


def _unprivileged(folder: Path) -> dict[str, Any]:
    """PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _wait_for(folder: Path) -> None:
    import psycopg2

    for _ in range(300):
        try:
            psycopg2.connect(host=str(folder), user="guard", dbname="postgres").close()
            return
        except psycopg2.OperationalError:
            time.sleep(0.1)
    pytest.fail((folder / "log").read_text())
