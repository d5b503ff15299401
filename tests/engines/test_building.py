"""Environments are built once, whole or not at all, and used only while they are what was built."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from mlgate import EngineError
from mlgate.engines import Engine, Pythons, ask
from mlgate.engines.asking import try_out
from mlgate.engines.building import Builder, usable
from mlgate.engines.housekeeping import prune, standings
from mlgate.engines.installing import Installer, python_in, reason_in
from mlgate.engines.manifest import NAME, Manifest
from mlgate.engines.places import VARIABLE, engines_folder

Toy = Callable[..., Engine]
MakeWheel = Callable[..., None]


def nothing(engine: Engine, environment: Path) -> Mapping[str, object]:
    return {}


class Copying(Installer):
    """Installs nothing: a folder that looks like an environment, and how often it was asked."""

    def __init__(self, pause: threading.Barrier | None = None) -> None:
        super().__init__()
        object.__setattr__(self, "asked", [])

    def install(self, engine: Engine, target: Path, wheels: Path | None) -> None:
        self.asked.append(threading.get_ident())  # type: ignore[attr-defined]
        (target / "bin").mkdir(parents=True)
        (target / "bin" / "python").symlink_to(sys.executable)
        (target / "pyvenv.cfg").write_text("version = 3.11.9\n", encoding="utf-8")
        packages = target / "lib" / "python3.11" / "site-packages" / "thing-1.0.dist-info"
        packages.mkdir(parents=True)
        (packages / "RECORD").write_text("thing.py,sha256=x,1\n", encoding="utf-8")


def test_the_second_one_who_asks_finds_it_built(toy: Toy, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Same pins, same address, for every project. The first one is told what the wait is for."""
    installer = Copying()
    builder = Builder(tmp_path / "engines", nothing, installer=installer)
    first, second = builder.ready(toy()), builder.ready(toy())
    (told,) = caplog.messages
    assert told.startswith(f"mlgate: building the environment of {toy().name} (0 packages) in {tmp_path / 'engines'}")
    assert (first.built, second.built) == (True, False)
    assert first.path == second.path
    assert len(installer.asked) == 1  # type: ignore[attr-defined]
    assert second.manifest.python == "3.11.9"


