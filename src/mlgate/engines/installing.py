"""Make an environment and install exact pins into it: with uv where there is one, else with venv and pip."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from mlgate.engines.declaring import Engine, Pythons
from mlgate.errors import EngineError

PATIENCE = 1800.0  # seconds for one command of a package manager
_LONGEST = 400
_DECORATION = re.compile(r"[×╰─▶│├]+|\x1b\[[0-9;]*m")  # noqa: RUF001  (what uv draws its errors with)
_FULL = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Installer:
    """A package manager; `uv` is the command that starts it, None for venv and pip."""

    uv: str | None = None

    @classmethod
    def here(cls) -> Installer:
        """uv, if it is on the path or beside this Python."""
        beside = Path(sys.executable).parent / "uv"
        found = shutil.which("uv") or (str(beside) if find_spec("uv") and beside.exists() else None)
        return cls(found)

    def install(self, engine: Engine, target: Path, wheels: Path | None) -> None:
        """A new environment in the folder `target`, with the engine's pins. Raises `EngineError`."""
        pins = target.with_name(f"{target.name}.pins")
        pins.write_text("".join(f"{pin}\n" for pin in engine.pins), encoding="utf-8")
        offline = [] if wheels is None else ["--no-index", "--find-links", str(wheels)]
        try:
            for command in self._commands(engine, target, pins, offline):
                _run(command, engine.name)
        finally:
            pins.unlink(missing_ok=True)

    def _commands(self, engine: Engine, target: Path, pins: Path, offline: list[str]) -> list[list[str]]:
        exactly = ["--quiet", "--no-deps", *offline, "--requirement", str(pins)]
        own = str(python_of(target))
        if self.uv is not None:
            make = [self.uv, "venv", "--quiet", "--no-project", "--python", str(engine.python), str(target)]
            install = [[self.uv, "pip", "install", "--python", own, "--compile-bytecode", *exactly]]
        else:
            make = [python_in(engine.python), "-I", "-m", "venv", "--without-pip", str(target)]
            install = [
                [own, "-I", "-m", "ensurepip", "--default-pip"],  # by itself: venv would keep its reason from us
                [own, "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *exactly],
            ]
        return [make, *install] if engine.pins else [make]


def python_of(environment: Path) -> Path:
    """The interpreter of an environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def python_in(range_: Pythons) -> str:
    """An interpreter of that range on this machine. Raises `EngineError` where there is none."""
    if sys.version_info[:2] in range_:
        return sys.executable
    found = next((path for name in range_.names if (path := shutil.which(name))), None)
    if found is None:
        raise EngineError(
            f"there is no Python {range_} on this machine.", hint="Install one, or uv, which brings it along."
        )
    return found


def _run(command: Sequence[str], engine: str) -> None:
    """Raises `EngineError` with what the package manager said, in one sentence."""
    try:
        done = subprocess.run(  # noqa: S603  (our own words, no shell)  # nosec B603
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False,
            timeout=PATIENCE,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise EngineError(f"the environment of the engine {engine} took more than {PATIENCE:g} s to build.") from None
    except OSError as error:
        raise EngineError(f"{Path(command[0]).name} can't be started: {error.strerror or error}.") from None
    if done.returncode:
        said = reason_in(done.stderr or done.stdout)
        full = "Make room there, or name another place with MLGATE_ENGINES." if _FULL.search(done.stderr) else None
        raise EngineError(f"the environment of the engine {engine} can't be built: {said}", hint=full)


def reason_in(printed: str) -> str:
    """What a package manager complained of, as one sentence; the cause, where it tells a chain of them."""
    plain = _DECORATION.sub("", printed)
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    named = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    causes = [line.removeprefix("Caused by:").strip() for line in lines if line.startswith("Caused by:")]
    chosen = causes[-1:] or named[-1:] or [_without_frame(lines)]
    text = " ".join(chosen[0].split())
    if len(text) > _LONGEST:  # paths are long, and what was wrong with them stands at the end
        text = f"{text[: _LONGEST // 2]} ... {text[-_LONGEST // 2 :]}"
    return text if text.endswith(".") else f"{text}."


def _without_frame(lines: Sequence[str]) -> str:
    """What follows a heading as `No solution found ...:`, up to the hints; all of it where there is no heading."""
    said = [line for line in lines if not line.startswith(("hint:", "help:", "warning:"))]
    body = said[1:] if len(said) > 1 and said[0].endswith(":") else said
    return " ".join(body) or "it gave no reason"
