"""Hold every MLmodel of a folder against what MLflow would do with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath, PureWindowsPath

from mlgate.opening.files import regular_files
from mlgate.opening.mlmodel.flavours import (
    CODE,
    EXAMPLE_PATHS,
    FLAVOURS,
    MODULE_FILES,
    NAMED_BY_LAST_PART,
    NAMES,
    PATHS,
    WITHOUT_ENDING,
)
from mlgate.opening.mlmodel.reading import LARGEST, KeyPath, Said, Unreadable, read_mlmodel
from mlgate.results import Finding, Json, Location, Severity

MLMODEL = "MLmodel"
_MOST_IN_ALL, _LEAST = 4 << 20, 64 << 10
_EXAMPLE = "saved_input_example_info"
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Objection:
    """What speaks against opening a model.

    `code` is the code that a model brings by MLflow's own rules. `unbound` is what no digest binds: bytes outside of
    the folder, or a description that two readers can take two ways; nobody can vouch for those.
    """

    finding: Finding
    code: bool = False
    unbound: bool = False


def objections(folder: Path) -> Iterator[Objection]:
    """What the MLmodel files below `folder` say that they may not. The folder's files are regular ones."""
    manifest, left = dict(regular_files(folder)), _MOST_IN_ALL
    for name in sorted(manifest):
        last = PurePosixPath(name).name
        if last.casefold() == MLMODEL.casefold():  # as a file system may take it that tells no case
            left -= max(manifest[name].stat().st_size, _LEAST)
            if left < 0:
                yield Objection(_finding(Location(name), "one MLmodel of too many.", Severity.HIGH), unbound=True)
                return
            yield from _of_mlmodel(manifest[name], name, manifest)
        elif last.casefold() in MODULE_FILES:
            yield from _of_module_file(manifest[name], name, MODULE_FILES[last.casefold()])


def _of_mlmodel(file: Path, name: str, manifest: Mapping[str, Path]) -> Iterator[Objection]:
    try:
        with file.open("rb") as content:
            told = read_mlmodel(content.read(LARGEST + 1))
    except Unreadable as error:
        place = Location(name, error.line)
        yield Objection(_finding(place, f"{error.why}.", Severity.HIGH), unbound=True)
        return
    yield from _Description(name, told, frozenset(manifest)).objections()


def _of_module_file(file: Path, name: str, allowed: frozenset[str]) -> Iterator[Objection]:
    with file.open("rb") as content:
        text = content.read(_LONGEST_NAME + 1).decode("utf-8", "replace")
    if text not in allowed:
        said = f"names the module {_shown(text)}, which is imported and not on mlgate's list."
        yield Objection(_finding(Location(name, 1), said, Severity.CRITICAL, module=_cut(text)))


@dataclass(frozen=True, slots=True)
class _Description:
    """One MLmodel: where it lies, what it says, and the files that are there."""

    name: str
    told: Mapping[KeyPath, Said]
    manifest: frozenset[str]

    def objections(self) -> Iterator[Objection]:
        if not any(path[:1] == ("flavors",) and len(path) > 1 for path in self.told):
            yield Objection(_finding(Location(self.name, 1), "says nothing about a model.", Severity.HIGH))
        for path, said in self.told.items():
            if path[:1] == ("flavors",) and len(path) > 1:
                yield from self._of_flavours(path, said)
            elif path[:1] == (_EXAMPLE,) and isinstance(said.value, str):
                yield from self._of_text(path, said, joined=path[-1] in EXAMPLE_PATHS)

    def _of_flavours(self, path: KeyPath, said: Said) -> Iterator[Objection]:
        flavour, fields = path[1], path[2:]
        if not fields:
            if flavour not in FLAVOURS:
                yield self._objection(path, said, f"is the flavour {_shown(flavour)}, which is not on mlgate's list.")
            return
        if fields[0] in CODE:
            yield from self._of_code(path, said)
        elif isinstance(said.value, str) and fields[0] != "config" and fields[-1] != "uri":
            allowed = NAMES.get((flavour, ".".join(fields)))
            if allowed is not None and said.value not in allowed:
                yield self._objection(path, said, f"is {_shown(said.value)}, which is not on mlgate's list.")
            joined = any(fnmatchcase(".".join(fields), each) for each in PATHS.get(flavour, ()))
            yield from self._of_text(path, said, joined=joined, stem=flavour in WITHOUT_ENDING)

    def _of_code(self, path: KeyPath, said: Said) -> Iterator[Objection]:
        if said.value in (None, "") and not any(each[: len(path)] == path and each != path for each in self.told):
            return
        if len(path) == 3:
            what = f"is {_shown(said.value)}" if isinstance(said.value, str) else "is there"
            found = self._finding(path, said, f"{what}: code of the model's own, which runs when it is opened.")
            yield Objection(found, code=True)
        if isinstance(said.value, str) and path[2] in NAMED_BY_LAST_PART:
            last = PureWindowsPath(said.value).name
            yield from self._of_text(path, Said(last, said.line), joined=True)
        elif isinstance(said.value, str):
            yield from self._of_text(path, said, joined=True)

    def _of_text(self, path: KeyPath, said: Said, *, joined: bool, stem: bool = False) -> Iterator[Objection]:
        """Whatever its key: a text that leads out of the folder may be joined to it by a flavour that we don't know."""
        text = str(said.value)
        if _is_outside(text):
            what = f"is {_shown(text)}, outside of the model's folder."
            yield Objection(self._finding(path, said, what), unbound=True)
        elif joined and not self._holds(text, stem):
            yield self._objection(path, said, f"is {_shown(text)}, and no such file is there.", Severity.MEDIUM)

    def _holds(self, text: str, stem: bool) -> bool:
        """Whether the path, from this MLmodel's folder on, is a file, or a folder with files."""
        path = PurePosixPath(self.name).parent / PureWindowsPath(text).as_posix()
        place = "" if path == PurePosixPath(".") else path.as_posix()
        if not place or place in self.manifest:
            return True
        begins = (f"{place}/", f"{place}.") if stem else (f"{place}/",)
        return any(name.startswith(begins) for name in self.manifest)

    def _objection(self, path: KeyPath, said: Said, what: str, severity: Severity = Severity.CRITICAL) -> Objection:
        return Objection(self._finding(path, said, what, severity))

    def _finding(self, path: KeyPath, said: Said, what: str, severity: Severity = Severity.CRITICAL) -> Finding:
        field = _cut(".".join(path))
        return _finding(Location(self.name, said.line), f"{field!a} {what}", severity, field=field)


def _finding(place: Location, what: str, severity: Severity, **data: Json) -> Finding:
    where = place.file if place.line is None else f"{place.file}, line {place.line}"
    facts: dict[str, Json] = {"file": place.file, "line": place.line, **data}
    return Finding(f"{where!a}: {what}", severity, place, facts)


def _is_outside(text: str) -> bool:
    windows = PureWindowsPath(text)
    return PurePosixPath(text).is_absolute() or bool(windows.drive or windows.root) or ".." in windows.parts


def _shown(text: object) -> str:
    return f"{_cut(str(text))!a}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}..."
