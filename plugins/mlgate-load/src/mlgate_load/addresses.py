"""The address that a load test may have: one that the user named, on this machine unless it is listed."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from mlgate import UsageError
from mlgate_load.plan import Target

_PORTS = {"http": 80, "https": 443}
_PATH = "/invocations"


def target_of(url: str, headers: Mapping[str, str], allow_hosts: Collection[str]) -> Target:
    """The target that `url` names; without a path, MLflow's `/invocations`. Raises `UsageError`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UsageError(f"{url!r} is no address.", hint='As "http://127.0.0.1:5001/invocations".') from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise UsageError(f"{url!r} is no address of a server.", hint='As "http://127.0.0.1:5001/invocations".')
    if parts.username or parts.password:
        raise UsageError(
            f"the address of {parts.hostname} holds a password.",
            hint='Take it from a variable: headers = { Authorization = "Basic env:NAME" }.',
        )
    if any(character.isspace() or ord(character) < 32 for character in url):
        raise UsageError(f"{url!r} holds blanks.", hint="Write them as %20.")
    if parts.hostname not in allow_hosts:
        _refuse_elsewhere(parts.hostname)
    path = (parts.path if parts.path not in ("", "/") else _PATH) + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], path, dict(headers))


def _refuse_elsewhere(host: str) -> None:
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError:
        raise UsageError(f"the host {host} is not known here.", hint="Is it spelt right?") from None
    if not all(ipaddress.ip_address(str(address).partition("%")[0]).is_loopback for address in found):
        raise UsageError(
            f"{host} is not this machine, and a load test of a stranger's server is an attack.",
            hint=f'If it is yours to load: allow_hosts = ["{host}"].',
        )
