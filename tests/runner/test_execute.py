"""Each check runs isolated and timed: what one does wrong is its own outcome and hides nothing."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from mlgate import Measurement, ResourceProvider, check
from mlgate.errors import DataError, NotApplicable
from mlgate.resources import Resources
from mlgate.results import CheckRun, RunStatus
from mlgate.runner import Execution, PlannedCheck, execute


def toy(id: str, body: Callable[[], object]) -> PlannedCheck:
    @check(f"toy.{id}")
    def measure() -> Measurement:
        """A toy."""
        return body()  # type: ignore[return-value]

    return PlannedCheck(measure)


def asking(id: str, function: Callable[..., Measurement]) -> PlannedCheck:
    function.__doc__ = "Asks for a resource."
    return PlannedCheck(check(f"toy.{id}")(function))


def fine() -> Measurement:
    return Measurement.exact(1, n=1)


def run_all(*plan: PlannedCheck, providers: tuple[ResourceProvider, ...] = (), **how: float) -> dict[str, CheckRun]:
    execution = Execution(jobs=int(how.get("jobs", 1)), time_budget=how.get("time_budget"))
    return {run.check: run for run in execute(plan, Resources(providers, {}), execution)}


class TestOutcomes:
    def test_a_crash_is_one_outcome_and_the_others_run(self) -> None:
        """The traceback is kept for the author; the checks before and after it are measured."""
        runs = run_all(toy("before", fine), toy("crash", lambda: 1 / 0), toy("after", fine))
        assert [run.status for run in runs.values()] == [RunStatus.MEASURED, RunStatus.ERRORED, RunStatus.MEASURED]
        assert runs["toy.crash"].reason == "the check crashed with ZeroDivisionError: division by zero"
        assert "ZeroDivisionError" in (runs["toy.crash"].traceback or "")

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
    def test_a_value_that_is_not_finite_is_an_error(self, value: float) -> None:
        """NaN is never a measurement."""
        run = run_all(toy("nan", lambda: Measurement.exact(value, n=1)))["toy.nan"]
        assert run.status is RunStatus.ERRORED
        assert f"a measured value is finite, not {value}" in (run.reason or "")

    def test_what_is_no_measurement_is_an_error(self) -> None:
        """A check that returns True has measured nothing."""
        run = run_all(toy("bool", lambda: True))["toy.bool"]
        assert run.reason == "the check returned bool, where a Measurement is expected."

    def test_what_speaks_against_a_resource_is_a_note_on_what_is_measured_with_it(self) -> None:
        """A metric of scores that are no probabilities is not recorded without a word."""

        class Scored:
            doubts = ("In doubt: row 3.",)

        def measure(scored: object) -> Measurement:
            return fine()

        provider = ResourceProvider("scored", Scored, "Scores.")
        runs = run_all(asking("auc", measure), toy("other", fine), providers=(provider,))
        notes = {id: run.measurement.notes for id, run in runs.items() if run.measurement is not None}
        assert notes == {"toy.auc": ("In doubt: row 3.",), "toy.other": ()}

    def test_sys_exit_in_a_check_does_not_end_the_run(self) -> None:
        """A check can't decide the exit code by leaving."""
        runs = run_all(toy("leave", lambda: sys.exit(0)), toy("after", fine))
        assert runs["toy.leave"].status is RunStatus.ERRORED
        assert runs["toy.after"].status is RunStatus.MEASURED

    def test_a_check_that_does_not_apply_is_skipped_with_its_reason(self) -> None:
        """The reason stands in the record."""

        def refuse() -> Measurement:
            raise NotApplicable("this is for two classes, and the label has three.")

        run = run_all(toy("binary", refuse))["toy.binary"]
        assert (run.status, run.reason) == (RunStatus.SKIPPED, "this is for two classes, and the label has three.")

    def test_ctrl_c_is_the_users_and_ends_the_run(self) -> None:
        """An interrupt is not an outcome of the check that it hits."""

        def interrupted() -> Measurement:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run_all(toy("long", interrupted))


class TestResources:
    def test_a_resource_is_made_once_for_all_checks(self) -> None:
        """Ten checks in four threads share one table."""
        made: list[int] = []

        def make() -> int:
            time.sleep(0.02)
            made.append(1)
            return 7

        plan = [asking(f"c{n}", lambda table: Measurement.exact(table, n=1)) for n in range(10)]
        runs = run_all(*plan, providers=(ResourceProvider("table", make, "A number."),), jobs=4)
        assert made == [1]
        assert [run.measurement for run in runs.values()] == [Measurement.exact(7, n=1)] * 10

    def test_a_resource_that_fails_is_the_named_cause_of_every_check_on_it(self) -> None:
        """Twenty checks on one unreadable file are one message, so the cause is kept; it is not tried again."""
        tries: list[int] = []

        def make() -> int:
            tries.append(1)
            raise DataError("test.parquet is not a Parquet file.", hint="Name the right one.")

        scored = ResourceProvider("scored", lambda table: table, "Needs the table.")
        plan = [asking(f"c{n}", lambda scored: fine()) for n in range(3)]
        runs = run_all(*plan, providers=(ResourceProvider("table", make, "A table."), scored))
        assert tries == [1]
        assert {(run.status, run.cause, run.reason, run.traceback) for run in runs.values()} == {
            (RunStatus.ERRORED, "table", "test.parquet is not a Parquet file. Name the right one.", None)
        }

    def test_an_unknown_resource_is_an_error_that_lists_what_there_is(self) -> None:
        """A check that asks for `tset` is told the names."""
        plan = asking("typo", lambda tset: fine())
        run = run_all(plan, providers=(ResourceProvider("test", fine, "The test table."),))["toy.typo"]
        assert run.reason == "no plugin provides the resource 'tset'. There are: test."

    def test_a_generator_cleans_up_when_the_run_ends(self) -> None:
        """What was opened is closed, the last first."""
        seen: list[str] = []

        def server() -> Iterator[str]:
            seen.append("up")
            yield "address"
            seen.append("down")

        resources = Resources((ResourceProvider("server", server, "A server."),), {})
        assert resources.get("server") == "address"
        assert resources.get("server") == "address"
        resources.close()
        assert seen == ["up", "down"]


class TestTime:
    def test_after_the_budget_no_check_is_started_and_none_is_forgotten(self) -> None:
        """A check that was not run is an error, so that a short budget can't pass a model."""

        def slow() -> Measurement:
            time.sleep(0.05)
            return fine()

        runs = run_all(toy("slow", slow), toy("late", fine), time_budget=0.01)
        assert runs["toy.slow"].status is RunStatus.MEASURED
        assert runs["toy.late"].status is RunStatus.ERRORED
        assert runs["toy.late"].reason == "not run: the time budget of 0.01 s was spent."

    def test_jobs_run_at_the_same_time(self) -> None:
        """Two checks that wait for each other finish only side by side."""
        meet = threading.Barrier(2, timeout=10)
        runs = run_all(
            toy("one", lambda: meet.wait() * 0 or fine()), toy("two", lambda: meet.wait() * 0 or fine()), jobs=2
        )
        assert {run.status for run in runs.values()} == {RunStatus.MEASURED}
