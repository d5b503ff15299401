"""Models written as JSON: Keras' configuration, which names what it builds, and the schema of skops."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from mlgate.opening.scanning.allowed import allowed, layers
from mlgate.opening.scanning.scanned import Scanned
from mlgate.opening.scanning.walker import Bytes
from mlgate.results import Severity

_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*+[{\[]")
_LARGEST = 16 << 20
_MOST_BRACKETS = 400_000
_MOST_COMMAS = 2_000_000
_PLAIN = frozenset({"__bytes__", "__ellipsis__", "__keras_tensor__", "__numpy__", "__slice__", "__tensor__"})
_RUNS = frozenset({"Lambda", "TFOpLambda", "__lambda__"})
# Nodes of skops that build what their schema names; others call methods or operators by a name of the file's choosing.
_NODES = frozenset(
    {
        "BytearrayNode", "BytesNode", "CachedNode", "ConstructorFromReduceNode", "DTypeNode", "DefaultDictNode",
        "DictNode", "FunctionNode", "JsonNode", "ListNode", "LossNode", "MaskedArrayNode", "NdArrayNode", "ObjectNode",
        "RandomGeneratorNode", "RandomStateNode", "SetNode", "SliceNode", "SparseMatrixNode", "TreeNode", "TupleNode",
        "TypeNode",
    }
)  # fmt: skip


def scan_json(data: Bytes, file: str, scanned: Scanned) -> None:
    """What a text would build, if it is JSON that names classes. A text that is no JSON has no findings."""
    if _BEGINS.match(data) is None:
        return
    schema = PurePosixPath(file.rpartition("!")[2]).name == "schema.json"
    # A name may be written with escapes, \u0063 for c.
    if not schema and all(data.find(name) < 0 for name in (b"class_name", b"__loader__", b"\\u")):
        return
    try:
        parsed = _parsed(data)
    except (ValueError, RecursionError):
        if schema or data.find(b"class_name") >= 0:
            scanned.add(file, "JSON that names classes and can't be read.")
        return
    except OverflowError:
        scanned.add(file, "JSON that is too large to be read in bounded memory.")
        return
    judge(parsed, file, scanned)


def _parsed(data: Bytes) -> object:
    """Raises `OverflowError` for what would take more than some 400 MiB, before it is read."""
    if len(data) > _LARGEST:
        raise OverflowError
    text = bytes(data)
    if text.count(b"{") + text.count(b"[") > _MOST_BRACKETS or text.count(b",") + text.count(b":") > _MOST_COMMAS:
        raise OverflowError
    return json.loads(text.decode("utf-8-sig"))


def scan_config(text: bytes, file: str, scanned: Scanned) -> None:
    """A configuration of Keras out of an HDF5 file."""
    try:
        parsed = _parsed(text)
    except (ValueError, RecursionError, OverflowError):
        scanned.add(file, "the configuration of the Keras model can't be read.")
        return
    judge(parsed, file, scanned)


def judge(parsed: object, file: str, scanned: Scanned) -> None:
    """A finding for every class beyond the lists."""
    told: set[object] = set()
    for node in _nodes(parsed):
        for module, name, message in (*_skops(node), *_keras(node)):
            if (module, name, message) not in told:
                told.add((module, name, message))
                scanned.add(file, message, module=module, name=name, severity=Severity.CRITICAL)


def _nodes(parsed: object) -> Iterator[dict[str, object]]:
    waiting = [parsed]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _skops(node: dict[str, object]) -> Iterator[tuple[str, str, str]]:
    if "__loader__" not in node:
        return
    module, name, loader = (str(node.get(key))[:256] for key in ("__module__", "__class__", "__loader__"))
    if loader not in _NODES:
        yield module, name, f"builds {module!a}.{name!a} by {loader!a}, which can call what it likes."
    elif (module, name) not in allowed():
        yield module, name, f"builds {module}.{name}, which is not on mlgate's list.".encode("unicode_escape").decode()


def _keras(node: dict[str, object]) -> Iterator[tuple[str, str, str]]:
    name = node.get("class_name")
    if not isinstance(name, str) or not ("config" in node or "module" in node) or name in _PLAIN:
        return
    module, registered = node.get("module"), node.get("registered_name")
    if name in _RUNS:
        yield "keras", name[:256], "a Keras Lambda layer, which runs code of its own."
    elif name == "function":
        function = node.get("config")
        if ("function", function) not in layers() or not (module in (None, "builtins") or _is_keras(module)):
            yield str(module)[:256], str(function)[:256], f"a function that is not Keras' own, {str(function)[:256]!a}."
    elif isinstance(config := node.get("config"), dict) and isinstance(config.get("vocabulary"), str):
        yield str(module)[:256], name[:256], f"a vocabulary that is read from a file, {config['vocabulary'][:200]!a}."
    elif not _is_layer(module, name) or registered not in (None, name):
        what = registered if _is_layer(module, name) else name
        yield str(module)[:256], name[:256], f"a class that is not on mlgate's list for Keras, {str(what)[:256]!a}."


def _is_keras(module: object) -> bool:
    return any(module == known for known, _ in layers())


def _is_layer(module: object, name: str) -> bool:
    if module is None:  # as Keras 2 wrote it: the name is looked up among Keras' own
        return any(known != "function" and name == each for known, each in layers())
    return (module, name) in layers()
