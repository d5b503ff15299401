"""A model that anything speaks against stays closed, unless somebody vouches for exactly its bytes."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlgate import scan_model
from mlgate.errors import ModelError
from mlgate.opening import Terms, digest, inspecting, open_model, overridden, stage
from mlgate.opening.road import StagedModel
from mlgate.spec import LocatedModel

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "data" / "model_files"
CALLS = b"(lp0\n0cos\nsystem\n(S'true'\ntR."
CODE = "flavors: {sklearn: {pickled_model: model.pkl, code: code}}"


@dataclass
class Recording:
    """Opens nothing, and keeps what it was asked to open."""

    asked: list[LocatedModel]
    accepts: str = "anything"

    def claims(self, uri: str) -> bool:
        return True

    def locate(self, uri: str) -> LocatedModel:
        return LocatedModel(uri, uri, Path(uri))

    def open(self, model: LocatedModel) -> Any:
        self.asked.append(model)
        return object()


@pytest.fixture
def opener() -> Recording:
    return Recording([])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "scorer.py").write_text("")
    (tmp_path / "model.pkl").write_bytes(pickle.dumps([1, 2]))
    return tmp_path


def staged(path: Path, *, allow_code: bool = False, trusted: str = "") -> StagedModel:
    return stage(LocatedModel("m", "models:/m/1", path), Terms(frozenset({trusted}), allow_code))


def _open(model: StagedModel, opener: Recording) -> None:
    """In this process, where the opener can be seen."""
    open_model(model, opener, confined=False)


def refusal(model: StagedModel, opener: Recording) -> str:
    with pytest.raises(ModelError) as caught:
        _open(model, opener)
    assert opener.asked == []
    return str(caught.value)


def test_a_dangerous_import_keeps_a_model_closed(folder: Path, opener: Recording) -> None:
    """The file, the byte, the import; and the command that opens exactly these bytes all the same."""
    (folder / "model.pkl").write_bytes(CALLS)
    bound = digest(folder)
    assert refusal(staged(folder), opener) == (
        "The model models:/m/1 stays closed: 'model.pkl, byte 6': imports os.system, which is not on mlgate's list. "
        f"If you vouch for exactly these bytes: `mlgate run --trust-model {bound}`, or `trust` beside `model` in the "
        "gate file."
    )
    _open(staged(folder, trusted=bound), opener)
    assert len(opener.asked) == 1


def test_the_worst_is_told_and_the_others_are_counted(folder: Path, opener: Recording) -> None:
    """One reason; the check of model files has them all."""
    (folder / "a.bin").write_bytes(b"\x00\x01unknown")
    (folder / "model.pkl").write_bytes(CALLS)
    (folder / "z.bin").write_bytes(b"\x00\x01unknown")
    assert "'model.pkl, byte 6': imports os.system, which is not on mlgate's list (and 2 more findings)." in refusal(
        staged(folder), opener
    )


@pytest.mark.parametrize("near", ["", "sha256:", "SHA256", "other"])
def test_trust_is_in_one_digest_alone(near: str, folder: Path, opener: Recording) -> None:
    """No prefix, no other spelling, and no longer when a byte changes."""
    (folder / "model.pkl").write_bytes(CALLS)
    bound = digest(folder)
    close = {"": "", "sha256:": bound[:-1], "SHA256": bound.upper(), "other": bound}[near]
    if near == "other":
        (folder / "code" / "scorer.py").write_text("# another")
    refusal(staged(folder, trusted=close), opener)


def test_code_is_let_in_by_leave_or_by_trust(folder: Path, opener: Recording) -> None:
    """And leave to bring code lets in nothing else."""
    (folder / "MLmodel").write_text(CODE)
    bound = digest(folder)
    assert refusal(staged(folder), opener).endswith(" `allow_code = true` lets every version bring its own code.")
    _open(staged(folder, allow_code=True), opener)
    _open(staged(folder, trusted=bound), opener)
    assert len(opener.asked) == 2
    opener.asked.clear()
    (folder / "model.pkl").write_bytes(CALLS)
    told = refusal(staged(folder, allow_code=True), opener)
    assert "imports os.system" in told
    assert "allow_code" not in told


def test_nobody_can_vouch_for_what_no_digest_binds(folder: Path, opener: Recording) -> None:
    """A path out of the folder: the digest would be the same with other bytes there."""
    (folder / "MLmodel").write_text("flavors: {sklearn: {pickled_model: ../model.pkl, code: code}}")
    told = refusal(staged(folder, allow_code=True, trusted=digest(folder)), opener)
    assert told.endswith(
        "outside of the model's folder. A verdict binds only the files inside the folder; log the model again with its "
        "files in it."
    )


def test_what_is_let_pass_is_told(folder: Path) -> None:
    """By each of the two, and nothing where neither applies."""
    (folder / "MLmodel").write_text(CODE)
    (folder / "model.pkl").write_bytes(CALLS)
    vouched = staged(folder, allow_code=True, trusted=digest(folder))
    assert [finding.data.get("field") for finding in overridden(vouched, trusted=False)] == ["flavors.sklearn.code"]
    assert [finding.data.get("name") for finding in overridden(vouched, trusted=True)] == [None, "system"]
    assert overridden(staged(folder, trusted="sha256:other"), trusted=True) == ()
    assert overridden(staged(folder), trusted=False) == ()


def test_a_factory_has_no_files_to_look_at(opener: Recording) -> None:
    """It is the user's own code."""
    model = stage(LocatedModel("m:f", "m:f", None))
    assert overridden(model, trusted=True) == ()
    _open(model, opener)


def test_files_are_looked_through_once_by_whoever_asks(
    folder: Path, opener: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The road, the check and the facts of the record, from several threads."""
    scans: list[Path] = []

    def counting(path: Path) -> tuple[Any, ...]:
        scans.append(path)
        return scan_model(path)

    monkeypatch.setattr(inspecting, "scan_model", counting)
    model = staged(folder)
    assert model.inspection is not None
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: model.inspection and model.inspection.found(), range(8)))
    _open(model, opener)
    _open(model, opener)
    assert scans == [model.path]


def _corpus() -> Iterator[tuple[str, str]]:
    if (CORPUS / "manifest.json").is_file():
        for entry in json.loads((CORPUS / "manifest.json").read_text()):
            yield entry["file"], entry["expect"]


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the corpus of model files is not here: {CORPUS}")
def test_of_the_corpus_the_harmless_are_opened_and_the_dangerous_never(opener: Recording) -> None:
    """84 files with their makers' verdicts, on the road itself."""
    for name, _ in _corpus():
        with suppress(ModelError):
            _open(stage(LocatedModel(name, name, CORPUS / name)), opener)
    assert [model.uri for model in opener.asked] == [name for name, verdict in _corpus() if verdict != "dangerous"]
