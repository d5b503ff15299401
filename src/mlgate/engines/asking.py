"""Ask an engine: its environment built if need be, its worker started, bounded, read and cleaned up after."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from mlgate.engines.building import Builder, usable
from mlgate.engines.declaring import Engine
from mlgate.engines.installing import python_of
from mlgate.engines.places import engines_folder, wheels_folder
from mlgate.engines.protocol import ANSWER, MIB, PRINTED, Answer, Bounds, read_answer, write_request
from mlgate.errors import EngineError
from mlgate.results import Json
from mlgate.sandbox.becoming import confined
from mlgate.sandbox.confining import Confinement, Means
from mlgate.sandbox.environment import environment as variables_for
from mlgate.sandbox.limits import Limits
from mlgate.sandbox.reach import reach_of_python
from mlgate.sandbox.standing import sandbox_with

if TYPE_CHECKING:
    import pyarrow as pa

BOOT = Path(__file__).with_name("boot.py")
TRY: Mapping[str, Json] = {"describe": True}
"""What every worker is asked when its environment is new: to import what it needs and to say what it offers."""
_TAIL = 4096


def ask(
    engine: Engine,
    body: Mapping[str, Json],
    tables: Mapping[str, Iterable[pa.Table]] | None = None,
    bounds: Bounds | None = None,
) -> Answer:
    """What the engine's worker answers to `body` and `tables` (name to batches, which are written one by one).

    Raises `EngineError` where its environment can't be built or a table can't be handed over. What happens to the
    worker itself (killed, late, crashed, garbage) is the answer's `failure`, beside what it had answered until then.
    """
    environment = builder_here().ready(engine)
    answer = run_worker(engine, environment.path, body, tables or {}, bounds or Bounds())
    return replace(answer, built=environment.manifest.seconds if environment.built else None)


def told_of(engine: Engine) -> Mapping[str, object] | None:
    """What the engine tells of itself; None where it is not built, and nothing is built for it.

    A worker that is newer than the environment is asked now. Raises `EngineError` where it does not answer.
    """
    environment = usable(engine, engines_folder())
    if environment is None:
        return None
    return environment.manifest.says_of(engine) or try_out(engine, environment.path)


def builder_here(wheels: Path | None = None) -> Builder:
    """The builder for this user's folder of environments."""
    return Builder(engines_folder(), try_out, wheels or wheels_folder())


def try_out(engine: Engine, environment: Path) -> Mapping[str, object]:
    """Raises `EngineError` where the worker does not run in the environment."""
    answer = run_worker(engine, environment, TRY, {}, Bounds(seconds=600.0))
    if answer.failure is not None:
        raise EngineError(f"the engine {engine.name} is built and does not run: it {answer.failure}.")
    return dict(answer.items[0]) if answer.items else {}


def run_worker(
    engine: Engine,
    environment: Path,
    body: Mapping[str, Json],
    tables: Mapping[str, Iterable[pa.Table]],
    bounds: Bounds,
) -> Answer:
    """One worker, from its start to its end. Its folder is private and removed."""
    try:
        folder = Path(mkdtemp(prefix=f"mlgate-{engine.name}-")).resolve()
    except OSError as error:
        raise EngineError(f"the engine {engine.name} has no room for its tables: {error.strerror or error}.") from None
    try:
        write_request(folder, engine.worker, body, tables)
        means = Means.here()
        ending = _run(engine, _command(engine, environment, folder, means, bounds), folder, bounds)
        answer = replace(read_answer(folder / ANSWER, bounds.output), sandbox=sandbox_with(means))
        return answer if ending is None else replace(answer, failure=ending)
    except OSError as error:
        raise EngineError(
            f"the engine {engine.name} can't be handed its tables: {error.strerror or error}.",
            hint="Make room in the folder for temporary files (TMPDIR).",
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _command(engine: Engine, environment: Path, folder: Path, means: Means, bounds: Bounds) -> list[str]:
    """The engine's Python with the request; confined by what this platform has to confine with."""
    python = python_of(environment)
    command = [str(python), "-s", "-B", str(BOOT), str(folder)]
    if not (means.limits or means.landlock or means.seccomp):
        return command
    limits = Limits(bounds.memory, bounds.seconds, file=bounds.output)
    reach = reach_of_python(python, (BOOT, engine.worker), folder)
    return confined(command, Confinement(means, limits, reach, os.getpid(), programs=True))


def _run(engine: Engine, command: Sequence[str], folder: Path, bounds: Bounds) -> str | None:
    """How the process ended, where that was not of itself and in peace."""
    with (folder / PRINTED).open("wb") as printed:
        process = subprocess.Popen(  # noqa: S603  (our own words, no shell)  # nosec B603
            command,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=_variables(engine, folder),
            start_new_session=True,
        )
        try:
            code = process.wait(bounds.seconds)
        except subprocess.TimeoutExpired:
            return f"was not done within {bounds.seconds:g} s and was ended"
        finally:
            _end(process)
    return _how_it_ended(code, _last_line(folder / PRINTED), bounds)


def _variables(engine: Engine, folder: Path) -> dict[str, str]:
    """No more than it needs: no keys, no tokens, no PYTHON*; the hash seed is fixed, so that it draws the same."""
    return {**variables_for(str(folder)), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", **engine.variables}


def _end(process: subprocess.Popen[bytes]) -> None:
    """The whole group: a worker may have started others."""
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _how_it_ended(code: int, said: str, bounds: Bounds) -> str | None:
    if code == 0:
        return None
    if code == -signal.SIGKILL:
        return "was killed, as a system does that runs out of memory"
    if "MemoryError" in said or "bad_alloc" in said:
        return f"ran out of the {bounds.memory / MIB:,.0f} MiB of memory that it is given"
    if code < 0:
        return f"crashed its process ({signal.Signals(-code).name}){said}"
    return f"ended with exit code {code}{said}"


def _last_line(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        lines = [line.strip() for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
    return f" and said last: {lines[-1][:200]!r}" if lines else ""
