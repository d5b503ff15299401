"""Several processes promote different versions at once, on an MLflow without a guard: who wins, and what is left.

    python benchmarks/promotion_race.py [--promoters 4] [--rounds 20]

All of them look at the same holder before any of them moves. MLflow has no compare-and-set, so this shows what the
ledger adds among clients that use mlgate; a client that does not is not held by it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

PROMOTER = """
import sys, time
from pathlib import Path
from mlgate import MlgateError
from mlgate.testing.registries import RegistryCase
from mlgate_mlflow.registry import MlflowRegistry

me, promoters, rounds = map(int, sys.argv[1:])
case = RegistryCase(MlflowRegistry(), "loan", tuple(f"models:/loan/{place + 1}" for place in range(promoters)))


def together(what):
    Path(f"{what}.{me}").touch()
    while not all(Path(f"{what}.{other}").exists() for other in range(promoters)):
        time.sleep(0.005)


for round in range(rounds):
    move = case.move(me)
    together(f"looked-{round}")
    try:
        case.set(move)
        print(round, "won", flush=True)
    except MlgateError as error:
        print(round, type(error).__name__, flush=True)
    together(f"done-{round}")
"""


def main() -> None:
    """Print the rounds by how many won them, and what the ledger and the alias say at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--promoters", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.chdir(home)
        os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{home}/mlflow.db"
        _register(options.promoters + 1)
        started = time.monotonic()
        told = _race(options.promoters, options.rounds)
        seconds = time.monotonic() - started
        won = Counter(round for round, outcome in told if outcome == "won")
        winners = Counter(won[str(round)] for round in range(options.rounds))
        print(f"{options.rounds} rounds of {options.promoters} promoters in {seconds:.0f} s")
        for count, rounds in sorted(winners.items()):
            print(f"  {rounds} rounds had {count} winner{'' if count == 1 else 's'}")
        print(f"  what the others were told: {dict(Counter(outcome for _, outcome in told if outcome != 'won'))}")
        _left_behind()


def _register(versions: int) -> None:
    import mlflow

    client = mlflow.MlflowClient()
    client.create_registered_model("loan")
    for version in range(versions):
        Path(f"model-{version}").mkdir()
        Path(f"model-{version}", "MLmodel").write_text("flavors: {}\n")
        client.create_model_version("loan", source=str(Path(f"model-{version}").resolve()))
    client.set_registered_model_alias("loan", "contract", str(versions))


def _race(promoters: int, rounds: int) -> list[tuple[str, str]]:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROMOTER, str(me), str(promoters), str(rounds)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for me in range(promoters)
    ]
    lines = [line.split() for each in started for line in each.communicate()[0].splitlines()]
    return [(round, outcome) for round, outcome in lines]


def _left_behind() -> None:
    from mlgate import read_chain
    from mlgate_mlflow.registry import MlflowRegistry

    registry = MlflowRegistry()
    ledger = read_chain(registry.history("loan"), registry.head("loan"))
    holder = registry.holder("loan", "contract")
    print(f"  chain: {ledger.broken or 'it holds'}; entries: {len(ledger.entries)}")
    agree = holder is not None and holder.version == ledger.entries[-1].version
    print(f"  the alias is where the last entry put it: {agree}")


if __name__ == "__main__":
    main()
