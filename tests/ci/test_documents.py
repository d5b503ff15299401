"""What the guides tell users to paste into their workflows fits the files that it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.ci.templates import AZURE, GITLAB, ROOT

GUIDES = sorted((ROOT / "docs").glob("*.md"))
OURS = re.compile(r"OWNER/mlgate/(?P<path>[\w./-]+)@COMMIT")


def shown(guide: Path) -> list[Any]:
    """Each YAML block of a guide."""
    text = guide.read_text(encoding="utf-8")
    return [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


def uses(node: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each use of an action or a workflow of ours: its file, and what it is given."""
    if isinstance(node, dict):
        found = OURS.fullmatch(str(node.get("uses", "")))
        if found:
            file = ROOT / found["path"]
            yield (file if file.suffix else file / "action.yml"), node
        for child in node.values():
            yield from uses(child)
    elif isinstance(node, list):
        for child in node:
            yield from uses(child)


def wanted(file: Path) -> tuple[set[str], set[str]]:
    """The inputs and the secrets of an action or of a workflow."""
    said = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)
    called = said["on"]["workflow_call"] if "on" in said else said
    return set(called["inputs"]), set(called.get("secrets", {}))


WORKFLOWS = [
    (guide.name, block) for guide in GUIDES for block in shown(guide) if isinstance(block, dict) and "jobs" in block
]


@pytest.mark.parametrize(("guide", "workflow"), WORKFLOWS, ids=[name for name, _ in WORKFLOWS])
def test_a_workflow_in_a_guide_is_one(guide: str, workflow: Any, witness: Callable[..., str], tmp_path: Path) -> None:
    """By GitHub's schema, with a trigger where the guide shows a part."""
    whole = {"on" if key is True else key: value for key, value in workflow.items()}
    file = tmp_path / "workflow.yml"
    file.write_text(yaml.safe_dump({"on": "push", **whole}), encoding="utf-8")
    witness("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(file))


def test_the_guides_give_our_actions_inputs_that_they_have() -> None:
    """An input that an action does not know is only warned of, so it would never be missed."""
    used = [(file, node) for guide in GUIDES for block in shown(guide) for file, node in uses(block)]
    assert {file.name for file, _ in used} >= {"action.yml", "mlgate-check.yml", "mlgate-promote.yml"}
    for file, node in used:
        inputs, secrets = wanted(file)
        assert set(node.get("with", {})) <= inputs
        assert set(node.get("secrets", {})) <= secrets


def test_the_guide_for_gitlab_azure_and_pre_commit_fits_the_templates() -> None:
    """The names of inputs, parameters and hooks."""
    gitlab, azure, pre_commit = shown(ROOT / "docs" / "gitlab.md")
    (include,) = gitlab["include"]
    head = next(yaml.safe_load_all(GITLAB.read_text(encoding="utf-8")))
    assert ROOT / include["file"] == GITLAB
    assert set(include["inputs"]) <= set(head["spec"]["inputs"])
    (step,) = azure["steps"]
    parameters = {parameter["name"] for parameter in yaml.safe_load(AZURE.read_text(encoding="utf-8"))["parameters"]}
    assert ROOT / step["template"].partition("@")[0] == AZURE
    assert set(step["parameters"]) <= parameters
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert {hook["id"] for hook in pre_commit["repos"][0]["hooks"]} <= hooks


def test_every_input_of_the_check_action_stands_in_the_guide() -> None:
    """And every output."""
    guide = (ROOT / "docs" / "github.md").read_text(encoding="utf-8")
    said = yaml.safe_load((ROOT / "ci" / "github-action" / "action.yml").read_text(encoding="utf-8"))
    assert [name for name in (*said["inputs"], *said["outputs"]) if f"`{name}`" not in guide] == []
