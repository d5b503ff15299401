"""Digests that bind a decision to exactly these rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_CHUNK = 1 << 20


def digest_of_file(path: Path) -> str:
    """`sha256:...` of the file's bytes."""
    seen = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            seen.update(chunk)
    return f"sha256:{seen.hexdigest()}"


def digest_of_files(paths: Sequence[Path]) -> str:
    """The digest of one file, or of the sorted list of several files' names and digests."""
    if len(paths) == 1:
        return digest_of_file(paths[0])
    lines = sorted(f"{digest_of_file(path).removeprefix('sha256:')}  {path.as_posix()}\n" for path in paths)
    return f"sha256:{hashlib.sha256(''.join(lines).encode()).hexdigest()}"


def digest_of_batches(batches: Iterable[pa.Table], columns: Sequence[str]) -> str:
    """`sha256:...` of names, types and values, column by column and independent of how the rows are batched."""
    names: dict[str, str] = {}
    seen = {column: hashlib.sha256() for column in columns}
    for batch in batches:
        for column in columns:
            values = batch.column(column)
            names[column] = str(values.type)
            for part in _bytes_of(values):
                seen[column].update(part)
    head = [[column, names.get(column, ""), seen[column].hexdigest()] for column in columns]
    return f"sha256:{hashlib.sha256(json.dumps(head).encode()).hexdigest()}"


def _bytes_of(values: pa.ChunkedArray) -> Iterator[bytes]:
    """Every value as bytes of its own length, so that no two different columns give the same bytes."""
    import pyarrow as pa
    import pyarrow.types as kinds

    array = values.combine_chunks()
    yield array.is_null().to_numpy(zero_copy_only=False).astype("u1").tobytes()
    if kinds.is_integer(array.type) or kinds.is_floating(array.type) or kinds.is_boolean(array.type):
        filled = array.fill_null(False if kinds.is_boolean(array.type) else 0)
        yield filled.to_numpy(zero_copy_only=False).tobytes()
    elif kinds.is_temporal(array.type):
        width = pa.int32() if array.type.bit_width == 32 else pa.int64()
        yield array.cast(width).fill_null(0).to_numpy(zero_copy_only=False).tobytes()
    else:
        yield json.dumps(array.to_pylist(), default=str, ensure_ascii=True).encode()