def test_two_who_ask_at_once_build_once(toy: Toy, tmp_path: Path) -> None:
    """The second waits for the first one's lock."""
    installer, engine = Copying(), toy()
    builder = Builder(tmp_path / "engines", nothing, installer=installer)
    found: list[bool] = []
    threads = [threading.Thread(target=lambda: found.append(builder.ready(engine).built)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, False, False, True]
    assert len(installer.asked) == 1  # type: ignore[attr-defined]


def test_other_pins_are_another_environment(toy: Toy) -> None:
    """Content-addressed: by name, Python, pins and platform, in any order of the pins, and not by the worker."""
    plain, pinned = toy(), toy(pins=("a==1", "b==2"))
    assert plain.address != pinned.address
    assert toy("other = 1").address == plain.address
    assert toy(pins=("b==2", "a==1")).address == pinned.address


SPOILS: Mapping[str, Callable[[Path], object]] = {
    "no manifest": lambda home: (home / NAME).unlink(),
    "half a manifest": lambda home: (home / NAME).write_text('{"manifest": 1', encoding="utf-8"),
    "a package more": lambda home: shutil.copytree(
        next(home.glob("lib/*/site-packages/thing-1.0.dist-info")), home / "lib/python3.11/site-packages/x-1.dist-info"
    ),
    "a file changed": lambda home: next(home.glob("lib/*/site-packages/*/RECORD")).write_text("y", encoding="utf-8"),
    "a file more": lambda home: (home / "lib" / "evil.pth").write_text("import os", encoding="utf-8"),
    "its python gone": lambda home: (home / "bin" / "python").unlink(),
}


@pytest.mark.parametrize("spoil", SPOILS)
def test_what_is_not_what_was_built_is_built_again(toy: Toy, tmp_path: Path, spoil: str) -> None:
    """An interrupted copy, a package added by hand, an upgraded Python."""
    builder = Builder(tmp_path / "engines", nothing, installer=Copying())
    home = builder.ready(toy()).path
    SPOILS[spoil](home)
    assert usable(toy(), builder.root) is None
    assert builder.ready(toy()).built
    assert usable(toy(), builder.root) is not None


def test_a_build_that_fails_leaves_nothing_and_can_be_tried_again(toy: Toy, tmp_path: Path) -> None:
    """Nobody sees half an environment."""

    def refuse(engine: Engine, environment: Path) -> Mapping[str, object]:
        raise EngineError("it does not run.")

    with pytest.raises(EngineError, match="it does not run"):
        Builder(tmp_path / "engines", refuse, installer=Copying()).ready(toy())
    assert [path for path in (tmp_path / "engines").iterdir() if path.is_dir()] == []
    assert Builder(tmp_path / "engines", nothing, installer=Copying()).ready(toy()).built


def test_a_worker_that_does_not_run_in_its_environment_is_found_at_once(toy: Toy, tmp_path: Path) -> None:
    """Verified before its first use: the pins install, and the program does not import."""
    engine = toy("import thing_that_is_not_there", name="broken")
    with pytest.raises(
        EngineError, match="engine broken is built and does not run: it crashed with ModuleNotFoundError"
    ):
        Builder(tmp_path, try_out, installer=Installer()).ready(engine)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_cache_is_used_and_not_built_into(toy: Toy, tmp_path: Path) -> None:
    """In CI the cache is often mounted read-only: what is built there serves."""
    root = tmp_path / "engines"
    Builder(root, nothing, installer=Copying()).ready(toy())
    root.chmod(0o500)
    try:
        assert not Builder(root, nothing).ready(toy()).built
        with pytest.raises(EngineError, match=f"other is not built yet, and nothing can be written to .* {VARIABLE}"):
            Builder(root, nothing, installer=Copying()).ready(toy(name="other"))
    finally:
        root.chmod(0o700)


def test_a_cache_that_can_not_be_made_is_a_sentence(toy: Toy, tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(EngineError, match=r"nothing can be written to .*: Not a directory"):
        Builder(tmp_path / "file" / "engines", nothing, installer=Copying()).ready(toy())


def test_a_full_disk_during_the_build_is_a_sentence(toy: Toy, tmp_path: Path) -> None:
    """As uv says it, and as this process meets it."""
    uv = tmp_path / "uv"
    uv.write_text(
        "#!/bin/sh\n[ $1 = venv ] && exit 0\n"
        "echo 'error: Failed to install: thing-1.0' >&2\n"
        "echo '  Caused by: failed to copy file: No space left on device (os error 28)' >&2\nexit 2\n",
        encoding="utf-8",
    )
    uv.chmod(0o755)
    builder = Builder(tmp_path / "engines", nothing, installer=Installer(str(uv)))
    with pytest.raises(EngineError, match=r"No space left on device \(os error 28\)\. Make room there") as caught:
        builder.ready(toy(pins=("thing==1.0",)))
    assert "\n" not in str(caught.value)
    assert [path for path in (tmp_path / "engines").iterdir() if path.is_dir()] == []


INSTALLERS = [
    pytest.param(Installer(), id="venv and pip"),
    pytest.param(
        Installer(shutil.which("uv")), id="uv", marks=pytest.mark.skipif(not shutil.which("uv"), reason="no uv here")
    ),
]


@pytest.mark.parametrize("installer", INSTALLERS)
def test_pins_come_from_a_folder_of_wheels_and_run(
    toy: Toy, tmp_path: Path, installer: Installer, make_wheel: MakeWheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offline, by a real package manager; what is not in the folder is its reason, in one sentence."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    make_wheel(wheels, "thing", "1.2")
    source = "import thing\ndef answer(body, tables, emit): emit({'version': thing.VERSION})"
    builder = Builder(tmp_path / "engines", try_out, wheels, installer)
    built = builder.ready(toy(source, pins=("thing==1.2",)))
    assert built.manifest.says == {"version": "1.2"}
    assert "thing-1.2" in built.manifest.records
    monkeypatch.setenv(VARIABLE, str(builder.root))
    assert ask(toy(source, pins=("thing==1.2",)), {}).items == ({"version": "1.2"},)
    with pytest.raises(EngineError, match=r"environment of the engine toy can't be built: .*thing") as caught:
        builder.ready(toy(source, pins=("thing==9",)))
    assert "\n" not in str(caught.value)


SAID = {
    "uv": (
        "  \u00d7 No solution found when resolving dependencies:\n"
        "  ╰─▶ Because there is no version of numpy==99 and you require numpy==99, we\n"
        "      can conclude that your requirements are unsatisfiable.\n",
        "Because there is no version of numpy==99 and you require numpy==99, we can conclude that your requirements "
        "are unsatisfiable.",
    ),
    "a chain": ("error: Failed to fetch\n  Caused by: x\n  Caused by: dns error\n", "dns error."),
    "pip": (
        "WARNING: a\nERROR: Could not find a version (from versions: none)\n"
        "ERROR: No matching distribution found for a==1\n",
        "No matching distribution found for a==1.",
    ),
    "long": (
        f"error: failed to copy {'a' * 400}: No space left on device",
        f"error: failed to copy {'a' * 178} ... {'a' * 175}: No space left on device.",
    ),
    "nothing": ("", "it gave no reason."),
}


@pytest.mark.parametrize("manager", SAID)
def test_a_package_managers_reason_is_one_sentence(manager: str) -> None:
    """Not its drawing, not its log."""
    printed, sentence = SAID[manager]
    assert reason_in(printed) == sentence


def test_a_python_that_is_not_here_is_a_sentence() -> None:
    """The range names none that this machine has."""
    with pytest.raises(EngineError, match=r"no Python >=3\.1,<3\.2 on this machine\. Install one, or uv"):
        python_in(Pythons((3, 1), (3, 1)))


@pytest.mark.parametrize("wrong", [{"name": "Toy"}, {"name": "a b"}, {"pins": ("thing>=1",)}, {"pins": ("-e .==1",)}])
def test_a_declaration_that_is_not_exact_is_refused(toy: Toy, wrong: Mapping[str, object]) -> None:
    """Pins are exact: nothing is resolved, and nothing is an option of the package manager."""
    with pytest.raises(ValueError, match=r"an engine's name is|a pin is name==version"):
        toy(**wrong)


def test_pruning_removes_what_no_engine_needs(toy: Toy, tmp_path: Path) -> None:
    """Old pins, broken builds; never a stranger's folder, nor one that is in use."""
    root = tmp_path / "engines"
    builder = Builder(root, nothing, installer=Copying())
    kept, old = builder.ready(toy()), builder.ready(toy(pins=("thing==0.1",)))
    broken = root / ".building-toy-abc"
    broken.mkdir()
    (root / "stranger").mkdir()
    assert set(prune(root, [toy()])) == {old.path, broken}
    assert kept.path.is_dir()
    assert (root / "stranger").is_dir()
    (standing,) = standings([toy()], root)
    assert standing.environment is not None
    assert prune(root, [toy()], everything=True) == (kept.path,)


def test_the_folder_follows_the_variables(tmp_path: Path) -> None:
    """Ours first, then the XDG base directories; a relative XDG path is to be ignored, says their specification."""
    assert engines_folder({VARIABLE: str(tmp_path)}) == tmp_path
    assert engines_folder({VARIABLE: "engines"}) == Path.cwd() / "engines"
    if sys.platform.startswith("linux"):
        assert engines_folder({"XDG_CACHE_HOME": "/c"}) == Path("/c/mlgate/engines")
        assert engines_folder({"XDG_CACHE_HOME": "c"}) == Path.home() / ".cache/mlgate/engines"


def test_a_manifest_counts_what_is_there(toy: Toy, tmp_path: Path) -> None:
    """As `find` would."""
    home = Builder(tmp_path, nothing, installer=Copying()).ready(toy()).path
    files = [path for path in home.rglob("*") if not path.is_dir() and path.name != NAME]
    manifest = Manifest.read(home)
    assert manifest.files == len(files)
    assert manifest.bytes == sum(path.lstat().st_size for path in files)
