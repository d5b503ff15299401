"""Files in which a scanner that reads a little otherwise than the library sees nothing. The library is the witness."""

from __future__ import annotations

import io
import json
import pickle
import struct
import tarfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import joblib
import pytest

from mlgate import scan_model

WRAPPER = b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n"


def text(value: str) -> bytes:
    return b"\x8c" + bytes((len(value),)) + value.encode()


def making(folder: Path) -> bytes:
    """Opcodes that make a folder, and leave the stack as it was."""
    return b"cos\nmkdir\n" + text(str(folder)) + b"\x85R0"


def making_in_text(folder: Path) -> bytes:
    return f"0cos\nmkdir\n(S'{folder}'\ntR.".encode()


def dtype(flags: int = 0) -> bytes:
    """numpy's unsigned bytes, with flags of our choosing."""
    return (
        b"cnumpy\ndtype\n("
        + text("u1")
        + b"\x89\x88tR(K\x03"
        + text("|")
        + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK"
        + bytes((flags,))
        + b"tb"
    )


def state(shape: int, described: bytes, more: bytes = b"") -> bytes:
    """What joblib writes beside an array."""
    return (
        b"}("
        + text("subclass")
        + b"cnumpy\nndarray\n"
        + text("shape")
        + b"M"
        + struct.pack("<H", shape)
        + b"\x85"
        + text("order")
        + text("C")
        + text("dtype")
        + described
        + text("allow_mmap")
        + b"\x89"
        + more
        + b"u"
    )


def array(shape: int, described: bytes, more: bytes = b"") -> bytes:
    """Opcodes at whose end joblib reads an array."""
    return WRAPPER + b")\x81" + state(shape, described, more) + b"b"


KEY_IN_DISGUISE = b"cnumpy\nstr_\n" + text("shape") + b"\x85RK\x00\x85"


def frame(evil: bytes) -> bytes:
    """joblib reads the array from behind the frame; a linear reading takes the call for numbers."""
    body = array(len(evil) + 1, dtype()) + evil + b"."
    return b"\x80\x04\x95" + struct.pack("<Q", len(body)) + body + b"." * (len(evil) + 1)


def flags(evil: bytes) -> bytes:
    """A dtype that claims objects: joblib opens a pickle where numbers should stand."""
    stream = b"\x80\x04" + evil + b"cnumpy\nfloat64\n)R."
    return b"\x80\x04" + array(len(stream), dtype(63)) + stream + b"."


def key(evil: bytes) -> bytes:
    """A key that equals `shape` and is no plain text: the array is empty, and what follows is not of it."""
    return b"\x80\x04" + array(len(evil), dtype(), KEY_IN_DISGUISE) + evil + b"."


def list_of_arguments(evil: bytes) -> bytes:
    """Python's own unpickler calls with a list too; the array's two bytes read as an opcode that hides the rest."""
    made = b"ccopyreg\n_reconstructor\n](" + WRAPPER + b"cbuiltins\nobject\nNeR"
    return b"\x80\x04" + made + state(2, dtype()) + b"bC" + bytes((len(evil),)) + evil + b"."


def second_state(evil: bytes) -> bytes:
    """The wrapper keeps the first state's padding: the second array begins behind a hole."""
    padding = text("numpy_array_alignment_bytes") + b"K\x10"
    first = WRAPPER + b")\x81\x94" + state(0, dtype(), padding) + b"b\x000h\x00" + state(len(evil), dtype()) + b"b"
    return b"\x80\x04" + first + bytes((len(evil),)) + bytes(len(evil)) + bytes(len(evil)) + evil + b"."


