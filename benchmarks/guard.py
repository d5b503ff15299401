"""What the guard in MLflow's server costs, and what it holds when eight processes promote at once.

    python benchmarks/guard.py overhead [--moves 200]
    python benchmarks/guard.py race [--rounds 200] [--database sqlite|postgresql]

`overhead` asks a plain server and a guarded one in turn, on SQLite, over HTTP on loopback. `race` lets eight processes
set one alias to different versions through two servers on one database, each with a valid authorization.
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

WORLD = Path(__file__).parent.parent / "plugins/mlgate-mlflow-guard/tests/conftest.py"
PROMOTERS = 8


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["overhead", "race"])
    parser.add_argument("--moves", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    options = parser.parse_args()
    spec = importlib.util.spec_from_file_location("guarded_world", WORLD)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules["guarded_world"] = made  # dataclasses look their module up
    spec.loader.exec_module(made)
    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        bench = Bench(made, Path(home), stack, options.database)
        if options.what == "overhead":
            overhead(bench, options.moves)
        else:
            race(bench, options.rounds)


class Bench:
    """Servers and keys in a folder that goes away."""

    def __init__(self, made: Any, home: Path, stack: ExitStack, database: str) -> None:
        self.made, self.home, self.stack = made, home, stack
        self.keys = made.Keys(home)
        for name in ("release", "second", "verdicts"):
            made.generate(home / f"{name}.pem")
        (home / "guard.toml").write_text(made.CONFIGURATION)
        self.uri = f"sqlite:///{home}/mlflow.db"
        if database == "postgresql":
            self.uri = stack.enter_context(made.running_postgresql())

    def world(self, *options: str, uri: str | None = None) -> Any:
        """A model in a server of its own."""
        server = self.stack.enter_context(self.made.serving(self.home, uri or self.uri, self.keys, *options)).wait()
        return self.made.World(server, self.keys, "clf-bench")


def overhead(bench: Bench, moves: int) -> None:
    """Milliseconds of one call, asked in turn."""
    guarded = bench.world()
    shutil.copy(bench.home / "mlflow.db", bench.home / "plain.db")
    plain_uri = f"sqlite:///{bench.home}/plain.db"
    plain = bench.world("--registry-store-uri", plain_uri, uri=plain_uri)
    for world in (guarded, plain):
        world.make()
        world.numbers = [world.add(content) for content in (b"one", b"two")]
        world.make("free")
        for content in (b"one", b"two"):
            world.add(content, "free")
    evidence = {number: {"attestation": guarded.judge(number)} for number in guarded.numbers}
    times: dict[str, list[float]] = {}
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
            started = time.perf_counter()
            answer = call()
            times.setdefault(name, []).append((time.perf_counter() - started) * 1000)
            assert answer.status == 200, answer
    for name, taken in times.items():
        print(f"{name:40} median {statistics.median(taken):6.1f} ms  p95 {sorted(taken)[int(moves * 0.95)]:6.1f} ms")


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
    moves = [entry for entry in worlds[1].ledger().entries if entry.moves]
    print(f"{rounds} rounds in {time.monotonic() - started:.0f} s, {asked:.0f} s of them the moves themselves")
    for statuses, count in told.items():
        print(f"{count:6} rounds: {dict(Counter(statuses))}")
    counted = f"{moves[0].generation} to {moves[-1].generation}"
    print(f"{len(moves)} moves, generations {counted}; the chain holds")


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
