"""Every block of the README and of the guides is run, in a scratch folder, in the order in which it stands.

A `console` block runs its `$` lines in a shell; what stands below them is compared with what was printed, numbers
and lines of `...` aside. A `python` or `toml` block whose first line names a file (`# train.py`) is written to it; any
other `python` block is run. `<!-- not run: why -->` before a block leaves it out, `<!-- exit code: 1 -->` expects one.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
GUIDES = (
    "docs/gate-file.md",
    "docs/data.md",
    "docs/deepchecks.md",
    "docs/own-checks.md",
    "docs/pytest.md",
    "docs/mlflow.md",
    "docs/evidence.md",
    "docs/promotion.md",
    "docs/guard.md",
    "docs/command-line.md",
    "docs/cli.md",
    "docs/gitlab.md",
)
FROM_NOTHING = ("docs/tutorial.md", "docs/fairness.md")
NOT_RUN = ("makes environments", "installs packages", "needs a server", "moves an alias of yours", "the syntax alone")
FENCE = re.compile(
    r"(?:<!-- (?P<marker>[^>]+) -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
NAMED = re.compile(r"# ([\w.-]+\.(?:py|toml))\n")
VARYING = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}|\b[0-9a-f]{6,}\b|[-+]?\d[\d,.]*")


@dataclass(frozen=True)
class Block:
    """A fenced block, where it stands, and what the marker before it says."""

    document: str
    line: int
    language: str
    text: str
    marker: str

    @property
    def exit_code(self) -> int:
        stated = re.fullmatch(r"exit code: (\d)", self.marker)
        return int(stated[1]) if stated else 0

    @property
    def file(self) -> str | None:
        named = NAMED.match(self.text)
        return named[1] if named else None

    def commands(self) -> Iterator[tuple[str, list[str]]]:
        """Each command with the lines that it is said to print."""
        for part in re.split(r"^\$ ", self.text, flags=re.MULTILINE)[1:]:
            command, _, printed = re.sub(r"\\\n", " ", part).partition("\n")
            yield command, printed.splitlines()


def blocks(document: str) -> list[Block]:
    """All fenced blocks of a document, those without a language included as `text`."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [
        Block(
            document, text.count("\n", 0, found.start("text")), found["language"], found["text"], found["marker"] or ""
        )
        for found in FENCE.finditer(text)
    ]


class Reader:
    """Someone who types in what a document says, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        commands = str(Path(sys.executable).parent)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "PYTEST_"))},
            "PATH": os.pathsep.join([commands, os.environ.get("PATH", "")]),
            "COLUMNS": "100",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "GIT_PYTHON_REFRESH": "quiet",
            "OMP_NUM_THREADS": "1",
        }

    def follow(self, document: str) -> None:
        for block in blocks(document):
            if block.marker.startswith("not run: "):
                assert block.marker.removeprefix("not run: ") in NOT_RUN, block
            else:
                getattr(self, f"_{block.language}")(block)

    def _text(self, block: Block) -> None:
        """Words, to be read."""

    def _toml(self, block: Block) -> None:
        tomllib.loads(block.text)
        self._write(block)

    def _yaml(self, block: Block) -> None:
        assert yaml.safe_load(block.text)

    def _python(self, block: Block) -> None:
        if block.file is not None:
            self._write(block)
        else:
            self._run(block, [sys.executable, "-c", block.text])

    def _console(self, block: Block) -> None:
        for command, printed in block.commands():
            exported = re.fullmatch(r"export (\w+)=(\S+)", command)
            if exported:
                self.environment[exported[1]] = exported[2]
                continue
            output = self._shell(block, command)
            if printed:
                assert _told(printed, output), f"{_place(block)}: `{command}` printed\n{output}"

    def _write(self, block: Block) -> None:
        if block.file is not None:
            (self.folder / block.file).write_text(block.text, encoding="utf-8")

    def _shell(self, block: Block, command: str) -> str:
        """What a command prints. mlgate's own run in this process: to import the data stack once saves minutes."""
        words = shlex.split(command)
        if words[0] != "mlgate" or ">" in words:
            return self._run(block, ["bash", "-euo", "pipefail", "-c", command])
        from mlgate.cli import run_command

        out, err = io.StringIO(), io.StringIO()
        here = mock.patch.dict(os.environ, self.environment, clear=True)
        with chdir(self.folder), here, redirect_stdout(out), redirect_stderr(err):
            code = run_command(words[1:])
        return _expected(block, command, code, out.getvalue(), err.getvalue())

    def _run(self, block: Block, command: list[str]) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False, timeout=600
        )
        return _expected(block, command[-1], done.returncode, done.stdout, done.stderr)


