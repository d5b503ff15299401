"""torch's tensors: a pickle that refers to raw numbers by persistent ids, in a zip or behind the pickles."""

from __future__ import annotations

from mlgate.opening.scanning.symbols import Imported

_SIZES = {
    "BFloat16Storage": 2, "BoolStorage": 1, "ByteStorage": 1, "CharStorage": 1, "DoubleStorage": 8, "FloatStorage": 4,
    "HalfStorage": 2, "IntStorage": 4, "LongStorage": 8, "ShortStorage": 2,
}  # fmt: skip
# The number that opens a file of torch.save before 1.6, as a pickle of protocol 2.
LEGACY_MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."


def storage(key: object) -> tuple[str, int] | None:
    """The name and the bytes of the storage that a persistent id asks for; None for any other id."""
    if not isinstance(key, tuple) or len(key) not in (5, 6) or key[0] != "storage":
        return None
    kind, name, count = key[1], key[2], key[4]
    if not isinstance(kind, Imported) or kind.module != "torch" or kind.name not in _SIZES:
        return None
    if not isinstance(name, str) or not isinstance(count, int) or not 0 <= count < 1 << 48:
        return None
    return name, count * _SIZES[kind.name]
