"""A hostile pickle tries every way out: none harms, and each fails inside the process."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import psutil
import pytest

from mlgate.opening.confined.model import ConfinedModel
from mlgate.opening.pickles import PickleOpener
from mlgate.sandbox import landlock, seccomp
from mlgate.sandbox.limits import Limits
from mlgate.tabular import Table

pytestmark = pytest.mark.skipif(
    landlock.abi() < landlock.WHOLE or not seccomp.available(), reason="this kernel lacks Landlock or seccomp"
)
SOURCE = (Path(__file__).parent / "attacks.py").read_text(encoding="utf-8")
HARMLESS = {
    "allowed: own folder": "got 'owned'",
    "allowed: code of the user": "got 'SCALE = 2'",
    "allowed: threads": "got '1'",
    "pretended: mode": "got None",
}
EXPECTED = {
    "tcp": "PermissionError",
    "udp": "PermissionError",
    "dns": "gaierror",
    "unix socket": "PermissionError",
    "pair of sockets": "PermissionError",
    "key": "PermissionError",
    "key by hard link": "OSError",
    "key by symbolic link": "PermissionError",
    "key by root of /proc": "PermissionError",
    "home": "PermissionError",
    "data beside the gate file": "PermissionError",
    "/etc/passwd": "PermissionError",
    "variables of the gate": "PermissionError",
    "memory of the gate": "PermissionError",
    "memory of the gate, by system call": "PermissionError",
    "own variables": "KeyError",
    "new file": "PermissionError",
    "overwriting": "PermissionError",
    "truncating": "PermissionError",
    "deleting": "PermissionError",
    "renaming": "PermissionError",
    "its own files": "PermissionError",
    "the user's code": "PermissionError",
    "kill": "PermissionError",
    "kill the gate": "PermissionError",
    "kill all": "PermissionError",
    "kill, by a descriptor of its own": "PermissionError",
    "kill, by a descriptor and what owns it": "PermissionError",
    "kill, by a socket of its own": "PermissionError",
    "kill, by another signal": "PermissionError",
    "hold up who writes": "PermissionError",
    "fork": "PermissionError",
    "shell": "PermissionError",
    "become a shell": "PermissionError",
    "8 GB": "MemoryError",
    "raise the limit": "ValueError",
    "outlive the gate": "PermissionError",
    "outlive the gate as somebody else": "PermissionError",
    "io_uring": "PermissionError",
    "bpf": "PermissionError",
    "namespace": "PermissionError",
    **HARMLESS,
}


class Scene:
    """Everything that the model aims at, and what it answered to each attack."""

    def __init__(self, folder: Path, pickled: Callable[[str], bytes]) -> None:
        self.folder = folder
        self._pickled = pickled
        self.victim = folder / "outside" / "victim"
        self.victim.parent.mkdir()
        for path, text in ((self.victim, "precious"), (folder / "home.key", "secret"), (folder / "test.csv", "x,y")):
            path.write_text(text)
        (folder / "features.py").write_text("SCALE = 2\n")
        self.mode = self.victim.stat().st_mode
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.unix = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.unix.bind(str(folder / "s"))
        self.process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        self.outcomes = self._attacked()

    def _aims(self) -> Mapping[str, Any]:
        folder = str(self.folder)
        return {
            "tcp": self.tcp.getsockname(),
            "udp": self.udp.getsockname(),
            "unix": f"{folder}/s",
            "key": f"{folder}/home.key",
            "home": str(self.folder.parent),
            "data": f"{folder}/test.csv",
            "parent": os.getpid(),
            "outside": str(self.victim.parent),
            "victim": str(self.victim),
            "model": f"{folder}/model.pkl",
            "code": f"{folder}/features.py",
            "process": self.process.pid,
        }

    def _attacked(self) -> Mapping[str, str]:
        opener, table = PickleOpener(), Table.of(pl.DataFrame({"attack": list(EXPECTED)}))
        aimed = f"{SOURCE}\nimport json\nAIMS.update(json.loads({json.dumps(self._aims())!r}))\n"
        (self.folder / "model.pkl").write_bytes(self._pickled(aimed))
        located = opener.locate(str(self.folder / "model.pkl"))
        model = ConfinedModel(located, opener, Limits(memory=4 << 30))
        try:
            return dict(zip(EXPECTED, model.predict(table).values, strict=True))
        finally:
            model.close()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for each in (self.tcp, self.udp, self.unix):
            each.close()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, pickled: Callable[[str], bytes]) -> Iterator[Scene]:
    """One model makes all attacks: a process costs a second to start."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("scene")
        patch.chdir(folder)
        patch.setenv("MLGATE_SIGNING_KEY", "secret")
        made = Scene(folder, pickled)
        yield made
        made.close()


@pytest.mark.parametrize(("attack", "outcome"), EXPECTED.items(), ids=EXPECTED)
def test_each_attack_fails_where_it_is_tried(scene: Scene, attack: str, outcome: str) -> None:
    """By the error that the kernel gives; what a model needs is still allowed."""
    assert scene.outcomes[attack] == outcome


def test_nothing_was_sent(scene: Scene) -> None:
    """Neither a connection nor a datagram arrived."""
    for each in (scene.tcp, scene.udp, scene.unix):
        each.setblocking(False)
    with pytest.raises(BlockingIOError):
        scene.tcp.accept()
    with pytest.raises(BlockingIOError):
        scene.udp.recv(64)
    with pytest.raises(BlockingIOError):
        scene.unix.recv(64)


def test_nothing_was_changed(scene: Scene) -> None:
    """The victim has its text and its mode; no file is new; the user's code and the model are as they were."""
    assert scene.victim.read_text() == "precious"
    assert scene.victim.stat().st_mode == scene.mode
    assert [path.name for path in scene.victim.parent.iterdir()] == ["victim"]
    assert (scene.folder / "features.py").read_text() == "SCALE = 2\n"
    assert not (scene.folder / "model.pkl").read_bytes().endswith(b"owned")


def test_nobody_was_killed(scene: Scene) -> None:
    """The other process runs; this one does, too."""
    assert scene.process.poll() is None


def test_no_process_is_left(scene: Scene) -> None:
    """Neither the model's nor one that it started."""
    ours = [each for each in psutil.Process().children(recursive=True) if each.pid != scene.process.pid]
    assert [each for each in ours if "mlgate.sandbox" in " ".join(each.cmdline())] == []
