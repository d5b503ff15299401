"""The templates of CI servers as the servers read them: inputs filled in, scripts found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
GITLAB = ROOT / "ci" / "gitlab" / "mlgate.gitlab-ci.yml"
JENKINS = ROOT / "ci" / "jenkins" / "Jenkinsfile"
AZURE = ROOT / "ci" / "azure" / "mlgate.yml"
ACTIONS = sorted((ROOT / "ci" / "github-action").rglob("action.yml"))
WORKFLOWS = sorted(
    [*(ROOT / ".github" / "workflows").glob("*.yml"), *(ROOT / "ci" / "github-action" / "workflows").glob("*.yml")]
)


def gitlab(**inputs: str) -> dict[str, Any]:
    """The jobs of the GitLab template with these inputs, else its defaults."""
    head, jobs = yaml.safe_load_all(GITLAB.read_text(encoding="utf-8"))
    given = {name: spec["default"] for name, spec in head["spec"]["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    filled = _filled(jobs, given)
    assert isinstance(filled, dict)
    return filled


def _filled(node: Any, given: dict[str, Any]) -> Any:
    if isinstance(node, dict):
        return {key: _filled(value, given) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(item, given) for item in node]
    if isinstance(node, str):
        alone = re.fullmatch(r"\$\[\[ inputs\.([\w-]+) \]\]", node)
        return given[alone[1]] if alone else node
    return node


def scripts() -> Iterator[tuple[str, str]]:
    """Every shell script that a template holds, by the name of its place."""
    for action in ACTIONS:
        for step in yaml.safe_load(action.read_text(encoding="utf-8"))["runs"]["steps"]:
            if "run" in step:
                yield f"{action.parent.name}: {step['name']}", step["run"]
    for workflow in WORKFLOWS:
        for job in yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values():
            yield from ((f"{workflow.name}: {step['name']}", step["run"]) for step in job["steps"] if "run" in step)
    for name, job in gitlab().items():
        yield f"gitlab: {name}", "\n".join([*job["before_script"], *job["script"]])
    for place, script in enumerate(jenkins_scripts()):
        yield f"jenkins: {place}", script
    for step in yaml.safe_load(AZURE.read_text(encoding="utf-8"))["steps"]:
        if "bash" in step:
            yield f"azure: {step['displayName']}", step["bash"]


def jenkins_scripts() -> list[str]:
    """What stands between triple single quotes: Groovy fills nothing into those."""
    return [
        found.replace("\\\n", "\\\n")
        for found in re.findall(r"sh '''\n(.*?)'''", JENKINS.read_text(encoding="utf-8"), re.DOTALL)
    ]
