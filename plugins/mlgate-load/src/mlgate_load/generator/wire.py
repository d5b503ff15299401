"""One HTTP connection: requests that were put together beforehand, answers parsed in C, nothing retried or followed."""

from __future__ import annotations

import select
import socket
import ssl
import time

from geventhttpclient._parser import HTTPParseError, HTTPResponseParser

from mlgate_load.plan import Target

_BLOCK = 65_536
_INTERIM = 200  # statuses below are followed by another answer


class Cut(Exception):
    """The connection ended before the answer did, or what came is no HTTP."""


class Refused(Exception):
    """No connection could be made; the text says why."""


class _Answer(HTTPResponseParser):
    """Keeps the body alone: a load test has no use for headers, and they cost most of the parsing."""

    def __init__(self) -> None:
        super().__init__()
        self.body = bytearray()
        self.complete = False

    def _on_status(self, msg: str) -> None: ...

    def _on_message_begin(self) -> None:
        self.body.clear()
        self.complete = False

    def _on_header_field(self, string: str) -> None: ...

    def _on_header_value(self, string: str) -> None: ...

    def _on_headers_complete(self) -> bool:
        return False

    def _on_body(self, buf: bytearray) -> None:
        self.body += buf

    def _on_message_complete(self) -> None:
        self.complete = True


class Connection:
    """A kept connection to one target, made at the first request and again when the server has closed it."""

    def __init__(self, target: Target, timeout: float) -> None:
        self._target = target
        self._timeout = timeout
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body. Raises `Refused`, `Cut` or `TimeoutError`."""
        deadline = time.monotonic() + self._timeout
        try:
            opened = self._opened()
            opened.settimeout(self._timeout)
            opened.sendall(request)
            return self._answer(opened, deadline)
        except TimeoutError:
            self.close()
            raise
        except (OSError, HTTPParseError) as error:
            self.close()
            raise Cut(_words(error)) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _answer(self, opened: socket.socket, deadline: float) -> tuple[int, bytes]:
        answer = _Answer()
        while not answer.complete or answer.get_code() < _INTERIM:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            opened.settimeout(left)
            part = opened.recv(_BLOCK)
            if not part:
                raise ConnectionResetError("the connection was closed before the answer was whole")
            answer.feed(part)
        if not answer.should_keep_alive():
            self.close()
        return answer.get_code(), bytes(answer.body)

    def _opened(self) -> socket.socket:
        if self._socket is not None and not _closed_by_peer(self._socket):
            return self._socket
        self.close()
        try:
            made = socket.create_connection((self._target.host, self._target.port), self._timeout)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._target.scheme == "https":
                made = ssl.create_default_context().wrap_socket(made, server_hostname=self._target.host)
        except TimeoutError:
            raise
        except OSError as error:
            raise Refused(_words(error)) from error
        self._socket = made
        return made


def _closed_by_peer(kept: socket.socket) -> bool:
    """Whether an idle connection has something to read, which can only be its end."""
    try:
        return bool(select.select([kept], [], [], 0)[0])
    except (OSError, ValueError):
        return True


def _words(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()


def request_of(target: Target, headers: dict[str, str], body: bytes, content_type: str) -> bytes:
    """The bytes of one POST."""
    host = target.origin.partition("://")[2]
    lines = [f"POST {target.path} HTTP/1.1", f"Host: {host}", f"Content-Type: {content_type}"]
    lines += [f"Content-Length: {len(body)}", "Accept: application/json", "User-Agent: mlgate-load"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
