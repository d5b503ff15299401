"""A confined process that listens: it accepts on the socket it was given, and gets no other connection."""

from __future__ import annotations

import json
import socket
import subprocess
import sys

import pytest

from mlgate.sandbox import seccomp

pytestmark = pytest.mark.skipif(not seccomp.available(), reason="this kernel lacks seccomp")
SOURCE = """
import json, socket, sys
from mlgate.sandbox import seccomp

given, aim = socket.socket(fileno=int(sys.argv[1])), ("127.0.0.1", int(sys.argv[2]))
seccomp.restrict(listening=True)
given.listen()
print("listening", flush=True)
caller, _ = given.accept()
caller.sendall(caller.recv(5))


def tried(attack):
    try:
        return attack()
    except OSError as error:
        return type(error).__name__


told = [tried(lambda: socket.socket()), tried(lambda: given.bind(aim)), tried(lambda: caller.connect(aim))]
given.shutdown(socket.SHUT_RDWR)  # it is no listener any more, and could call
told += [
    tried(lambda: given.connect(aim)),
    tried(lambda: given.sendto(b"stolen", socket.MSG_FASTOPEN, aim)),
    tried(lambda: given.sendmsg([b"stolen"], [], socket.MSG_FASTOPEN, aim)),
]
print(json.dumps(told))
"""


def test_a_listener_answers_and_calls_nobody() -> None:
    """Not even a socket that listened before, with the flag that connects as it sends (MSG_FASTOPEN)."""
    with socket.create_server(("127.0.0.1", 0)) as aim, socket.socket() as given:
        given.bind(("127.0.0.1", 0))
        command = [sys.executable, "-c", SOURCE, str(given.fileno()), str(aim.getsockname()[1])]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, pass_fds=(given.fileno(),)) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "listening\n"
            with socket.create_connection(given.getsockname(), 10) as caller:
                caller.sendall(b"hello")
                assert caller.recv(5) == b"hello"
                assert json.loads(process.stdout.readline()) == ["PermissionError"] * 6
        aim.settimeout(0.2)
        with pytest.raises(TimeoutError):
            aim.accept()
