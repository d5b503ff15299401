"""What the guard in MLflow's server costs, and what it holds when eight processes promote at once.

    python benchmarks/guard.py overhead [--moves 200]
    python benchmarks/guard.py race [--rounds 200] [--database sqlite|postgresql] [--in-process]
    python benchmarks/guard.py moves [--moves 1000] [--database sqlite|postgresql]
    python benchmarks/guard.py hashing [--megabytes 512]

`overhead` asks a plain server and a guarded one in turn, on SQLite, over HTTP on loopback. `race` lets eight processes
set one alias to different versions, each with a valid authorization: through two servers on one database, or each
with a guarded store of its own. `moves` lets eight clients promote as fast as they can, each a model of its own.
`hashing` moves an alias to versions of one large file, whose digest the server takes, beside `hashlib` alone.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from mlgate import Move

TESTS = Path(__file__).parent.parent / "plugins/mlgate-mlflow-guard/tests"
MEGABYTE = 1 << 20
PROMOTERS = 8


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["overhead", "race", "moves", "hashing"])
    parser.add_argument("--moves", type=int)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--in-process", action="store_true")
    parser.add_argument("--megabytes", type=int, default=512)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        bench = Bench(Path(home), stack, options.database)
        if options.what == "overhead":
            overhead(bench, options.moves or 200)
        elif options.what == "moves":
            many_moves(bench, options.moves or 1000)
        elif options.what == "hashing":
            hashing(bench, options.megabytes)
        elif options.in_process:
            race_in_process(bench, options.rounds)
        else:
            race(bench, options.rounds)


def loaded(name: str) -> Any:
    """A module of the guard's tests: the world that they are about is this benchmark's too."""
    module = f"guarded_{name.replace('/', '_')}"
    spec = importlib.util.spec_from_file_location(module, TESTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[module] = made  # dataclasses look their module up
    spec.loader.exec_module(made)
    return made


class Bench:
    """Servers and keys in a folder that goes away."""

    def __init__(self, home: Path, stack: ExitStack, database: str) -> None:
        made = loaded("conftest")
        self.made, self.home, self.stack = made, home, stack
        self.keys = made.Keys(home)
        for name in ("release", "second", "verdicts"):
            made.generate(home / f"{name}.pem")
        (home / "guard.toml").write_text(made.CONFIGURATION.replace("100_000", "100_000_000_000"))
        self.uri = f"sqlite:///{home}/mlflow.db"
        if database == "postgresql":
            self.uri = stack.enter_context(loaded("databases/conftest").running_postgresql())

    def world(self, database: str | None = None, registry: str | None = None) -> Any:
        """A model in a server of its own."""
        serving = self.made.serving(self.home, database or self.uri, self.keys, registry=registry)
        server = self.stack.enter_context(serving)
        made = self.made.World(server, self.keys, "clf-bench")
        made.get("registered-models/search")  # the first question makes MLflow's tables
        return made


def overhead(bench: Bench, moves: int) -> None:
    """Milliseconds of one call, asked in turn: from outside, and of the server's processor."""
    guarded = bench.world()
    shutil.copy(bench.home / "mlflow.db", bench.home / "plain.db")
    plain_uri = f"sqlite:///{bench.home}/plain.db"
    plain = bench.world(plain_uri, plain_uri)
    for world in (guarded, plain):
        world.make()
        world.numbers = [world.add(content) for content in (b"one", b"two")]
        world.make("free")
        for content in (b"one", b"two"):
            world.add(content, "free")
    evidence = {number: {"attestation": guarded.judge(number)} for number in guarded.numbers}
    times: dict[str, list[tuple[float, float]]] = {}
    for turn in range(moves):
        number = guarded.numbers[turn % 2]
        document = guarded.authorization(guarded.move(number), evidence[number])
        calls: dict[str, Callable[[], Any]] = {
            "plain MLflow: set alias": partial(plain.set, number),
            "guarded, free model: set alias": partial(guarded.set, number, name="free"),
            "plain MLflow: set tag": partial(plain.tag, number, "note", b"x" * 1500),
            "guarded: set the authorization's tag": partial(guarded.tag, number, "mlgate.authorization", document),
            "guarded: set protected alias": partial(guarded.set, number),
        }
        for name, call in calls.items():
            pid = (plain if name.startswith("plain") else guarded).server.pid
            busy, started = _processor(pid), time.perf_counter()
            answer = call()
            taken = (time.perf_counter() - started) * 1000
            times.setdefault(name, []).append((taken, _processor(pid) - busy))
            assert answer.status == 200, answer
    for name, each in times.items():
        wall = sorted(taken for taken, _ in each)
        own = statistics.median(busy for _, busy in each)
        late = wall[int(moves * 0.95)]
        print(f"{name:40} median {statistics.median(wall):6.1f} ms  p95 {late:6.1f} ms  processor {own:6.1f} ms")


