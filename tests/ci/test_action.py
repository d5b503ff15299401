"""The steps of the GitHub actions are run, as the runner would run them."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.ci.composite import Job

HOSTILE = (
    '"; touch pwned #',
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    "a\ntouch pwned\n::error::b",
    "--help",
)
CHECK_INPUTS = {"model": "model", "champion": "champion", "gate": "gate", "data": "test", "label": "label"}


def champion(registry: Path) -> str:
    """Who holds the alias, from MLflow's own table."""
    with closing(sqlite3.connect(registry)) as tables:
        asked = "SELECT version FROM registered_model_aliases WHERE name = 'loans' AND alias = 'champion'"
        return str(tables.execute(asked).fetchone()[0])


@pytest.mark.slow
def test_a_good_version_is_allowed_promoted_and_rolled_back(job: Job, action: Path, registry: Path) -> None:
    """The outputs tell what happened, in words that a later step can use."""
    ran = job.run(action, promote_to="champion")
    assert ran.code == 0, ran.log
    record = Path(ran.outputs["record"])
    assert ran.outputs == {
        "verdict": "allowed",
        "record": str(record),
        "verdict-digest": f"sha256:{hashlib.sha256(record.read_bytes()).hexdigest()}",
        "model": "models:/loans/2",
        "promoted-from": "1",
        "promoted-to": "2",
    }
    assert json.loads(record.read_bytes())["verdict"]["decision"] == "allowed"
    assert champion(registry) == "2"
    assert "allowed" in ran.summary
    assert "The alias moved from version 1 to version 2." in ran.summary
    assert ran.used["actions/upload-artifact"] == {
        "name": "mlgate",
        "path": str(record.parent),
        "if-no-files-found": "error",
    }
    kept = ran.used["actions/cache/save"]
    assert re.fullmatch(r"mlgate-predictions-1-Linux-[0-9a-f]{32}", kept["key"])
    assert kept["key"].startswith(ran.used["actions/cache/restore"]["restore-keys"])
    assert all((job.workspace / path).exists() for path in kept["path"].split())

    back = job.run(action / "rollback", name="loans", alias="champion", reason='"; touch pwned #')
    assert (back.code, back.outputs) == (0, {"promoted-from": "2", "promoted-to": "1"}), back.log
    assert champion(registry) == "1"
    assert not list(job.workspace.parent.rglob("pwned"))


@pytest.mark.slow
def test_the_same_predictions_are_kept_under_the_same_name(job: Job, action: Path) -> None:
    """A cache that nothing was added to is not kept again, and a changed gate file adds nothing."""
    first = job.run(action, model="model-2.joblib", upload="false")
    gate = job.workspace / "mlgate.toml"
    gate.write_text(gate.read_text(encoding="utf-8").replace("0.7", "0.99"), encoding="utf-8")
    job.github["steps.restore.outputs.cache-matched-key"] = first.used["actions/cache/save"]["key"]
    second = job.run(action, model="model-2.joblib")
    assert (first.code, first.outputs["verdict"]) == (0, "allowed"), first.log
    assert (second.code, second.outputs["verdict"]) == (1, "denied"), second.log
    assert "actions/upload-artifact" not in first.used
    assert "actions/cache/save" not in second.used
    assert "actions/upload-artifact" in second.used, "the report of a denial is what people want to read"

    # The next job decides again from the record of this one, by another gate file; nothing is measured.
    gate.write_text(gate.read_text(encoding="utf-8").replace("0.99", "0.6"), encoding="utf-8")
    decided = job.run(action, record=str(_moved(Path(second.outputs["record"]))), cache="false")
    assert (decided.code, decided.outputs["verdict"]) == (0, "allowed"), decided.log
    assert not {"actions/cache/restore", "actions/cache/save"} & decided.used.keys()


def _moved(record: Path) -> Path:
    """Where the artifact of an earlier job is downloaded to."""
    place = record.parents[1] / "measured.json"
    return record.rename(place)


@pytest.mark.parametrize(("mode", "code"), [("enforce", 1), ("warn", 0), ("observe", 0)])
def test_a_denial_fails_the_job_only_where_it_is_enforced(
    mode: str, code: int, job: Job, action: Path, denied: Path
) -> None:
    """In every mode the outputs say `denied`, and nothing is promoted."""
    ran = job.run(action, record=str(denied), mode=mode, promote_to="challenger")
    assert (ran.code, ran.outputs["verdict"], ran.outputs["promoted-to"]) == (code, "denied", ""), ran.log
    assert ("::warning title=mlgate::The verdict is denied." in ran.log) == (mode == "warn")


