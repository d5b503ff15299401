"""Formats of other libraries, written byte by byte after their specifications. None of the libraries is needed."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mlgate import scan_model


def messages(path: Path) -> list[str]:
    return [found.message for found in scan_model(path)]


# torch: data.pkl refers to data/0, four floats, by a persistent id.
STORAGE = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x04"
TENSOR = b"ctorch._utils\n_rebuild_tensor_v2\n(%sQK\x00K\x04\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR."
NUMBERS = b"\x80\x04cos" + bytes(11)  # sixteen bytes that only look like a pickle


def torch_zip(members: dict[str, bytes], compress: int = zipfile.ZIP_STORED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compress) as archive:
        for name, data in {
            "m/data.pkl": b"\x80\x02" + TENSOR % (STORAGE + b"t"),
            "m/version": b"3\n",
            **members,
        }.items():
            archive.writestr(name, data)
    return made.getvalue()


def legacy(numbers: bytes) -> bytes:
    """torch before 1.6: a number, a version, the system, object and keys; then count and numbers of each tensor."""
    streams = [
        b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.",
        b"M\xe9\x03.",
        b"}.",
        TENSOR % (STORAGE + b"Nt"),
        b"]X\x01\x00\x00\x000a.",
    ]
    return b"".join(b"\x80\x02" + stream for stream in streams) + struct.pack("<q", 4) + numbers


def test_torch_tensors_are_numbers_where_the_pickle_says_so(tmp_path: Path) -> None:
    """Whatever the numbers are; in the zip of today and in the old form."""
    (tmp_path / "zip.pt").write_bytes(torch_zip({"m/data/0": NUMBERS}))
    (tmp_path / "old.pt").write_bytes(legacy(NUMBERS))
    assert messages(tmp_path) == []


def test_what_is_no_tensor_is_read_like_any_member(tmp_path: Path) -> None:
    """A name below data/ is not enough: the pickle must refer to it, with its size, and it must be stored as it is."""
    evil = b"\x80\x04cos\nsystem\n" + b"\x8c\x01x\x85R."
    cases = {
        "other": torch_zip({"m/data/0": NUMBERS, "m/data/1": evil}),
        "size": torch_zip({"m/data/0": NUMBERS + evil}),
        "packed": torch_zip({"m/data/0": evil.ljust(16)[:16]}, zipfile.ZIP_DEFLATED),
        "behind": legacy(NUMBERS) + evil,
        "script": torch_zip({"m/data/0": NUMBERS, "m/code/__torch__.py": b"def forward(self): pass"}),
        "constants": torch_zip({"m/data/0": NUMBERS, "m/constants.pkl": b"\x80\x02)."}),
    }
    for name, data in cases.items():
        (tmp_path / name).write_bytes(data)
    assert {str(found.data["file"]).partition("!")[0] for found in scan_model(tmp_path)} == set(cases)


def field(number: int, value: bytes) -> bytes:
    """A field of a protobuf message that holds bytes (shorter than 16 KiB)."""
    length = bytes((len(value),)) if len(value) < 128 else bytes((len(value) & 127 | 128, len(value) >> 7))
    return (
        bytes((number << 3 & 127 | 2,)) + length + value
        if number < 16
        else (bytes((number << 3 & 127 | 2 | 128, number >> 4)) + length + value)
    )


def onnx(location: str, *, first: bytes = b"\x08\x08") -> bytes:
    entry = field(1, b"location") + field(2, location.encode())
    return first + field(7, field(5, field(8, b"W") + field(13, entry) + b"\x70\x01"))


def test_onnx_numbers_beside_the_model_are_part_of_it(tmp_path: Path) -> None:
    """The file that the tensor names is numbers; another one is not."""
    (tmp_path / "model.onnx").write_bytes(onnx("weights.bin"))
    (tmp_path / "weights.bin").write_bytes(np.arange(9, dtype="f4").tobytes())
    assert messages(tmp_path) == []
    (tmp_path / "other.bin").write_bytes(np.arange(9, dtype="f4").tobytes())
    assert messages(tmp_path) == ["'other.bin, byte 0': content of no known format."]


@pytest.mark.parametrize("location", ["../w", "/etc/passwd", "a/../../w", "C:\\w", "\\\\host\\w", "a\x00b"])
def test_onnx_numbers_from_elsewhere_are_told(location: str, tmp_path: Path) -> None:
    """In a subgraph, in a function, behind unknown fields, and where the model would pass for a text."""
    entry = field(13, field(2, location.encode()) + field(1, b"location"))
    node = field(5, field(5, entry))
    for name, data in {
        "plain": onnx(location),
        "late": onnx(location, first=b"\x12\x01a"),
        "unknown": onnx(location, first=b"\x98\x06\x01"),
        "node": b"\x08\x08" + field(7, field(1, node)),
        "function": b"\x08\x08" + field(7, field(2, b"g")) + field(25, field(7, node)),
        "subgraph": b"\x08\x08" + field(7, field(1, field(5, field(6, field(5, entry))))),
    }.items():
        (tmp_path / name).write_bytes(data)
    assert len({found.data["file"] for found in scan_model(tmp_path)}) == 6


def hdf5(name: str, value: bytes, *, at: int = 0) -> bytes:
    """Superblock 0, and a root whose object header (version 1) holds one attribute: a text of fixed length."""
    label = name.encode() + b"\x00"
    kind, space = struct.pack("<B3sI", 0x13, b"\x00\x00\x00", len(value)), struct.pack("<BBB5x", 1, 0, 0)
    body = struct.pack("<BBHHH", 1, 0, len(label), len(kind), len(space)) + label.ljust(
        -(-len(label) // 8) * 8, b"\x00"
    )
    body += kind + space + value
    body = body.ljust(-(-len(body) // 8) * 8, b"\x00")
    message = struct.pack("<HHB3x", 0x0C, len(body), 0) + body
    header = struct.pack("<BBHII4x", 1, 0, 1, 1, len(message)) + message
    root = struct.pack("<QQI4x16x", 0, 96, 0)
    end = 96 + len(header)
    superblock = b"\x89HDF\r\n\x1a\n" + bytes((0, 0, 0, 0, 0, 8, 8, 0)) + struct.pack("<HHI", 4, 16, 0)
    superblock += struct.pack("<QQQQ", at, 2**64 - 1, end + at, 2**64 - 1) + root
    return bytes(at) + superblock + header


def keras(*layers: dict[str, object]) -> bytes:
    return json.dumps({"class_name": "Sequential", "config": {"layers": layers}}).encode()


DENSE: dict[str, object] = {
    "module": "keras.layers",
    "class_name": "Dense",
    "registered_name": None,
    "config": {
        "units": 1,
        "activation": "relu",
        "kernel_initializer": {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {}},
    },
}
HOSTILE_LAYERS: dict[str, dict[str, object]] = {
    "lambda": {"class_name": "Lambda", "config": {}},
    "python": {"class_name": "__lambda__", "config": {"value": "4w=="}},
    "module": {"module": "os", "class_name": "system", "config": {}},
    "own": {"module": None, "class_name": "Mine", "registered_name": "mine>Mine", "config": {}},
    "registered": {**DENSE, "registered_name": "mine>Dense"},
    "helper": {"module": "keras.utils", "class_name": "get_file", "config": {}},
    "function": {"module": "builtins", "class_name": "function", "config": "exec", "registered_name": "function"},
    "file": {"module": "keras.layers", "class_name": "StringLookup", "config": {"vocabulary": "/etc/passwd"}},
    "saved": {"module": "keras.layers", "class_name": "TFSMLayer", "config": {}},
}


def as_keras_zip(config: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("config.json", config)
        archive.writestr("model.weights.h5", hdf5("backend", b"numpy"))
    return made.getvalue()


def test_keras_own_layers_have_no_finding(tmp_path: Path) -> None:
    """In a .keras file and in HDF5."""
    (tmp_path / "m.keras").write_bytes(as_keras_zip(keras(DENSE)))
    (tmp_path / "m.h5").write_bytes(hdf5("model_config", keras(DENSE)))
    assert messages(tmp_path) == []


@pytest.mark.parametrize("layer", HOSTILE_LAYERS.values(), ids=HOSTILE_LAYERS)
def test_what_keras_would_build_beyond_its_own_is_told(layer: dict[str, object], tmp_path: Path) -> None:
    """Also where the name is written with escapes, which a search of the bytes does not see."""
    plain = keras(DENSE, layer)
    escaped = plain.replace(b"class_name", b"cl\\u0061ss_name").replace(b"Lambda", b"L\\u0061mbda")
    for number, config in enumerate((plain, escaped)):
        (tmp_path / f"{number}.keras").write_bytes(as_keras_zip(config))
        (tmp_path / f"{number}.h5").write_bytes(hdf5("model_config", config))
    assert {str(found.data["file"]).partition("!")[0] for found in scan_model(tmp_path)} == {
        "0.keras",
        "1.keras",
        "0.h5",
        "1.h5",
    }


def test_hdf5_that_is_not_read_to_its_attributes_is_told(tmp_path: Path) -> None:
    """Behind other bytes, cut off, with wider offsets: never silence."""
    whole = hdf5("model_config", keras(DENSE))
    cases = {
        "behind": hdf5("a", b"b", at=512),
        "cut": whole[:150],
        "offsets": whole[:13] + b"\x04" + whole[14:],
        "version": whole[:8] + b"\x5f" + whole[9:],
    }
    for name, data in cases.items():
        (tmp_path / name).write_bytes(data)
    assert {found.data["file"] for found in scan_model(tmp_path)} == set(cases)
    assert not any("itself failed" in message for message in messages(tmp_path))


def text(value: str) -> bytes:
    return b"L" + struct.pack(">q", len(value)) + value.encode()


XGBOOST = (
    b"{"
    + text("learner")
    + b"{"
    + text("name")
    + b"S"
    + text("gbtree")
    + text("sums")
    + b"[$d#"
    + b"L"
    + struct.pack(">q", 3)
    + struct.pack(">3f", 1, 2, 3)
    + text("trees")
    + b"[i\x05TFZ{}]}}"
)


def as_tar(config: bytes) -> bytes:
    """The same JSON as a tar of one empty file: its numbers and its checksum stand in a text before all else."""
    header = bytearray(b'{"note": "'.ljust(512, b" "))
    header[100:108] = header[108:116] = header[116:124] = b"0000644 "
    header[124:136] = header[136:148] = b"00000000000 "
    header[156:157], header[500:502] = b"0", b'",'
    header[148:156] = b" " * 8
    header[148:156] = b"%07o " % sum(header)
    return bytes(header) + config[1:]


@pytest.mark.parametrize("disguise", [lambda config: b"\n" * 100 + config, as_tar], ids=["blank lines", "tar"])
def test_json_is_read_however_it_begins(disguise: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """Keras and skops read blank lines and a text that a tar's header fits in; the scan took both for no JSON."""
    skops = json.dumps({"__module__": "os", "__class__": "system", "__loader__": "TypeNode"}).encode()
    for config in (keras(HOSTILE_LAYERS["module"]), skops):
        json.loads(disguise(config))
        with zipfile.ZipFile(tmp_path / "model", "w") as archive:
            archive.writestr("config.json", disguise(config))
        assert [found.data["name"] for found in scan_model(tmp_path)] == ["system"]
    with tarfile.open(fileobj=io.BytesIO(as_tar(skops))) as archive_of_tar:
        assert len(archive_of_tar.getmembers()) == 1


