"""From real data to a guarded promotion: train, judge, promote, and see two promotions refused.

Everything happens in a scratch folder, by the commands that you would type; each is shown before its output. The
`mlgate` ones run through the console script's own function in this process, so that MLflow, which takes seconds to
import, is imported once and not once per command. Leaves the folder standing, and exits with 1 and a sentence where
anything went otherwise than told.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

HERE = Path(__file__).resolve().parent
ALLOWED, DENIED, UNDECIDED = 0, 1, 2
QUIET = {"OMP_NUM_THREADS": "1", "MLFLOW_DISABLE_TELEMETRY": "true", "GIT_PYTHON_REFRESH": "quiet"}


class DemoFailed(Exception):
    """One sentence: what was expected and what happened."""


@dataclass(frozen=True)
class Scratch:
    """The folder of this demo, with an MLflow registry on SQLite in it."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "mlflow.db"

    @property
    def tracking_uri(self) -> str:
        return f"sqlite:///{self.database.as_posix()}"

    def enter(self) -> None:
        """From here on this process and its children work in the folder, with its registry."""
        os.environ["MLFLOW_TRACKING_URI"] = self.tracking_uri
        os.chdir(self.folder)

    def run(self, *command: str, expect: int) -> None:
        """Run a command, its output straight to the terminal. Raises `DemoFailed` on another exit code."""
        print(f"\n$ {shlex.join(command)}", flush=True)
        started = time.monotonic()
        code = _mlgate(command[1:]) if command[0] == "mlgate" else _python(command[1:])
        print(f"exit code {code} ({time.monotonic() - started:.0f} s)", flush=True)
        if code != expect:
            raise DemoFailed(f"`{shlex.join(command)}` was expected to exit with {expect}, and exited with {code}.")

    def last_record(self) -> Path:
        return max((self.folder / ".mlgate" / "runs").glob("*/record.json"), key=lambda path: path.parent.name)

    def holder(self, alias: str) -> str:
        """The version that holds the alias, read from MLflow's own table and not through mlgate."""
        with closing(sqlite3.connect(self.database)) as registry:
            asked = "SELECT version FROM registered_model_aliases WHERE name = 'income' AND alias = ?"
            return str(registry.execute(asked, [alias]).fetchone()[0])


def main() -> int:
    """Tell the story; 0 if every step went as told."""
    options = _options()
    started = time.monotonic()
    os.environ.update({name: value for name, value in QUIET.items() if name not in os.environ})
    importing = threading.Thread(target=import_module, args=("mlflow",), daemon=True)
    importing.start()  # takes seconds: while the models train
    scratch = Scratch(_folder(options.keep))
    scratch.enter()
    print(f"Everything below happens in {scratch.folder}")
    try:
        prepare(scratch)
        importing.join()
        first = promote_a_better_one(scratch)
        refuse_a_worse_one(scratch)
        wait_for_more_rows(scratch)
    except DemoFailed as failure:
        print(f"\nThe demo failed: {failure}", file=sys.stderr)
        return 1
    _farewell(scratch, first, time.monotonic() - started)
    return 0


def prepare(scratch: Scratch) -> None:
    """Real people's data, three trained models, a registry."""
    _title("1. Train three models and register them in MLflow")
    shutil.copy(HERE / "mlgate.toml", scratch.folder)
    shutil.copy(HERE / "train.py", scratch.folder)
    shutil.copytree(HERE / "data", scratch.folder / "data", dirs_exist_ok=True)
    scratch.run("python", "train.py", expect=0)
    _expect_champion(scratch, "1")