@pytest.mark.parametrize("mode", ["enforce", "warn", "observe"])
def test_a_mistake_fails_the_job_in_every_mode(mode: str, job: Job, action: Path) -> None:
    """A gate that could not judge is not one that only observes."""
    ran = job.run(action, gate="nowhere.toml", mode=mode)
    assert (ran.code, ran.outputs["verdict"]) == (4, ""), ran.log
    assert set(ran.used) == {"actions/cache/restore"}


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"mode": "lenient"}, "the input mode is enforce, warn or observe, not 'lenient'."),
        ({"write_back": "no"}, "the input write-back is true or false, not 'no'."),
        ({"mode": "a\n::warning::b"}, r"the input mode is enforce, warn or observe, not 'a\n::warning::b'."),
    ],
)
def test_a_misspelt_input_is_refused(inputs: dict[str, str], said: str, job: Job, action: Path) -> None:
    """What can't be understood is not taken for the default."""
    ran = job.run(action, **inputs)
    assert ran.code == 4
    assert [line for line in ran.log.splitlines() if line] == [f"::error title=mlgate::{said}"]


@pytest.mark.parametrize("value", HOSTILE)
def test_an_input_is_one_word_whatever_is_in_it(
    value: str, job: Job, action: Path, recorder: Callable[[], list[list[str]]]
) -> None:
    """Nothing in an input becomes a command, an option, a second word or a workflow command."""
    job.run(action, **dict.fromkeys(CHECK_INPUTS, value))
    job.run(action, record=value, gate=value)
    job.run(action / "promote", model=value, promote_to=value, record=value, gate=value, key=value)
    job.run(action / "rollback", name=value, alias=value, version=value, reason=value, gate=value)
    checked, decided, promoted, back = recorder()
    assert set(checked) > {f"--{option}={value}" for option in CHECK_INPUTS.values()}
    assert [word for word in checked if value in word and not word.startswith("--report=")] == [
        f"--{option}={value}" for option in ("gate", "model", "champion", "test", "label")
    ]
    assert decided[:2] == ["decide", f"--gate={value}"]
    assert decided[-2:] == ["--", value]
    assert promoted == [
        *("promote", "--json", *(f"--{option}={value}" for option in ("to", "gate", "record", "key"))),
        *("--", value),
    ]
    assert back == [
        "rollback",
        "--json",
        *(f"--{name}={value}" for name in ("alias", "to", "reason", "gate")),
        "--",
        value,
    ]
    assert not list(job.workspace.parent.rglob("pwned"))


@pytest.mark.slow
def test_hostile_inputs_reach_mlgate_itself_and_do_nothing(job: Job, action: Path) -> None:
    """The real command answers with a sentence, and what it prints is no workflow command."""
    ran = job.run(action, model=HOSTILE[4], data=HOSTILE[0], label=HOSTILE[1])
    assert ran.code in (3, 4), ran.log
    word = re.search(r"^::stop-commands::([0-9a-f]{32})$", ran.log, re.MULTILINE)
    assert word is not None
    obeyed = ran.log[: word.start()] + ran.log.partition(f"\n::{word[1]}::\n")[2]
    assert not re.search(r"^::error::b", obeyed, re.MULTILINE)
    assert not list(job.workspace.parent.rglob("pwned"))


def test_a_pull_request_is_named_for_the_comment(job: Job, action: Path, denied: Path) -> None:
    """The number stands beside the record, in the artifact."""
    job.environment["GITHUB_REF"] = "refs/pull/412/merge"
    ran = job.run(action, record=str(denied))
    assert (ran.code, ran.outputs["verdict"]) == (1, "denied"), ran.log
    assert Path(ran.outputs["record"]).with_name("pull-request").read_text(encoding="utf-8") == "412"


def test_mlgate_is_installed_from_the_actions_own_commit(job: Job, action: Path, tmp_path: Path) -> None:
    """Where a job brought none, the environment is made from the checkout that the action was pinned to."""
    bin = tmp_path / "bare"
    bin.mkdir()
    for name in ("bash", "dirname"):
        (bin / name).symlink_to(f"/usr/bin/{name}")
    made = '[ "$2" != venv ] || (/bin/mkdir -p "$3/bin"; /bin/cp "$0" "$3/bin/python")'
    (bin / "python3").write_text(f'#!/bin/bash\nprintf "%s\\n" "$*" >> {tmp_path}/calls\n{made}\n', encoding="utf-8")
    (bin / "python3").chmod(0o755)
    job.environment["PATH"] = str(bin)
    for plugin in ("mlgate-security", "mlgate-mlflow-guard"):
        (job.workspace / "plugins" / plugin).mkdir(parents=True)
    job.run(action / "rollback", name="loans")
    made, installed = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()[:2]
    assert made == f"-m venv {job.temporary}/mlgate-environment"
    assert installed.partition("--constraint ")[2].split() == [
        f"{job.workspace}/constraints.txt",
        f"{job.workspace}[all]",
        f"{job.workspace}/plugins/mlgate-security",
    ]
