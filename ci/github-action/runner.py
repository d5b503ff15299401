"""What the action's steps share: how they call mlgate, and how they talk to the runner.

Only the standard library, so that a step needs nothing but Python. Nothing goes through a shell, and what a command
prints is never read as a workflow command: names of models, columns and files are others' text.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

INPUT = "MLGATE_INPUT_"


def stated(name: str) -> str:
    """An input of the action, as `model`; empty where it was left out."""
    return os.environ.get(INPUT + name.upper().replace("-", "_"), "").strip()


def switched_on(name: str) -> bool:
    """An input that is `true` or `false`. Anything else is a mistake, and no choice."""
    value = stated(name) or "false"
    if value not in ("true", "false"):
        refuse(f"the input {name} is true or false, not {value!r}.")
    return value == "true"


def options(**values: str) -> list[str]:
    """`--name=value` for each value that was given: one word each, whatever is in it."""
    return [f"--{name.replace('_', '-')}={value}" for name, value in values.items() if value]


def mlgate(arguments: Sequence[str], *, obeyed: bool = False, **settings: Any) -> subprocess.CompletedProcess[str]:
    """Run the `mlgate` that the job installed. `settings` are those of `subprocess.run`.

    The runner obeys what it prints only where that is asked for: a report that escapes others' text.
    """
    with nullcontext() if obeyed else muted():
        # A list of words, never a shell; where `mlgate` is, the job's PATH says.
        return subprocess.run(["mlgate", *arguments], check=False, text=True, **settings)  # noqa: S603, S607  # nosec B603 B607


def move(arguments: Sequence[str]) -> int:
    """Run `mlgate promote` or `mlgate rollback`, and put out from which version to which; the exit code."""
    done = mlgate(arguments, stdout=subprocess.PIPE)
    if done.returncode == 0:
        moved = json.loads(done.stdout)
        before, now = moved["previous"] or "", moved["version"]
        put_out({"promoted-from": before, "promoted-to": now})
        append("GITHUB_STEP_SUMMARY", f"\nThe alias moved from version {before or 'none'} to version {now}.\n")
    return done.returncode


@contextmanager
def muted() -> Iterator[None]:
    """The runner obeys no `::command::` that is printed meanwhile; only this process knows the word that ends it."""
    word = secrets.token_hex(16)
    print(f"::stop-commands::{word}", flush=True)
    try:
        yield
    finally:
        print(f"\n::{word}::", flush=True)


def tell(level: str, message: str) -> None:
    """An annotation of ours: `error`, `warning` or `notice`."""
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::{level} title=mlgate::{escaped}", flush=True)


def refuse(message: str) -> None:
    """A mistake in the workflow file: nothing was judged. Exit code 4, as everywhere in mlgate."""
    tell("error", message)
    sys.exit(4)


def put_out(values: Mapping[str, str]) -> None:
    """The outputs of the step. A value ends at a word that nobody could know, so that it can't make another output."""
    word = secrets.token_hex(16)
    append("GITHUB_OUTPUT", "".join(f"{name}<<{word}\n{value}\n{word}\n" for name, value in values.items()))


def append(variable: str, text: str) -> None:
    """Add to one of the runner's files. Where it can't be written, that is said, and the verdict stands."""
    path = os.environ.get(variable)
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        tell("warning", f"{variable} could not be written: {error.strerror}.")
