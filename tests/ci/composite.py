"""Runs a composite action as GitHub's runner would: its `run` steps really, its `uses` steps only written down."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml

EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
REFERENCE = re.compile(r"\b(?:inputs|steps|runner|github)\.[\w.-]+")


@dataclass
class Job:
    """One job's checkout, and the folder that its runner keeps beside it."""

    workspace: Path
    temporary: Path
    environment: dict[str, str] = field(default_factory=dict)
    github: dict[str, str] = field(default_factory=dict)

    def run(self, action: Path, **inputs: str) -> Ran:
        """Run the action in the folder `action` with these inputs; `_` in a name stands for `-`."""
        return _Run(self, action, {name.replace("_", "-"): value for name, value in inputs.items()}).all()


@dataclass
class Ran:
    """What became of an action: its exit code and log, its outputs, and which other actions it would have used."""

    code: int = 0
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    used: dict[str, dict[str, str]] = field(default_factory=dict)


class _Run:
    def __init__(self, job: Job, action: Path, inputs: Mapping[str, str]) -> None:
        self._job = job
        self._action = action
        self._said = yaml.safe_load((action / "action.yml").read_text(encoding="utf-8"))
        defaults = {name: str(stated.get("default", "")) for name, stated in self._said["inputs"].items()}
        assert inputs.keys() <= defaults.keys(), "the runner only warns of inputs that there are not"
        self._known = {f"inputs.{name}": value for name, value in {**defaults, **inputs}.items()}
        self._known |= {"runner.os": "Linux", "runner.temp": str(job.temporary), **job.github}
        self._path: list[str] = []
        self._ran = Ran()

    def all(self) -> Ran:
        for step in self._said["runs"]["steps"]:
            wanted = str(step.get("if", "success()"))
            alive = self._ran.code == 0 or "always()" in wanted
            if alive and self._holds(wanted):
                self._step(step)
        stated = self._said.get("outputs", {})
        self._ran.outputs = {name: self._filled(output["value"]) for name, output in stated.items()}
        return self._ran

    def _step(self, step: Mapping[str, Any]) -> None:
        if "uses" in step:
            given = {name: self._filled(str(value)) for name, value in step["with"].items()}
            self._ran.used[step["uses"].partition("@")[0]] = given
            return
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "text of others would become part of a script"
        # What stands in `env:` is filled in; the script is not.
        environment = {name: self._filled(value) for name, value in step.get("env", {}).items()}
        place = self._job.workspace / self._filled(step.get("working-directory", "."))
        script = self._job.temporary / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        files = {f"GITHUB_{name}": self._job.temporary / name for name in ("OUTPUT", "STEP_SUMMARY", "PATH")}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=place,
            env=self._environment() | {name: str(file) for name, file in files.items()} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        self._ran.log += done.stdout
        self._ran.code = self._ran.code or done.returncode
        self._ran.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        self._path += files["GITHUB_PATH"].read_text(encoding="utf-8").split()
        for name, value in told_outputs(files["GITHUB_OUTPUT"].read_text(encoding="utf-8")).items():
            self._known[f"steps.{step['id']}.outputs.{name}"] = value

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.pathsep.join([*self._path, str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(self._job.temporary),
            "CI": "true",
            "RUNNER_TEMP": str(self._job.temporary),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self._job.workspace),
            "GITHUB_ACTION_PATH": str(self._action),
            **self._job.environment,
        }

    def _filled(self, text: str) -> str:
        return EXPRESSION.sub(lambda found: self._known.get(found[1].strip(), ""), text)

    def _holds(self, condition: str) -> bool:
        """The few operators that our actions use, as Python's."""
        python = REFERENCE.sub(lambda found: repr(self._known.get(found[0], "")), condition)
        python = python.replace("!endsWith(", " not endsWith(").replace("&&", " and ").replace("||", " or ")
        names = {"always": lambda: True, "success": lambda: True, "endsWith": str.endswith}
        return bool(eval(python, {"__builtins__": {}}, names))  # the condition is ours


def told_outputs(text: str) -> dict[str, str]:
    """A file of outputs as the runner reads it: `name=value`, or `name<<WORD`, lines, `WORD`."""
    outputs, lines = {}, iter(text.splitlines())
    for line in lines:
        name, mark, rest = re.fullmatch(r"([\w-]+)(<<|=)(.*)", line).groups()  # type: ignore[union-attr]
        outputs[name] = rest if mark == "=" else "\n".join(takewhile(rest.__ne__, lines))
    return outputs