def _expected(block: Block, command: str, code: int, out: str, err: str) -> str:
    assert code == block.exit_code, f"{_place(block)}: {command}\nexit code {code}\n{out}\n{err}"
    return out


def _place(block: Block) -> str:
    return f"{block.document}:{block.line}"


def _told(printed: list[str], output: str) -> bool:
    """Whether `output` is what the document shows: numbers may differ, a line of `...` stands for any lines."""
    lines = "\n".join(re.escape(VARYING.sub("0", " ".join(line.split()))) for line in printed if line.strip())
    pattern = re.sub(r"^\\\.\\\.\\\.$", "(?s:.*)", lines, flags=re.MULTILINE)
    said = "\n".join(VARYING.sub("0", " ".join(line.split())) for line in output.splitlines() if line.strip())
    return re.fullmatch(pattern, said) is not None


@pytest.fixture(scope="session")
def readers_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the README was followed from the first line to the last."""
    folder = tmp_path_factory.mktemp("reader")
    Reader(folder).follow("README.md")
    return folder


@pytest.mark.slow
def test_the_readme_does_what_it_says(readers_folder: Path) -> None:
    """A stranger who types in the README from top to bottom gets what it promises."""
    written = {path.name for path in readers_folder.iterdir()}
    assert {"gate.xml", "gate.md", "record.json", "mlflow.db"} <= written


@pytest.mark.slow
@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_does_what_it_says(guide: str, readers_folder: Path, tmp_path: Path) -> None:
    """Each guide goes on from where the README ended."""
    folder = tmp_path / "reader"
    shutil.copytree(readers_folder, folder, ignore=shutil.ignore_patterns("mlgate_checks.py", "test_*.py", ".mlgate"))
    Reader(folder).follow(guide)


@pytest.mark.slow
@pytest.mark.parametrize("guide", FROM_NOTHING)
def test_a_guide_that_starts_from_nothing_does_what_it_says(guide: str, tmp_path: Path) -> None:
    """In an empty folder."""
    Reader(tmp_path).follow(guide)


PAGES = tuple(sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")))


@pytest.mark.parametrize("page", sorted({*PAGES} - {*GUIDES, *FROM_NOTHING}))
def test_a_page_that_is_not_followed_has_only_files_to_read(page: str, tmp_path: Path) -> None:
    """Commands and programs stand in pages that a test follows from top to bottom; a file has to be well-formed."""
    reader = Reader(tmp_path)
    shown = [block for block in blocks(page) if not block.marker.startswith("not run: ")]
    assert {block.language for block in shown} <= {"toml", "yaml", "text"}
    for block in shown:
        getattr(reader, f"_{block.language}")(block)


@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md", "plugins/mlgate-data/README.md", *PAGES])
def test_every_link_inside_the_repository_leads_somewhere(document: str) -> None:
    """A link to a page that is not there is a promise broken."""
    path = ROOT / document
    links = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_only_the_tox_commands_and_what_installs_are_left_out_of_the_readme() -> None:
    """A block that no test runs needs a reason that stands in the document."""
    left_out = [block for block in blocks("README.md") if block.marker.startswith("not run")]
    assert [block.text for block in left_out] == [
        "$ pip install tox && tox run -e demo\n",
        "$ pip install tox && tox run\n",
        "$ pip install 'mlgate[all]'\n",
    ]


def test_every_command_has_its_help_in_the_guide() -> None:
    """`docs/command-line.md` shows the help of every command; that it is current, the run of its blocks proves."""
    from mlgate.cli import cli

    shown = [command for block in blocks("docs/command-line.md") for command, _ in block.commands()]
    assert shown == ["mlgate --help", *(f"mlgate {name} --help" for name in cli.list_commands(None))]  # type: ignore[arg-type]
