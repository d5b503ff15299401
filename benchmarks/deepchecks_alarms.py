"""How often deepchecks' default conditions fail where nothing is wrong: its full_suite on clean random splits.

    python benchmarks/deepchecks_alarms.py [--splits 50] [--first 0] [--sets wine iris] [--roles] [--keep FILE]

Each split cuts one table of scikit-learn at random into halves; a random forest learns from one. So every FAIL and
WARN is a false alarm. Those tables have no identifier and no time; with `--roles` each row gets both, the halves are
cut by the time, and the checks that need them run alone. The table in docs/deepchecks.md, and the levels in
mlgate_deepchecks.catalogue, come from it.
One split takes 5 to 40 CPU seconds, by the number of columns; `--keep` adds each to a file of JSON lines.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlgate.engines import Bounds, ask
from mlgate_deepchecks.asking import NEEDS_MODEL
from mlgate_deepchecks.catalogue import FAMILY
from mlgate_deepchecks.engine import deepchecks

SETS = ("breast_cancer", "wine", "iris", "diabetes", "synthetic")
WORKER = Path(__file__).with_name("deepchecks_alarms_worker.py")


def main() -> None:
    """Run the splits, or only draw what a file holds (`--splits 0`)."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--splits", type=int, default=50)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--sets", nargs="+", default=SETS)
    parser.add_argument("--roles", action="store_true", help="the checks that need an identifier or a time, alone")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    at_once = 50 if options.roles else 5
    for seed in range(options.first, options.first + options.splits, at_once):
        few = min(at_once, options.first + options.splits - seed)
        body = {"sets": list(options.sets), "first": seed, "splits": few, "roles": options.roles}
        answer = ask(replace(deepchecks(), worker=WORKER), body, bounds=Bounds(seconds=7200.0))
        if options.keep is not None:
            with options.keep.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(item) + "\n" for item in answer.items)
        if answer.failure is not None:
            print(f"It {answer.failure}.")
    if options.keep is not None:
        print(table(json.loads(line) for line in options.keep.read_text(encoding="utf-8").splitlines()))


def table(items: Iterable[Mapping[str, Any]]) -> str:
    """Splits with an alarm, of all splits, by check and table, as Markdown; checks without any are named below."""
    counted: dict[str, int] = defaultdict(int)
    alarms: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    ran: set[str] = set()
    for item in items:
        counted[item["set"]] += 1
        for check, said in item["checks"].items():
            if f"{FAMILY}.{check}" in NEEDS_MODEL:
                continue  # it says something here, and is never asked by the plugin
            ran |= {check} if any(each != "DID NOT RUN" for each in said) else set()
            if {"FAIL", "WARN"} & set(said):
                alarms[check][item["set"]] += 1
    sets = sorted(counted)
    lines = [f"| check | {' | '.join(sets)} |", f"|---|{'---|' * len(sets)}"]
    lines += [
        f"| {check} | {' | '.join(f'{by_set[name]}/{counted[name]}' for name in sets)} |"
        for check, by_set in sorted(alarms.items())
    ]
    return "\n".join([*lines, "", f"No alarm: {', '.join(sorted(ran - set(alarms)))}."])


if __name__ == "__main__":
    main()