def test_a_tar_may_be_an_onnx_model_as_well(tmp_path: Path) -> None:
    """Its header fits into fields that ONNX does not know, of lengths that are letters; numbers come from elsewhere."""
    header = bytearray(as_tar(b"{")[:512].ljust(570))
    for at, size in ((0, 72), (74, 122), (198, 122), (322, 122), (446, 122)):
        header[at : at + 2] = b"z%c" % size
    header[148:156] = b" " * 8
    header[148:156] = b"%07o " % sum(header[:512])
    model = bytes(header) + onnx("/etc/passwd")
    with tarfile.open(fileobj=io.BytesIO(model)) as archive:
        assert len(archive.getmembers()) == 1
    (tmp_path / "model.onnx").write_bytes(model)
    assert "ONNX data from outside the model's folder, '/etc/passwd'." in " ".join(messages(tmp_path))


def test_xgboost_binary_is_accounted_for_to_its_last_byte(tmp_path: Path) -> None:
    """As it stands in skops; a byte more or less, and it is of no known format."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(
            "schema.json",
            json.dumps({"__class__": "Booster", "__module__": "xgboost.core", "__loader__": "ObjectNode"}),
        )
        archive.writestr("1.bin", XGBOOST)
    (tmp_path / "model.skops").write_bytes(made.getvalue())
    assert messages(tmp_path) == []
    for data in (XGBOOST[:-1], XGBOOST + b"\x00"):
        (tmp_path / "model.ubj").write_bytes(data)
        assert messages(tmp_path) == ["'model.ubj, byte 0': content of no known format."]


@pytest.mark.parametrize("loader", ["MethodNode", "OperatorFuncNode", "PartialNode", "Unheard"])
def test_skops_nodes_that_call_by_name_are_told(loader: str, tmp_path: Path) -> None:
    """Although the type that they name is on the list."""
    (tmp_path / "schema.json").write_text(
        json.dumps({"__class__": "set", "__module__": "builtins", "__loader__": loader})
    )
    assert len(messages(tmp_path)) == 1


def test_npy_headers_of_any_shape_end_in_a_sentence(tmp_path: Path) -> None:
    """Shapes that are no numbers, types that hold objects in a field, sizes beyond the file."""
    for number, header in enumerate(
        (
            "{'descr': '<f8', 'shape': (1.5,)}",
            "{'descr': '<f8', 'shape': (-1,)}",
            "[" * 5000,
            "{'descr': [('a', '|O')], 'shape': (1,)}",
            "{'descr': '<f8', 'shape': (9,)}",
        )
    ):
        (tmp_path / str(number)).write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
    assert {found.data["file"] for found in scan_model(tmp_path)} == set("01234")


def test_compressed_streams_one_behind_the_other_are_read_as_one(tmp_path: Path) -> None:
    """As gzip and joblib do."""
    evil = b"\x80\x04cos\nsystem\n\x8c\x01x\x85R."
    (tmp_path / "model").write_bytes(gzip.compress(evil[:9]) + gzip.compress(evil[9:]))
    assert [found.data["name"] for found in scan_model(tmp_path)] == ["system"]
