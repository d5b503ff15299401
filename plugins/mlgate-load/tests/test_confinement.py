"""A hostile model that is served: it answers, and gets at nothing else; what a gate demands of a sandbox is kept."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import joblib
import pytest

from mlgate.sandbox import landlock, seccomp
from mlgate_load.options import TargetOptions
from mlgate_load.probing import post

from .conftest import Candidate, bench_of, frame  # type: ignore[import-not-found]  # pytest makes the package

confining = pytest.mark.skipif(
    landlock.abi() < landlock.WHOLE or not seccomp.available(), reason="this kernel lacks Landlock or seccomp"
)

HOSTILE = """
import os, socket, subprocess


def connect(): return socket.create_connection(("127.0.0.1", PORT), 1)
def listen(): return socket.socket().bind(("127.0.0.1", 0))
def shell(): return subprocess.run(["/bin/true"])
def fork(): return os.fork()
def secret(): return open(SECRET).read()
def parent(): return os.kill(os.getppid(), 9)
def token(): return os.environ["AWS_SECRET_ACCESS_KEY"]


class Hostile:
    def predict(self, rows):
        return [tried(attack) for attack in (connect, listen, shell, fork, secret, parent, token)]


def tried(attack):
    try:
        return f"{attack.__name__}: {attack()}"
    except BaseException as error:
        return f"{attack.__name__}: {type(error).__name__}"
"""


@confining
def test_a_served_model_reaches_nothing_but_its_callers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection, no port, no process, no file, no signal, no variable: each attack says what stopped it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "k")
    (tmp_path / "secret.txt").write_text("private")
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        aims = f"PORT, SECRET = {stranger.getsockname()[1]}, {str(tmp_path / 'secret.txt')!r}\n"
        (tmp_path / "hostile_model.py").write_text(aims + HOSTILE)
        import hostile_model  # type: ignore[import-not-found]  # written above

        joblib.dump(hostile_model.Hostile(), tmp_path / "model.joblib")
        asked = TargetOptions(start_timeout="180s", timeout="20s")
        with bench_of(Candidate(tmp_path / "model.joblib")) as bench, bench.endpoint(asked) as endpoint:
            reply = post(endpoint.target, bench.bodies(asked)[0], 20.0)
    assert json.loads(reply.body)["predictions"] == [
        "connect: PermissionError",
        "listen: PermissionError",
        "shell: PermissionError",
        "fork: PermissionError",
        "secret: PermissionError",
        "parent: PermissionError",
        "token: KeyError",
    ]


GATE = """version = 1
[policy]
sandbox = "full"
[candidate]
model = "estimator_of_mine:make"
[data]
test = "test.parquet"
label = "y"
[checks."load.cold_start"]
at_most = "60s"
"""


def test_a_gate_that_demands_a_full_sandbox_serves_nothing_without(tmp_path: Path) -> None:
    """A Python factory has none: refused with a sentence, and nothing was run."""
    frame().write_parquet(tmp_path / "test.parquet")
    (tmp_path / "estimator_of_mine.py").write_text("raise SystemExit('run')\n")
    (tmp_path / "mlgate.toml").write_text(GATE)
    command = [sys.executable, "-m", "mlgate", "run", "--checks", "load.cold_start"]
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert told.returncode != 0
    assert 'The gate file demands sandbox = "full"' in told.stdout