def _processor(pid: int) -> float:
    """Milliseconds that the threads of a process ran so far."""
    return sum(int(each.read_text().split()[0]) for each in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e6


def race(bench: Bench, rounds: int) -> None:
    """How many won each round, and whether the chain holds."""
    worlds = [bench.world(), bench.world()]
    worlds[0].make()
    numbers = [worlds[0].add(f"weights {place}".encode()) for place in range(PROMOTERS)]
    evidence = {number: {"attestation": worlds[0].judge(number)} for number in numbers}
    told: Counter[tuple[int, ...]] = Counter()
    started, asked = time.monotonic(), 0.0
    for _ in range(rounds):
        held = worlds[0].holder()
        contenders = [number for number in numbers if number != held]
        for number in contenders:
            document = worlds[0].authorization(worlds[0].move(number), evidence[number])
            assert worlds[0].tag(number, "mlgate.authorization", document).status == 200
        before = time.monotonic()
        told[tuple(sorted(_at_once(worlds, contenders)))] += 1
        asked += time.monotonic() - before
    _report(rounds, (time.monotonic() - started, asked), told, worlds[1].ledger())


def _report(rounds: int, seconds: tuple[float, float], told: Counter[tuple[int, ...]], ledger: Any) -> None:
    moves = [entry for entry in ledger.entries if entry.moves]
    print(f"{rounds} rounds in {seconds[0]:.0f} s, {seconds[1]:.0f} s of them the moves themselves")
    for statuses, count in told.items():
        print(f"{count:6} rounds: {dict(Counter(statuses))}")
    counted = f"{moves[0].generation} to {moves[-1].generation}"
    print(f"{len(moves)} moves, generations {counted}; the chain holds")


def race_in_process(bench: Bench, rounds: int) -> None:
    """The same without a server: each process has a guarded store of its own."""
    races = loaded("databases/test_races_in_process")
    os.environ["MLGATE_GUARD"] = str(bench.keys.configuration)
    os.chdir(bench.home)
    registry = races.Registry(bench.uri, bench.keys, bench.home)
    told: Counter[tuple[int, ...]] = Counter()
    started, asked = time.monotonic(), 0.0
    with races.promoters(bench.uri) as at_once:
        for _ in range(rounds):
            contenders = registry.authorized()
            before = time.monotonic()
            told[tuple(sorted(status for status, _ in at_once(contenders).values()))] += 1
            asked += time.monotonic() - before
    _report(rounds, (time.monotonic() - started, asked), told, registry.ledger())
    registry.store.engine.dispose()


def many_moves(bench: Bench, moves: int) -> None:
    """Eight clients at once, each with a model of its own; on the guarded server and on plain MLflow."""
    guarded = bench.world()
    plain = bench.world(registry=bench.uri)
    for title, world in (("guarded", guarded), ("plain", plain)):
        clients = [_Client(world, guarded, f"clf-{title}-{place}", moves // PROMOTERS) for place in range(PROMOTERS)]
        started = time.monotonic()
        with ThreadPoolExecutor(PROMOTERS) as pool:
            told = [each for answers in pool.map(_Client.promote, clients) for each in answers]
        seconds = time.monotonic() - started
        taken = sorted(each for _, each in told)
        rate, late = len(told) / seconds, taken[int(len(taken) * 0.95)]
        print(f"{title:8} {len(told)} promotions (a tag and an alias each) in {seconds:.1f} s, {rate:.1f} a second")
        print(f"{'':8} median {statistics.median(taken):.0f} ms, 95th percentile {late:.0f} ms")
        print(f"{'':8} answers {dict(Counter(status for status, _ in told))}")


class _Client:
    """Promotes one of two versions after the other; what it needs is signed before the clock starts."""

    def __init__(self, world: Any, guarded: Any, name: str, moves: int) -> None:
        self._world, self._name = world, name
        world.make(name)
        numbers = [guarded.add(content, name) for content in (b"one", b"two")]
        versions = [guarded.registered(number, name) for number in numbers]
        evidence = [{"attestation": guarded.judge(number, name)} for number in numbers]
        registry = guarded.guard(name)["registry"]
        self._documents = []
        for turn in range(moves):
            held = versions[(turn + 1) % 2] if turn else None
            move = Move(versions[turn % 2], "champion", held, turn, registry)
            self._documents.append((numbers[turn % 2], guarded.authorization(move, evidence[turn % 2])))

    def promote(self) -> list[tuple[int, float]]:
        """The status and the milliseconds of each promotion."""
        told = []
        for number, document in self._documents:
            started = time.perf_counter()
            self._world.tag(number, "mlgate.authorization", document, self._name)
            answer = self._world.set(number, name=self._name)
            told.append((answer.status, (time.perf_counter() - started) * 1000))
        return told


def hashing(bench: Bench, megabytes: int) -> None:
    """Seconds of a move to a version of that size, beside those to a version of a few bytes and to `hashlib`."""
    world = bench.world()
    world.make()
    content = os.urandom(megabytes * MEGABYTE)
    small, large = world.add(b"small"), world.add(content)
    times: dict[str, list[float]] = {"small": [], "large": [], "hashlib": []}
    for _ in range(5):
        for title, number in (("large", large), ("small", small)):
            evidence = {"attestation": world.judge(number)}
            document = world.authorization(world.move(number), evidence)
            assert world.tag(number, "mlgate.authorization", document).status == 200
            started = time.perf_counter()
            assert world.set(number).status == 200
            times[title].append(time.perf_counter() - started)
        started = time.perf_counter()
        hashlib.sha256(content).hexdigest()
        times["hashlib"].append(time.perf_counter() - started)
    median = {title: statistics.median(taken) for title, taken in times.items()}
    print(f"move to {megabytes} MiB: {median['large']:.3f} s; to a few bytes: {median['small']:.3f} s")
    for title, seconds in (("the server", median["large"] - median["small"]), ("hashlib", median["hashlib"])):
        print(f"{title}: {megabytes / seconds:.0f} MiB/s")


def _at_once(worlds: list[Any], numbers: list[str]) -> list[int]:
    here = multiprocessing.get_context("fork")
    ready, told = here.Barrier(len(numbers)), here.Queue()

    def promote(world: Any, number: str) -> None:
        ready.wait(60)
        told.put(world.set(number).status)

    children = [here.Process(target=promote, args=(worlds[place % 2], number)) for place, number in enumerate(numbers)]
    for child in children:
        child.start()
    answers = [told.get(timeout=120) for _ in children]
    for child in children:
        child.join(60)
    return answers


if __name__ == "__main__":
    main()
