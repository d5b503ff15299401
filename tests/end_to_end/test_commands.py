"""The commands around a run: lists, pages, schemas, drafts, plans, reports, and a user's own checks in them."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import jsonschema
import pytest

from mlgate.cli import cli

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk

OWN = '''
from mlgate import Measurement, check


@check("business.share_flagged", better="lower", default={"at_most": 0.9})
def share_flagged(scored_test, *, threshold: float = 0.5) -> Measurement:
    """The share of loans that the model flags.

    Each one costs a call.
    """
    return Measurement(scored_test.metric("recall", threshold=threshold))
'''
PAGE = """\
business.share_flagged
======================

The share of loans that the model flags.

Each one costs a call.

Options
-------
threshold (float), default 0.5

Asks for
--------
scored_test

Default rule
------------
at_most = 0.9
"""
HOOKS = '''
from pathlib import Path

from mlgate import Measurement, ResourceProvider, check, hookimpl
from mlgate.tabular import Table

HEARD = Path(__file__).with_name("heard.txt")


def heard(word):
    with HEARD.open("a") as file:
        file.write(word + "\\n")


@check("toy.bonus", default={"at_least": 2})
def bonus(bonus_rate):
    """Reads a resource of this file."""
    return Measurement.exact(bonus_rate, n=1)


class Memory:
    accepts = "memory:NAME"

    def claims(self, uri):
        return uri.startswith("memory:")

    def locate(self, uri):
        raise AssertionError("no test asks for a model in memory")

    def open(self, uri):
        return Table.scan(uri.removeprefix("memory:") + ".parquet")


class Shout:
    def render(self, record):
        return record.verdict.decision.upper() + "!"


@hookimpl
def mlgate_checks():
    return [bonus]


@hookimpl
def mlgate_resources():
    return [ResourceProvider("bonus_rate", lambda: 2.0, "What a good loan brings.")]


@hookimpl
def mlgate_model_openers():
    return [Memory()]


@hookimpl
def mlgate_table_openers():
    return [Memory()]


@hookimpl
def mlgate_registries():
    return {"memory": Memory()}


@hookimpl
def mlgate_reporters():
    return {"shout": Shout()}


@hookimpl
def mlgate_run_started(event):
    heard(f"started {len(event.checks)}")


@hookimpl
def mlgate_check_finished(event):
    heard(f"finished {event.run.check} {event.done}/{event.total}")


@hookimpl
def mlgate_run_finished(event):
    heard(f"{event.record.verdict.decision}")
    raise RuntimeError("an observer's mistake changes no verdict")
'''


def test_an_own_check_is_listed_and_explained(desk: Desk) -> None:
    """A file beside the gate file is enough."""
    desk.write("mlgate_checks.py", OWN)
    listed = desk.mlgate("checks", "business.share_*")
    assert (listed.code, listed.out) == (0, "business.share_flagged  The share of loans that the model flags.\n")
    explained = desk.mlgate("explain", "business.share_flagged")
    assert (explained.code, explained.out) == (0, PAGE)


def test_an_own_check_takes_options_and_rules_from_the_gate_file(desk: Desk) -> None:
    """It is held to rules like any other."""
    desk.write("mlgate_checks.py", OWN)
    desk.gate()
    desk.gate((desk / "mlgate.toml").read_text(), '[checks."business.share_flagged"]\nthreshold = 0.9\nat_most = 0.2\n')
    assert desk.mlgate("run", "--checks", "business.share_*").code in (0, 1)
    assert desk.result("business.share_flagged")["options"] == {"threshold": 0.9}


def test_a_file_of_checks_may_implement_every_hook(desk: Desk) -> None:
    """Resources, openers, registries, reports and observers need no package."""
    desk.write("mlgate_checks.py", HOOKS)
    done = desk.mlgate(
        *("run", "--test", "memory:test", "--label", "late", "--checks", "toy.*"),
        *("--report", "shout=out.txt"),
    )
    assert done.code == 0, done
    assert desk.record()["data"]["test"]["rows"] == 3000
    assert (desk / "out.txt").read_text() == "ALLOWED!"
    heard = (desk / "heard.txt").read_text().splitlines()
    assert heard == ["started 1", "finished toy.bonus 1/1", "allowed"]
    plugins = desk.mlgate("plugins").out
    assert "memory:NAME" in plugins
    assert "registries: folder, memory, models, sagemaker" in plugins


def test_plugins_names_what_is_installed(desk: Desk) -> None:
    """Each with its distribution and version."""
    lines = desk.mlgate("plugins").out.splitlines()
    assert any(line.startswith("mlflow  mlgate-mlflow 0.1.0") for line in lines)
    assert any(line.startswith("performance  mlgate-performance 0.1.0") for line in lines)
    assert any(line.startswith("reports: csv, cyclonedx, github, gitlab, html, json, junit, ") for line in lines)


def test_the_gate_file_s_schema_accepts_what_init_writes(desk: Desk) -> None:
    """An outside witness validates the draft."""
    done = desk.mlgate(
        *("init", "--model", "candidate.joblib", "--train", "train.parquet", "--test", "test.parquet"),
        *("--label", "late"),
    )
    assert (done.code, done.out) == (0, "wrote mlgate.toml; read it, then: mlgate run\n")
    schema = json.loads(desk.mlgate("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(tomllib.loads((desk / "mlgate.toml").read_text(encoding="utf-8")), schema)


def test_what_init_writes_runs(desk: Desk) -> None:
    """From nothing to a verdict in two commands."""
    desk.mlgate(
        *("init", "--model", "candidate.joblib", "--champion", "champion.joblib", "--train", "train.parquet"),
        *("--test", "test.parquet", "--label", "late"),
    )
    done = desk.mlgate("run")
    assert done.code == 0, done


def test_init_replaces_nothing(desk: Desk) -> None:
    """A gate file is somebody's work."""
    desk.gate()
    done = desk.mlgate("init", "--model", "candidate.joblib", "--test", "test.parquet", "--label", "late")
    assert (done.code, done.err) == (
        4,
        "mlgate: mlgate.toml is there already. Name another with --output, or replace it with --force.\n",
    )


