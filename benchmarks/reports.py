"""What every report of a run with 1,000 checks costs: CPU seconds and length; all together are to stay under 2 s.

    python benchmarks/reports.py [--checks 1000] [--slices 5]

Three runs in turn, the median. The record is the tests' sample, its checks repeated under names of their own, each
measured one with slices; half of the checks that find things find twenty.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle, islice
from statistics import median

from mlgate.gate import installed_host
from mlgate.reports.diff import formats
from mlgate.reports.diff.changes import changes
from mlgate.reports.terminal import summary
from mlgate.results import Finding, Location, Measurement, Record, Result, SliceMeasurement
from mlgate.testing.records import sample_record


def large(checks: int, slices: int) -> Record:
    """The sample, grown."""
    sample = sample_record()
    results = tuple(_named(result, place, slices) for place, result in enumerate(islice(cycle(sample.results), checks)))
    return replace(sample, results=results)


def _named(result: Result, place: int, slices: int) -> Result:
    check = f"{result.check}_{place}"
    measurement = result.run.measurement
    if measurement is not None:
        measurement = _grown(measurement, slices)
    return replace(result, run=replace(result.run, check=check, measurement=measurement))


def _grown(measurement: Measurement, slices: int) -> Measurement:
    if measurement.estimate is not None:
        groups = (SliceMeasurement({"region": f"r{place}"}, measurement.estimate) for place in range(slices))
        return replace(measurement, slices=tuple(groups))
    found = (Finding(f"thing {place}", location=Location("model/conf.py", place + 1)) for place in range(20))
    return replace(measurement, findings=tuple(found))


def cpu_seconds(draw: Callable[[], str], times: int = 3) -> tuple[float, int]:
    """The median, and the length of what was drawn in bytes."""
    measured, length = [], 0
    for _ in range(times):
        started = time.process_time()
        length = len(draw().encode())
        measured.append(time.process_time() - started)
    return median(measured), length


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checks", type=int, default=1_000)
    parser.add_argument("--slices", type=int, default=5)
    asked = parser.parse_args()
    record = large(asked.checks, asked.slices)
    reporters = installed_host(None).reporters
    drawers: dict[str, Callable[[], str]] = {
        name: lambda reporter=reporter: reporter.render(record)  # type: ignore[misc]
        for name, reporter in sorted(reporters.items())
    }
    drawers["the terminal's summary"] = lambda: summary(record)
    total = 0.0
    for name, draw in drawers.items():
        seconds, length = cpu_seconds(draw)
        total += seconds
        print(f"{name:<24}  {seconds:6.3f} CPU s  {length:>12,} bytes")
    print(f"{'all of them':<24}  {total:6.3f} CPU s")
    other = replace(record, results=tuple(reversed(record.results)))
    seconds, length = cpu_seconds(lambda: formats.html(changes(record, other)))
    print(f"{'a diff of two such':<24}  {seconds:6.3f} CPU s  {length:>12,} bytes")


if __name__ == "__main__":
    main()