@pytest.mark.parametrize("trap", [frame, flags, key, list_of_arguments, second_state])
def test_what_joblib_reads_otherwise_is_a_finding(trap: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """joblib.load makes the folder, so the file is hostile; the scan says so, and makes none."""
    model, made = tmp_path / "model", tmp_path / "made"
    model.write_bytes(trap(making(made)))
    assert scan_model(model)
    assert not made.exists()
    joblib.load(model)
    assert made.is_dir()


TEXTS = {
    "hexadecimal": b"I0x10\n",
    "octal": b"I010\n",
    "escape": b"S'\\u12'\n",
    "long line": b"S'" + b"a" * (2 << 20) + b"'\n",
    "long number": b"L" + b"9" * 4100 + b"L\n",
    "float": b"F1_0\n",
    "far place": b"Np" + b" " * 50 + b"0\n",
    "very far place": b"Np" + b" " * 5000 + b"0\n",
    "spaces in quotes": b"S'" + b" " * 5000 + b"'\n",
}


@pytest.mark.filterwarnings("ignore:invalid escape:DeprecationWarning")
@pytest.mark.parametrize("first", TEXTS.values(), ids=TEXTS)
def test_a_pickle_in_text_is_read_as_widely_as_python_reads_it(first: bytes, tmp_path: Path) -> None:
    """An opcode that stops the scan and not Python would make all of it a harmless text."""
    model, made = tmp_path / "model", tmp_path / "made"
    model.write_bytes(first + making_in_text(made))
    assert "mkdir" in {found.data.get("name") for found in scan_model(model)}
    try:
        pickle.loads(model.read_bytes())
    except ValueError:
        return
    assert made.is_dir()


def in_safetensors(folder: Path) -> bytes:
    """The length of the header reads as the opcode of a text, which ends where the numbers begin."""
    numbers = b"\n" + making_in_text(folder).removeprefix(b"0")
    header = json.dumps({"a": {"dtype": "U8", "shape": [len(numbers)], "data_offsets": [0, len(numbers)]}})
    return struct.pack("<Q", ord("V")) + header.encode().ljust(ord("V")) + numbers


def in_tar(folder: Path) -> bytes:
    """The first member's name is the opcode of a text, which ends where the member begins: a harmless text itself."""
    content = b"\n" + making_in_text(folder)
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        about = tarfile.TarInfo("V")
        about.size = len(content)
        archive.addfile(about, io.BytesIO(content))
    return made.getvalue()


def far_place(folder: Path) -> bytes:
    """Places in the memo whose first forty digits are those of other places."""
    zeros = b"0" * 39
    kept = {b"15": "os", b"25": "mkdir"}
    real = b"".join(text(name) + b"p" + zeros + place + b"\n0" for place, name in kept.items())
    shown = text("collections") + b"q\x010" + text("OrderedDict") + b"q\x020"
    got = b"".join(b"g" + zeros + place + b"\n" for place in kept)
    return b"\x80\x04" + real + shown + got + b"\x93" + text(str(folder)) + b"\x85R."


def long_number(folder: Path) -> bytes:
    """A shape whose first forty digits are zeros; what follows is hidden in the length of a text."""
    evil = making(folder)
    hidden = state(0, dtype()).replace(b"M\x00\x00\x85", b"L0x" + b"0" * 45 + b"2L\n\x85")
    return b"\x80\x04" + WRAPPER + b")\x81" + hidden + b"b\x8c" + bytes((len(evil),)) + evil + b"."


def other_escape(folder: Path) -> bytes:
    """A key that spells `shape` in a text, and not in the bytes that the opcode holds."""
    evil, key = making(folder), b"S'\\u0073hape'\nK\x00\x85"
    return b"\x80\x04" + array(2, dtype(), key) + b"\x8c" + bytes((len(evil),)) + evil + b"."


def over_a_frame(folder: Path) -> bytes:
    """A text half inside of a frame, which the fast unpickler reads from behind it; a linear reading hides the rest."""
    body = b"\x8c\x08AAAAA"
    evil = making(folder) + b"N."
    evil = b"N0" * ((1024 - len(evil)) // 2) + evil
    behind = b"AAAB" + struct.pack("<I", 1024) + evil.rjust(1024, b"\x94")
    return b"\x80\x04\x95" + struct.pack("<Q", len(body)) + body + behind + b"."


def loaded(model: Path) -> object:
    return pickle.load(io.BytesIO(model.read_bytes()))


DISGUISES = [
    (in_safetensors, loaded), (in_safetensors, joblib.load), (in_tar, loaded), (far_place, loaded),
    (far_place, joblib.load), (long_number, joblib.load), (other_escape, joblib.load), (over_a_frame, loaded),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:invalid escape:DeprecationWarning")
@pytest.mark.parametrize(("disguise", "load"), DISGUISES)
def test_what_two_programs_read_otherwise_is_a_finding(
    disguise: Callable[[Path], bytes], load: Callable[[Path], object], tmp_path: Path
) -> None:
    """The loader makes the folder, so the file is hostile, whatever else it is."""
    model, made = tmp_path / "model", tmp_path / "made"
    model.write_bytes(disguise(made))
    assert scan_model(model)
    assert not made.exists()
    with suppress(EOFError):
        load(model)
    assert made.is_dir()


@pytest.mark.parametrize("put", [b"Vplace\na", b"(Vplace\ne", b"Va\nVb\ns", b"(Va\nVb\nu"])
def test_what_is_put_into_an_import_is_a_call(put: bytes, tmp_path: Path) -> None:
    """A text that breaks off behind it has changed `sys.path`, or whatever it names, by then."""
    (tmp_path / "model").write_bytes(b"csys\npath\n" + put + b"no end")
    assert {found.data.get("name") for found in scan_model(tmp_path)} >= {"path"}


def test_a_last_line_without_an_end_is_one(tmp_path: Path) -> None:
    """Python's own unpickler, which is joblib's, takes the last byte for the end of the line, imports and calls."""
    model, made = tmp_path / "model", tmp_path / "made"
    model.write_bytes(f"(S'{made}'\nios\nmkdirX".encode())
    assert "mkdir" in {found.data.get("name") for found in scan_model(model)}
    with pytest.raises(EOFError):
        joblib.load(model)
    assert made.is_dir()


MKDIR = b"cos\nmkdir\n"
ENCODINGS = {
    "inst": b"(S'x'\nios\nmkdir\n.",
    "obj": b"(" + MKDIR + b"S'x'\no.",
    "newobj": MKDIR + b"\x8c\x01x\x85\x81.",
    "newobj_ex": MKDIR + b"\x8c\x01x\x85}\x92.",
    "memo": b"\x8c\x02os\x94\x8c\x05mkdir\x940" + b"0h\x00h\x01\x93N\x85R.",
    "put": b"\x8c\x02osq\x07\x8c\x01aq\x070\x8c\x05mkdirq\x0700Nh\x07." + b"\x80\x04\x8c\x02os\x8c\x05mkdir\x93.",
    "dup": MKDIR + b"2\x8c\x01x\x85R.",
    "second": b"N." + MKDIR + b"\x8c\x01x\x85R.",
}


@pytest.mark.parametrize("stream", ENCODINGS.values(), ids=ENCODINGS)
def test_an_import_is_found_however_it_is_written(stream: bytes, tmp_path: Path) -> None:
    """Every opcode that imports or calls."""
    (tmp_path / "model").write_bytes(b"\x80\x04" + stream)
    assert "mkdir" in {found.data.get("name") for found in scan_model(tmp_path)}


BOOSTER = b"clightgbm.basic\nBooster\n"
UNUSUAL = {
    "file": BOOSTER + text("x") + b"\x85R.",
    "by name": BOOSTER + b")}" + text("model_file") + text("x") + b"s\x92.",
    "class for later": b"](" + BOOSTER + b"e.",
    "in a tuple": BOOSTER + b"\x85\x85.",
    "handed on": b"cnumpy.random._pickle\n__generator_ctor\n}" + BOOSTER + b"\x86R.",
    "rebuilt": b"ccopyreg\n_reconstructor\n" + BOOSTER + BOOSTER + text("x") + b"\x87R.",
    "codec": b"c_codecs\nencode\n" + text("x") + text("zlib") + b"\x86R.",
    "buffer": b"cnumpy\nndarray\nK\x01\x85" + text("O") + b"C\x08AAAAAAAA\x87R.",
    "index": b"cpandas.core.indexes.base\n_new_Index\ncnumpy\nndarray\n}\x86R.",
    "objects of bytes": b"cnumpy\ndtype\n"
    + text("O8")
    + b"\x89\x88\x87R(K\x03"
    + text("|")
    + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb.",
    "attribute of a class": BOOSTER + b"}b.",
    "called result": b"cbuiltins\nset\n)R)R.",
    "extension": b"\x82\x01.",
    "persistent": text("x") + b"Q.",
    "storage of no torch": text("storage") + MKDIR + b"\x86Q.",
    "end of a frame": b"\x95\x09\x00\x00\x00\x00\x00\x00\x00N.N.N.N.N",
    "metaclass": b"csklearn.gaussian_process.kernels\nABCMeta\n.",
}


@pytest.mark.parametrize("stream", UNUSUAL.values(), ids=UNUSUAL)
def test_a_name_on_the_list_is_held_to_its_ordinary_use(stream: bytes, tmp_path: Path) -> None:
    """What a library never writes, and what would read a file, make objects of bytes or hand a class on."""
    (tmp_path / "model").write_bytes(b"\x80\x04" + stream)
    assert scan_model(tmp_path)