def test_plan_needs_no_model(desk: Desk) -> None:
    """It says what the rows can show, and what a smaller margin would need."""
    (desk / "candidate.joblib").unlink()
    done = desk.mlgate("plan", "--test", "test.parquet", "--label", "late")
    assert done.code == 0, done
    assert "performance.vs_champion" in done.out
    assert desk.records() == []


def test_reports_are_drawn_again_from_the_record(desk: Desk) -> None:
    """By its file or by the folder of its run, and the same as those of the run itself."""
    desk.mlgate(
        *("run", "--model", "candidate.joblib", "--test", "test.parquet", "--label", "late"),
        *("--checks", "performance.baseline", "--report", "markdown=first.md", "--report", "json=record.json"),
    )
    folder = next(desk.folder.glob(".mlgate/runs/*"))
    for record in ("record.json", str(folder)):
        assert desk.mlgate("report", record, "--report", "markdown=again.md").code == 0
        assert (desk / "again.md").read_bytes() == (desk / "first.md").read_bytes()
    assert "performance.baseline" in desk.mlgate("report", "record.json").out


@pytest.mark.parametrize("command", ["run", "decide", "plan", "promote", "report", "checks", "explain", "init"])
def test_every_command_has_help(command: str, desk: Desk) -> None:
    """`-h` and `--help` alike, each beginning with how it is used."""
    short, long = (desk.mlgate(command, flag) for flag in ("-h", "--help"))
    assert short == long
    assert long.out.startswith(f"Usage: mlgate {command} ")


def test_the_ten_commands_are_listed(desk: Desk) -> None:
    """`mlgate --help` names every command."""
    shown = desk.mlgate("--help").out
    assert [name for name in cli.list_commands(None) if f"\n  {name} " not in shown] == []  # type: ignore[arg-type]