def promote_a_better_one(scratch: Scratch) -> Path:
    """The challenger beats the champion: it is allowed, and the alias moves."""
    _title("2. Judge the challenger (mlgate.toml says which model, which data, which rules), and promote it")
    formats = {"json": "record.json", "junit": "junit.xml", "markdown": "report.md"}
    reports = [word for name, path in formats.items() for word in ("--report", f"{name}=reports/{path}")]
    scratch.run("mlgate", "run", *reports, expect=ALLOWED)
    for path in formats.values():
        if not (scratch.folder / "reports" / path).is_file():
            raise DemoFailed(f"reports/{path} was to be written, and is not there.")
    first = scratch.last_record()
    scratch.run("mlgate", "promote", "models:/income/2", "--to", "champion", expect=0)
    _expect_champion(scratch, "2")
    return first


def refuse_a_worse_one(scratch: Scratch) -> None:
    """A join that lost four columns makes a worse model: it is denied, and can't be promoted."""
    _title("3. Judge a version whose training data lost four columns, and try to promote it all the same")
    scratch.run("mlgate", "run", "--model", "models:/income/3", expect=DENIED)
    scratch.run("mlgate", "promote", "models:/income/3", "--to", "champion", expect=DENIED)
    _expect_champion(scratch, "2")


def wait_for_more_rows(scratch: Scratch) -> None:
    """The comparison of step 2 on 300 rows: neither proof of a win nor of harm, and the rows that would settle it."""
    _title("4. The comparison of step 2 again, on 300 rows only")
    models = ("--model", "models:/income/2", "--champion", "models:/income/1")
    scratch.run("mlgate", "run", *models, "--test", "test-300.parquet", "--no-write-back", expect=UNDECIDED)
    needed = _rows_needed(scratch.last_record(), "performance.vs_champion")
    if not needed:
        raise DemoFailed("the comparison on 300 rows was expected to say how many more rows would settle it.")
    print(f"\nAbout {needed:,} more rows would settle the comparison with the champion.")


def _mlgate(arguments: Sequence[str]) -> int:
    """What the `mlgate` on the path does with these arguments, here; its exit code."""
    (script,) = entry_points(group="console_scripts", name="mlgate")
    try:
        script.load()(list(arguments))
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0


def _python(arguments: Sequence[str]) -> int:
    return subprocess.run([sys.executable, *arguments], check=False).returncode


def _rows_needed(record: Path, check: str) -> int | None:
    results = json.loads(record.read_bytes())["results"]
    rules = [rule for result in results if result["check"] == check for rule in result["rules"]]
    return next((rule["rows_needed"] for rule in rules if rule["rows_needed"]), None)


def _expect_champion(scratch: Scratch, version: str) -> None:
    holder = scratch.holder("champion")
    if holder != version:
        raise DemoFailed(f"models:/income@champion was expected to be version {version}, and is version {holder}.")
    print(f"\nmodels:/income@champion is version {holder}")


def _title(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def _farewell(scratch: Scratch, first: Path, seconds: float) -> None:
    record = first.parent.relative_to(scratch.folder).as_posix()
    commands = Path(sys.executable).parent
    print(
        f"""
Done in {seconds:.0f} s: one promotion allowed, one denied, one put off until there are more rows.

Where to look
  {scratch.folder / "reports" / "report.md"}    the report of step 2, for people
  {scratch.folder / "reports" / "junit.xml"}    the same for a CI server
  {first}    the record: every number behind the verdict

What to try next
  cd {shlex.quote(str(scratch.folder))}
  export PATH={shlex.quote(str(commands))}:$PATH MLFLOW_TRACKING_URI={scratch.tracking_uri}
  mlgate plan                                    # what drop can this test set detect?
  mlgate explain performance.vs_champion         # what does this check measure, and how do I mend a failure?
  mlgate decide {record}    # after you changed a bound in mlgate.toml: decides again, measures nothing"""
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="work in this new or empty folder, not in a temporary one"
    )
    return parser.parse_args()


def _folder(keep: Path | None) -> Path:
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="mlgate-demo-"))
    keep.mkdir(parents=True, exist_ok=True)
    if any(keep.iterdir()):
        raise SystemExit(f"{keep} is not empty: name a new folder, so that nothing of yours is overwritten.")
    return keep.resolve()


if __name__ == "__main__":
    sys.exit(main())
