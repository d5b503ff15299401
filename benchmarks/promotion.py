"""What a history of 10,000 entries costs to audit, and what a promotion costs beside the bare move of an alias.

    python benchmarks/promotion.py [--entries 10000] [--mlflow 1000]

CPU seconds of this process, the median of three. `--mlflow 0` leaves MLflow out; its entries are put into its database
at once, as it keeps them, because making them one by one takes minutes and measures MLflow.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median

from mlgate import Entry, Event, EventKind, append, read_chain, written
from mlgate.folder_registry import FolderRegistry, register
from mlgate.promotion import audit

DIGEST = f"sha256:{'ab' * 32}"


def seconds(do: Callable[[], object], times: int = 3) -> float:
    """CPU seconds, the median."""
    measured = []
    for _ in range(times):
        started = time.process_time()
        do()
        measured.append(time.process_time() - started)
    return median(measured)


def entries(many: int, registry: str, created: dict[str, str], digests: dict[str, str]) -> list[Entry]:
    """A verdict, then a promotion of the other version, and so on."""
    made: list[Entry] = []
    for place in range(many):
        moves, version = place % 2 == 1, str(place // 2 % 2 + 1)
        event = Event(
            kind=EventKind.PROMOTION if moves else EventKind.VERDICT,
            time="2026-11-28T08:00:00Z",
            registry=registry,
            model="loan",
            actor="ci",
            alias="champion" if moves else None,
            version=version,
            created=created[version],
            moved_from=None if not moves or place < 2 else str(2 - place // 2 % 2),
            generation=place // 2 + 1 if moves else None,
            digests={"model": digests[version], "record": DIGEST, "attestation": DIGEST, "gate": DIGEST},
            nonce="0" * 32 if moves else None,
            cas=True if moves else None,
        )
        made.append(append(made[-1] if made else None, event))
    return made


def folder(many: int) -> None:
    """Reading and checking the chain alone, and a whole audit of a folder registry, one file digested included."""
    from mlgate.folder_registry.shelf import Held, write_json
    from mlgate.opening import digest

    with tempfile.TemporaryDirectory() as home:
        os.environ["MLGATE_REGISTRY"] = f"{home}/registry"
        versions = {}
        for number in ("1", "2"):
            Path(home, "model.txt").write_text(number)
            versions[number] = register("loan", Path(home, "model.txt"))
        registry = FolderRegistry()
        digests = {number: digest(registry.fetch(version)) for number, version in versions.items()}
        created = {number: version.created for number, version in versions.items()}
        made = entries(many, registry.capabilities("loan").registry, created, digests)
        stored = [written(entry) for entry in made]
        shelf = Path(home, "registry", "loan")
        (shelf / "ledger.jsonl").write_bytes(b"\n".join(stored) + b"\n")
        last = made[-1]
        held = Held(last.version, last.created, last.generation or 0, last.seq, last.hash)
        write_json(
            shelf / "aliases.json",
            {"champion": {name: getattr(held, name) for name in ("version", "created", "generation", "seq", "entry")}},
        )
        assert read_chain(stored).broken is None
        found = audit("loan", registry=registry)
        assert found.sound, (found.broken, found.uncovered, found.past[:3])
        chain, whole = seconds(lambda: read_chain(stored)), seconds(lambda: audit("loan", registry=registry))
        print(f"{many:,} entries: the chain read and verified   {chain:6.2f} s CPU")
        print(f"{many:,} entries: audit of a folder registry    {whole:6.2f} s CPU")


def mlflow(many: int) -> None:
    """Reading a ledger out of MLflow's tracking store on SQLite."""
    import mlflow as client_of

    from mlgate_mlflow import ledger_pages
    from mlgate_mlflow.registry import MlflowRegistry

    with tempfile.TemporaryDirectory() as home:
        os.chdir(home)
        os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{home}/mlflow.db"
        client_of.MlflowClient().create_registered_model("loan")
        registry = MlflowRegistry()
        first = append(None, Event(EventKind.VERDICT, "2026-11-28T08:00:00Z", "r", "loan", "ci"))
        registry.append(Event(EventKind.VERDICT, "2026-11-28T08:00:00Z", "r", "loan", "ci"))
        chain = [first]
        for _ in range(many - 1):
            chain.append(append(chain[-1], Event(EventKind.VERDICT, "2026-11-28T08:00:00Z", "r", "loan", "ci")))
        with closing(sqlite3.connect("mlflow.db")) as database:
            (run,) = database.execute("SELECT run_uuid FROM tags WHERE key = 'mlgate.entry'").fetchone()
            columns = [row[1] for row in database.execute("PRAGMA table_info(runs)")]
            kept = dict(
                zip(columns, database.execute("SELECT * FROM runs WHERE run_uuid = ?", [run]).fetchone(), strict=True)
            )
            tags = dict(database.execute("SELECT key, value FROM tags WHERE run_uuid = ?", [run]).fetchall())
            for entry in chain[1:]:
                id = f"{entry.seq:032x}"
                row = {**kept, "run_uuid": id}
                marks = ", ".join("?" * len(row))
                database.execute(f"INSERT INTO runs ({', '.join(row)}) VALUES ({marks})", list(row.values()))
                own = {**tags, "mlgate.entry": written(entry).decode(), "mlgate.entry-seq": f"{entry.seq:012d}"}
                database.executemany(
                    "INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)", [(*each, id) for each in own.items()]
                )
            head = f"{chain[-1].seq} {chain[-1].hash}"
            database.execute("UPDATE registered_model_tags SET value = ? WHERE key = 'mlgate.ledger-head'", [head])
            database.commit()
        assert registry.history("loan") == tuple(map(written, chain))
        singly = seconds(lambda: registry.history("loan"), 1)
        started = time.process_time()
        full = many // ledger_pages.length() * ledger_pages.length() - 1
        for _ in range(0, many, 20 * ledger_pages.length()):
            ledger_pages.keep("loan", full)
        paged = time.process_time() - started
        assert registry.history("loan") == tuple(map(written, chain))
        whole = seconds(lambda: read_chain(registry.history("loan"), registry.head("loan")))
        read = seconds(lambda: registry.history("loan"))
        wrote = seconds(lambda: registry.append(Event(EventKind.VERDICT, "2026-11-28T08:00:00Z", "r", "loan", "ci")))
        print(f"{many:,} entries: read out of MLflow singly     {singly:6.2f} s CPU")
        print(f"{many:,} entries: copied into pages, once        {paged:6.2f} s CPU")
        print(f"{many:,} entries: read out of MLflow in pages   {read:6.2f} s CPU")
        print(f"{many:,} entries: read and verified             {whole:6.2f} s CPU")
        print(f"{many:,} entries: one more written               {wrote:6.2f} s CPU")


def main() -> None:
    """Print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--mlflow", type=int, default=1_000)
    options = parser.parse_args()
    folder(options.entries)
    if options.mlflow:
        mlflow(options.mlflow)


if __name__ == "__main__":
    main()
