"""Compares the scan with Python's own unpicklers on random pickles: a name asked for and no finding is a miss.

python benchmarks/scan_differential.py [COUNT] [SEED]
"""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory


def main(count: int, seed: int) -> None:
    """Prints what was asked for and told; every miss with its bytes, and exit code 1."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.opening.scanning.differential import cases, compared

    warnings.simplefilter("ignore", DeprecationWarning)
    asking = named = misses = 0
    began = time.process_time()
    with TemporaryDirectory() as folder:
        for data in cases(seed, count):
            found = compared(data, Path(folder, "model"))
            asking += bool(found.asked)
            named += bool(found.asked) and found.asked <= found.told
            if found.missed:
                misses += 1
                print(f"MISS: {sorted(found.asked)} in {data!r}")
    took = time.process_time() - began
    print(
        f"{count:,} pickles, {asking:,} ask for names beyond the list, all of them told in {named:,}; {misses} misses"
    )
    print(f"{took:.0f} s CPU")
    sys.exit(bool(misses))


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["20000"])[0]), int((sys.argv[2:] or ["1"])[0]))
