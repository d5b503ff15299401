"""The scripts of the other templates are run, with a program in mlgate's place; the examples are read."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.ci.composite import Job
from tests.ci.templates import AZURE, ROOT, gitlab, jenkins_scripts

HOSTILE = ('"; touch pwned #', "$(touch pwned)", "`touch pwned`", "'; touch pwned; '", "a\ntouch pwned", "$HOME")
WORDS = ("--gate", "--model", "--test")
Recorder = Callable[[], list[list[str]]]


def run(job: Job, script: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """As the servers do: a script of ours, with others' text in its environment."""
    bin = job.workspace / ".mlgate-environment" / "bin"
    bin.mkdir(parents=True, exist_ok=True)
    environment = {
        "HOME": str(job.temporary),
        "AGENT_TEMPDIRECTORY": str(job.temporary),
        **job.environment,
        **variables,
    }
    command = ["bash", "-e", "-c", script]
    return subprocess.run(
        command, cwd=job.workspace, env=environment, check=False, timeout=120, capture_output=True, text=True
    )


def variables(value: str) -> dict[str, str]:
    return dict.fromkeys(("MLGATE_GATE", "MLGATE_MODEL", "MLGATE_DATA", "MLGATE_ALIAS"), value)


def gitlab_script(job: str) -> str:
    return "\n".join(gitlab()[job]["script"])


def azure_script(name: str) -> str:
    steps = yaml.safe_load(AZURE.read_text(encoding="utf-8"))["steps"]
    return str(next(step["bash"] for step in steps if step.get("displayName") == name))


JUDGING = {
    "gitlab": gitlab_script("mlgate"),
    "jenkins": jenkins_scripts()[1],
    "azure": azure_script("Judge the model"),
}
MOVING = {
    "gitlab": gitlab_script("mlgate-promote"),
    "jenkins": jenkins_scripts()[2],
    "azure": azure_script("Promote"),
}


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("server", JUDGING)
def test_a_variable_is_one_word_whatever_is_in_it(server: str, value: str, job: Job, recorder: Recorder) -> None:
    """The quotes keep it together, and nothing in it is run."""
    run(job, JUDGING[server], variables(value))
    (words,) = recorder()
    assert words[:4] == ["run", *(f"{word}={value}" for word in WORDS)]
    assert all(word.startswith("--report=") for word in words[4:])
    assert {"json", "junit"} < {word.split("=")[1] for word in words[4:]}
    assert not list(job.workspace.parent.rglob("pwned"))


@pytest.mark.parametrize("server", JUDGING)
def test_an_empty_variable_is_no_option(server: str, job: Job, recorder: Recorder) -> None:
    """Then the gate file says it."""
    run(job, JUDGING[server], variables(""))
    (words,) = recorder()
    assert words[0] == "run"
    assert all(word.startswith("--report=") for word in words[1:])


@pytest.mark.slow
def test_the_program_itself_judges_and_writes_every_report(job: Job) -> None:
    """GitLab's script, a poor model, real rows: each report that the server shows is there."""
    job.environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = run(job, JUDGING["gitlab"], {**variables(""), "MLGATE_MODEL": "model-1.joblib"})
    assert done.returncode == 1, done.stderr
    assert (job.workspace / "mlgate" / "junit.xml").read_text("utf-8").startswith("<?xml")
    quality = json.loads((job.workspace / "mlgate" / "codequality.json").read_bytes())
    assert "performance.roc_auc" in {issue["check_name"] for issue in quality}
    assert json.loads((job.workspace / "mlgate" / "record.json").read_bytes())["verdict"]["decision"] == "denied"
    assert (job.workspace / "mlgate" / "report.md").read_text("utf-8").startswith("## mlgate: denied\n")


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("server", MOVING)
def test_the_version_that_was_judged_is_promoted(server: str, value: str, job: Job, recorder: Recorder) -> None:
    """Its name comes out of the record, which is others' text too."""
    folder = job.workspace / "mlgate"
    folder.mkdir()
    (folder / "record.json").write_text(json.dumps({"candidate": {"uri": value}}), encoding="utf-8")
    run(job, MOVING[server], variables(value))
    (words,) = recorder()
    assert words == ["promote", f"--to={value}", f"--gate={value}", "--record=mlgate/record.json", "--", value]
    assert not list(job.workspace.parent.rglob("pwned"))


def test_gitlab_expands_no_input_and_shows_both_reports() -> None:
    """GitLab fills `$NAME` into variables, unless told otherwise."""
    jobs = gitlab()
    for job in jobs.values():
        assert {variable["expand"] for variable in job["variables"].values()} == {False}
    reports = jobs["mlgate"]["artifacts"]["reports"]
    written = jobs["mlgate"]["script"][0]
    assert all(f"={path}" in written for path in reports.values())
    assert set(reports) == {"junit", "codequality"}


def test_a_pre_commit_hook_is_a_command_that_there_is() -> None:
    """pre-commit makes the environment from this repository."""
    from mlgate.cli import cli

    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for hook in hooks:
        program, command, *options = hook["entry"].split()
        assert program in project["scripts"]
        found = cli.get_command(None, command)  # type: ignore[arg-type]
        assert found is not None
        assert set(options) <= {
            option for parameter in found.params for option in (*parameter.opts, *parameter.secondary_opts)
        }


@pytest.mark.parametrize(
    "example", sorted((ROOT / "examples" / "orchestrators").glob("*.py")), ids=lambda path: path.name
)
def test_an_orchestrators_example_calls_commands_that_there_are(example: Path) -> None:
    """It is Python, and what it calls takes these options. Airflow and Kubeflow are not installed for it."""
    from mlgate.cli import cli

    text = example.read_text(encoding="utf-8")
    compile(text, str(example), "exec")
    called = [part for part in ("run", "promote") if f"mlgate {part}" in text or f'"mlgate", "{part}"' in text]
    assert called == ["run", "promote"]
    known = {option for name in called for parameter in cli.get_command(None, name).params for option in parameter.opts}  # type: ignore[arg-type, union-attr]
    said = {
        word for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant) for word in _options(node.value)
    }
    assert said - {"--py", "--output", "--"} <= known


def _options(value: object) -> list[str]:
    words = str(value).split() if isinstance(value, str) else []
    return [word.partition("=")[0] for word in words if word.startswith("--")]


def test_this_file_runs_every_server() -> None:
    """A template that is added is added here."""
    folders = {path.name for path in (ROOT / "ci").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == {"github-action", *JUDGING}
