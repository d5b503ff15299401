"""What deepchecks found, as mlgate keeps it: numbers as parts, conditions as findings, no pass for what did not run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate import CheckError, Estimate, Finding, Measurement, NotApplicable, Part, Severity

WARNINGS, CONDITIONS = "warnings", "conditions"
_MOST_PARTS = 200
_LONGEST = 50


@dataclass(frozen=True, slots=True)
class Finished:
    """The results of one check, as the worker tells them: one, or one for each table. `rows` is the test table's."""

    results: tuple[Mapping[str, Any], ...]
    seconds: float
    rows: int

    @classmethod
    def of(cls, item: Mapping[str, Any], rows: int) -> Finished:
        results = item.get("results")
        told = tuple(each for each in results if isinstance(each, dict)) if isinstance(results, list) else ()
        seconds = item.get("seconds")
        return cls(told, float(seconds) if isinstance(seconds, int | float) else 0.0, rows)

    @property
    def measured(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(each for each in self.results if each.get("status") == "measured")


def measurement_of(finished: Finished) -> Measurement:
    """Raises `CheckError` where any part of the check could not run, `NotApplicable` where none has anything to see."""
    _refuse_failed(finished.results)
    parts = tuple(_parts(finished))[:_MOST_PARTS]
    main = next((part.estimate for part in parts if not part.name), None)
    named = tuple(part for part in parts if part.name)
    findings = tuple(_findings(finished.measured))
    warned = sum(1 for each in findings if each.severity is Severity.LOW)
    held = sum(len(each.get("conditions") or ()) for each in finished.measured)
    counted = [Part(name, Estimate(float(n), finished.rows)) for name, n in ((CONDITIONS, held), (WARNINGS, warned))]
    return Measurement(
        main,
        parts=(*named, *counted),
        findings=findings,
        notes=tuple(_notes(finished)),
        data={
            "seconds": round(finished.seconds, 3),
            "results": [
                {"table": each.get("table"), "value": _short(each.get("value")), "conditions": each.get("conditions")}
                for each in finished.measured
            ],
        },
    )


def _refuse_failed(results: Sequence[Mapping[str, Any]]) -> None:
    if not results:
        raise CheckError("deepchecks gave no result for it.")
    failed = [each for each in results if each.get("status") != "measured"]
    broken = next((each for each in failed if each.get("applies") is not False), None)
    if broken is not None and broken.get("kind") is None:
        raise CheckError(f"{broken.get('reason')}.")
    if broken is not None:
        raise CheckError(f"deepchecks could not run it{_on(broken)}: {_why(broken)}")
    if len(failed) == len(results):
        raise NotApplicable(f"deepchecks has nothing to look at: {_why(failed[0])}")
    for each in results:
        for condition in each.get("conditions") or ():
            if condition.get("category") not in ("PASS", "FAIL", "WARN"):
                raise CheckError(f"a condition of deepchecks could not be held: {condition.get('details')}")


def _why(failed: Mapping[str, Any]) -> str:
    where = f" ({failed['where']})" if failed.get("where") and failed.get("applies") is not False else ""
    return f"{failed.get('kind', 'it')}: {str(failed.get('reason', 'no reason')).rstrip('.')}{where}."


def _on(result: Mapping[str, Any]) -> str:
    return f" on the {result['table']} table" if result.get("table") else ""


def _parts(finished: Finished) -> Iterator[Part]:
    for result in finished.measured:
        table = result.get("table")
        for name, value in (result.get("numbers") or {}).items():
            if isinstance(value, int | float) and math.isfinite(value):
                full = " ".join(each for each in (table, name) if each)
                yield Part(full, Estimate(float(value), finished.rows))


def _findings(results: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    severities = {"FAIL": Severity.HIGH, "WARN": Severity.LOW}
    for result in results:
        for condition in result.get("conditions") or ():
            severity = severities.get(condition["category"])
            if severity is not None:
                details = str(condition["details"]).strip().rstrip(".")
                place = f"{result['table']} table: " if result.get("table") else ""
                data = {"condition": condition["name"], "table": result.get("table")}
                yield Finding(f"{place}not {condition['name']!r}: {details}.", severity, data=data)


def _notes(finished: Finished) -> Iterator[str]:
    for result in finished.results:
        if result.get("status") != "measured":
            yield f"Not looked at{_on(result)}: {_why(result)}"
    samples = {each.get("sample") for each in finished.measured}
    for sample in sorted(each for each in samples if isinstance(each, int)):
        if sample < finished.rows:
            yield f"deepchecks drew {sample:,} of {finished.rows:,} rows."
    if not any(each.get("conditions") for each in finished.measured):
        yield "It holds no condition: state one with `conditions`, or a rule on one of its parts."


def _short(value: Any) -> Any:
    """The beginning of long lists: a record is no place for tables."""
    if isinstance(value, dict):
        return {key: _short(item) for key, item in list(value.items())[:_LONGEST]}
    return [_short(item) for item in value[:_LONGEST]] if isinstance(value, list) else value
