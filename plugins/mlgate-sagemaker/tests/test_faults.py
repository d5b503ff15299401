"""Promoters that die, and AWS that does not answer."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from mlgate import OutcomeUnknown, RegistryError, read_chain
from mlgate.testing.registries import ALIAS, RegistryCase
from mlgate_sagemaker import client
from mlgate_sagemaker.packages import packages
from mlgate_sagemaker.registry import SagemakerRegistry
from mlgate_sagemaker.store import S3Store

URIS = ("sagemaker:loan/1", "sagemaker:loan/2")
PROMOTER = """
import os, signal, sys
from mlgate.testing.registries import RegistryCase
from mlgate_sagemaker.registry import SagemakerRegistry
from mlgate_sagemaker.service import Sagemaker
from mlgate_sagemaker.store import S3Store


def dies(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)


def dies_after(method):
    return lambda *given: (method(*given), dies())


case = RegistryCase(SagemakerRegistry(), "loan", ("sagemaker:loan/1", "sagemaker:loan/2"))
move = case.move(1)
where = {"ledger": (S3Store, "create"), "give": (Sagemaker, "give"), "take": (Sagemaker, "take")}
when, step = sys.argv[1:]
kind, name = where[step]
setattr(kind, name, dies if when == "before" else dies_after(getattr(kind, name)))
case.set(move)
"""


@pytest.fixture
def served(aws: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[RegistryCase]:
    """`loan` in two packages, the first approved, in a server on loopback that outlives its clients."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    client._client.cache_clear()
    aws("loan", b"old", b"new")
    case = RegistryCase(SagemakerRegistry(), "loan", URIS)
    case.set(case.move(0))
    yield case
    server.stop()
    client._client.cache_clear()


@pytest.mark.parametrize(
    ("when", "step", "moved"),
    [
        ("before", "ledger", False),
        ("after", "ledger", True),
        ("before", "give", True),
        ("after", "give", True),
        ("after", "take", True),
    ],
)
def test_a_promoter_that_is_killed(when: str, step: str, moved: bool, served: RegistryCase) -> None:
    """Whatever it left half done, the ledger holds, and following it makes approval agree: nobody else is approved."""
    killed = subprocess.run([sys.executable, "-c", PROMOTER, when, step], check=False, env=dict(os.environ))
    assert killed.returncode == -signal.SIGKILL
    last = served.entries()[-1]
    assert (last.version, last.generation) == (("2", 2) if moved else ("1", 1))
    approved = {each.version.version for each in packages("loan") if each.approved}
    assert approved  # never nobody
    SagemakerRegistry().follow("loan", ALIAS)
    assert [each.version.version for each in packages("loan") if each.approved] == [last.version]
    served.set(served.move(0))
    assert [each.version.version for each in packages("loan") if each.approved] == ["1"]
    assert read_chain(served.registry.history("loan")).broken is None


@contextmanager
def silent() -> Iterator[str]:
    """A server that takes connections and says nothing; its address."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        kept: list[socket.socket] = []

        def accept() -> None:
            try:
                while True:
                    kept.append(server.accept()[0])
            except OSError:
                return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        for each in kept:
            each.close()


@pytest.fixture
def hurried(aws: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As patient as ever, in tenths of a second."""
    monkeypatch.setattr(client, "READ_SECONDS", 0.1)
    monkeypatch.setattr(client, "CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(client, "TRIES", 2)
    client._client.cache_clear()
    yield
    client._client.cache_clear()


def test_aws_that_does_not_answer(hurried: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given up after a bounded number of tries, in a sentence."""
    with silent() as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        client._client.cache_clear()
        started = time.monotonic()
        with pytest.raises(RegistryError, match="AWS can't be reached: Read timeout"):
            SagemakerRegistry().version("sagemaker:loan/1")
        assert time.monotonic() - started < 60


def test_aws_that_falls_silent_after_the_ledger(served: RegistryCase, monkeypatch: pytest.MonkeyPatch) -> None:
    """The outcome is said not to be known, with the command that mends it; and that mends it."""
    for name, value in {"READ_SECONDS": 0.5, "TRIES": 1}.items():
        monkeypatch.setattr(client, name, value)
    client._client.cache_clear()
    create = S3Store.create
    with silent() as address, monkeypatch.context() as patched:

        def fall_silent(self: S3Store, key: str, content: bytes) -> bool:
            done = create(self, key, content)
            patched.setenv("AWS_ENDPOINT_URL_SAGEMAKER", address)
            client._client.cache_clear()
            return done

        patched.setattr(S3Store, "create", fall_silent)
        with pytest.raises(OutcomeUnknown) as caught:
            served.set(served.move(1))
    assert "mlgate audit --fix sagemaker:loan" in str(caught.value.hint)
    client._client.cache_clear()
    SagemakerRegistry().follow("loan", ALIAS)
    assert [each.version.version for each in packages("loan") if each.approved] == ["2"]


def test_an_entry_is_fetched_once(aws: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """A move asks for each object of the ledger at most once, and not at all where it wrote or read it before."""
    aws("loan", b"old", b"new")
    for place in (0, 1, 0):
        case = RegistryCase(SagemakerRegistry(), "loan", URIS)
        case.set(case.move(place))
    asked: list[str] = []
    read = S3Store.read

    def counted(self: S3Store, key: str) -> bytes | None:
        asked.append(key)
        return read(self, key)

    monkeypatch.setattr(S3Store, "read", counted)
    case = RegistryCase(SagemakerRegistry(), "loan", URIS)
    case.set(case.move(1))
    assert sorted(asked) == [f"loan/ledger/{seq:012d}.json" for seq in (1, 2, 3, 4)]
