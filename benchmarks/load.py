"""How true the load generator's numbers are, and what a request costs it, beside Locust's own user, wrk and hey.

    python benchmarks/load.py [--seconds 5] [--healthy 20]

Servers are asyncio's, in a process of their own, on loopback; waits are injected, so the truth is known. `wrk` and
`hey` are Debian packages, and are left out where they are not installed.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from mlgate.tabular import Columns, Table
from mlgate_load.arrivals import Spacing
from mlgate_load.bench import Bench
from mlgate_load.generating import Run
from mlgate_load.options import LoadOptions

_BODY = b'{"predictions": [1]}'
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
_LOCUSTFILE = """
from locust import FastHttpUser, constant, task

class Caller(FastHttpUser):
    wait_time = constant(0)

    @task
    def ask(self):
        self.client.post("/invocations", json={"dataframe_split": {"columns": ["a"], "data": [[1.0]]}})
"""


class Answering(asyncio.Protocol):
    """Answers each request after the wait that its number has."""

    count = 0

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        Answering.count += 1
        wait = self._wait(Answering.count)
        if wait < 0:
            time.sleep(-wait)  # everybody waits
            wait = 0.0
        asyncio.get_running_loop().call_later(wait, self._transport.write, _ANSWER)  # type: ignore[attr-defined]

    def _wait(self, number: int) -> float:
        if self._kind == "constant":
            return 0.02
        if self._kind == "bimodal":
            return 0.2 if number % 50 == 0 else 0.005
        if self._kind == "stall":
            return -2.0 if number == 400 else 0.005
        return 0.0


async def serve(kind: str) -> None:
    """Listens on a free port and prints it."""
    server = await asyncio.get_running_loop().create_server(lambda: Answering(kind), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def serving(kind: str) -> Iterator[str]:
    """The address of a server of this kind, which ends with the block."""
    command = [sys.executable, __file__, "--serve", kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


@contextmanager
def bench(folder: Path | None = None) -> Iterator[Bench]:
    table = Table.of(pl.DataFrame({"a": [1.0]}))
    made = Bench(test=table, columns=Columns(), candidate=None, champion=None, predict=None, folder=folder, planned={})
    yield made
    made.close()


def load(url: str, folder: Path | None = None, **options: object) -> Run:
    asked = LoadOptions(url=url, **options)  # type: ignore[arg-type]
    with bench(folder) as made, made.endpoint(asked) as endpoint:
        return made.load(asked, [endpoint.target])


def quantiles(run: Run) -> dict[str, float]:
    import numpy as np

    return {
        name: 1000 * float(np.quantile(run.samples.latency, share)) for name, share in (("p50", 0.5), ("p99", 0.99))
    }


def truth(seconds: float) -> None:
    """Known waits at 200 requests per second, ours beside wrk and hey."""
    print("waits at 200 per second, ms (p50 / p99):")
    for kind, known in (("constant", "20 / 20"), ("bimodal", "5 / 200 (2% of requests)"), ("stall", "5 / about 1,900")):
        with serving(kind) as url:
            found = quantiles(load(url, rate=200.0, duration=f"{seconds:g}s", warmup="1s", arrivals="even"))
        print(f"  {kind:<9} truth {known:<26} mlgate {found['p50']:8.1f} / {found['p99']:8.1f}", end="")
        if shutil.which("hey"):
            with serving(kind) as url:
                print(f"   hey {hey(url, seconds)}", end="")
        if shutil.which("wrk"):
            with serving(kind) as url:
                print(f"   wrk {wrk(url, seconds)}", end="")
        print()


def hey(url: str, seconds: float) -> str:
    """hey at 200 per second: 8 callers of 25 each."""
    said = subprocess.run(
        ["hey", "-z", f"{seconds:g}s", "-c", "8", "-q", "25", "-m", "POST", "-d", "{}", f"{url}/invocations"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = dict(re.findall(r"(50|99)%+ in ([0-9.]+) secs", said))
    return " / ".join(f"{1000 * float(found[share]):.1f}" if share in found else "?" for share in ("50", "99"))


def wrk(url: str, seconds: float) -> str:
    """wrk has no rate: eight callers as fast as they can, for the waits of an idle server."""
    said = subprocess.run(
        ["wrk", "-t1", "-c8", f"-d{seconds:g}s", "--latency", url], capture_output=True, text=True, check=True
    ).stdout
    found = dict(re.findall(r"(50|99)%\s+([0-9.]+[a-z]+)", said))
    return " / ".join(found.get(share, "?") for share in ("50", "99"))


def cost(seconds: float, rounds: int) -> None:
    """Requests per second of the generator's own processor time, runs in turn."""
    print("requests per CPU second of the generator:")
    with TemporaryDirectory() as folder, serving("quick") as url:
        Path(folder, "locustfile.py").write_text(_LOCUSTFILE)
        for _ in range(rounds):
            own = load(url, rate=1500.0, duration=f"{seconds:g}s", warmup="0s", arrivals="even", timeout="3s")
            theirs = load(
                url, Path(folder), locustfile="locustfile.py", connections=8, duration=f"{seconds:g}s", warmup="0s"
            )
            for name, run in (("mlgate", own), ("FastHttpUser", theirs)):
                wall = float((run.samples.intended + run.samples.latency).max())
                print(f"  {name:<13} {run.samples.n / (run.cpu[0] * wall):8,.0f}  ({run.cpu[0]:.0%} of a core)")


def start_up(rounds: int) -> None:
    """From the start of the generator's process to the first request that is due: wall time, and processor time of it
    all (one request, and the end)."""
    print("start-up of the generator:")
    with serving("quick") as url, bench() as made:
        asked = LoadOptions(url=url, rate=1000.0, duration="1ms", warmup="0s", arrivals=Spacing.EVEN)
        with made.endpoint(asked) as endpoint:
            for _ in range(rounds):
                began, spent = time.time(), resource.getrusage(resource.RUSAGE_CHILDREN)
                due = list[float]()
                made.load(asked, [endpoint.target], begun=lambda due=due: due.append(time.time()))  # type: ignore[misc]
                now = resource.getrusage(resource.RUSAGE_CHILDREN)
                cpu = now.ru_utime + now.ru_stime - spent.ru_utime - spent.ru_stime
                print(f"  {due[0] - began:.2f} s, {cpu:.2f} CPU s")


def healthy(runs: int) -> None:
    """How many of so many runs on a healthy server pass p99 below 500 ms and errors below 1%."""
    from mlgate_load.errors import errors
    from mlgate_load.latency import latency

    passed = 0
    for _ in range(runs):
        with serving("constant") as url, bench() as made:
            options = {"url": url, "rate": 200.0, "duration": "4s", "warmup": "500ms"}
            waits, failing = latency(made, **options), errors(made, **options)
            assert failing.estimate is not None
            p99 = next(part.estimate for part in waits.parts if part.name == "p99")
            passed += p99.interval(0.95).high < 500 and failing.estimate.interval(0.95).high < 0.01
    print(f"healthy server: {passed} of {runs} runs pass")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--healthy", type=int, default=20)
    parser.add_argument("--serve", metavar="KIND")
    asked = parser.parse_args()
    if asked.serve:
        asyncio.run(serve(asked.serve))
        return
    start_up(asked.rounds)
    truth(asked.seconds)
    cost(asked.seconds, asked.rounds)
    healthy(asked.healthy)


if __name__ == "__main__":
    main()
