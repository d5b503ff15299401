"""Files as tables: by the ending of the name, scanned by polars' streaming engine."""

from __future__ import annotations

import glob
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.errors import DataError
from mlgate.tabular.digest import digest_of_files
from mlgate.tabular.frames import reading
from mlgate.tabular.pointers import FETCH, is_lfs_pointer
from mlgate.tabular.short_rows import refuse_short_rows
from mlgate.tabular.text_rows import is_compressed

if TYPE_CHECKING:
    import polars as pl

_INFER_ROWS = 100_000
_FORMATS: Mapping[str, str] = {
    ".parquet": "Parquet",
    ".pq": "Parquet",
    ".csv": "CSV",
    ".tsv": "CSV",
    ".json": "JSON",
    ".jsonl": "JSON",
    ".ndjson": "JSON",
}
_PACKED = frozenset({".gz", ".zst"})
_BEGINNINGS: Mapping[bytes, str] = {
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"PK\x03\x04": "a zip archive, or a workbook of Excel",
    b"\x89HDF": "an HDF5 file",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
    b"<": "HTML or XML",
}
"""What files that are often named otherwise begin with."""


@dataclass(frozen=True, slots=True)
class ScannedFiles:
    """A plan over one or more files, and how to digest them (None: they are not on this machine).

    `paths` are the files, in the rows' order, where they are on this machine.
    """

    frame: pl.LazyFrame
    digest: Callable[[], str] | None
    paths: tuple[Path, ...] = ()


def scan_files(uri: str) -> ScannedFiles:
    """Plan the reading of a path or glob. Raises `DataError`; what is checked here is read at most once."""
    ending = _format(uri)
    if "://" in uri:
        return ScannedFiles(_checked(_plan(ending, uri, [uri], ()), uri, ()), None)
    paths = tuple(_paths(uri))
    for path in paths:
        if is_lfs_pointer(path):
            raise DataError(f"{path} is a pointer of Git LFS, and not the table.", hint=FETCH)
        if ending == "Parquet":
            _check_magic(path)
            _check_rows(path)
        else:
            _check_text(path, ending)
        if ending == "CSV" and not is_compressed(path):
            refuse_short_rows(path, _separator(uri))
    frame = _checked(_plan(ending, uri, [str(path) for path in paths], paths), uri, paths)
    return ScannedFiles(frame, lambda: digest_of_files(paths), paths)


def _format(uri: str) -> str:
    ending = _ending(uri)
    if _FORMATS.get(ending) != "CSV" and Path(uri).suffix.lower() in _PACKED and ending in _FORMATS:
        raise DataError(
            f"{uri} is compressed as a whole, which is read of CSV alone.",
            hint="Unpack it, or write it as Parquet, which is compressed by itself.",
        )
    if ending not in _FORMATS:
        raise DataError(
            f"The format of {uri} can't be told from its name.",
            hint=f"Name it by what it holds: {', '.join(_FORMATS)}.",
        )
    return _FORMATS[ending]


def _ending(uri: str) -> str:
    """What the name says that the table is, compressed or not."""
    name = Path(uri)
    return (Path(name.stem) if name.suffix.lower() in _PACKED else name).suffix.lower()


def _paths(uri: str) -> list[Path]:
    path = Path(uri)
    if path.is_file():
        return [path]
    if path.is_dir():
        raise DataError(f"{uri} is a folder.", hint=f"Name its files with a glob, as {uri.rstrip('/')}/*.parquet.")
    if glob.has_magic(uri):
        found = sorted(Path(match) for match in glob.glob(uri, recursive=True) if Path(match).is_file())
        if not found:
            raise DataError(f"No file matches {uri}.", hint="Paths are read from the folder you run in.")
        return found
    raise DataError(f"There is no file {uri}.", hint="Paths are read from the folder you run in.")


def _check_magic(path: Path) -> None:
    """A Parquet file begins and ends with PAR1 (Apache Parquet file format)."""
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 4))
        end = file.read(4)
    if start != b"PAR1":
        raise DataError(
            f"{path} is named as Parquet and is not a Parquet file.",
            hint=f"It begins with {start!r}: name it by what it holds.",
        )
    if end != b"PAR1":
        raise DataError(f"{path} is a Parquet file that was cut off.", hint="Write or copy it again.")


def _check_rows(path: Path) -> None:
    """Engines count rows by one number of the footer and read by others: they must be the same."""
    import pyarrow.parquet as pq

    with reading(str(path), (path,)):
        footer = pq.read_metadata(path)
    held = sum(footer.row_group(group).num_rows for group in range(footer.num_row_groups))
    if held != footer.num_rows:
        said = f"its footer speaks of {footer.num_rows:,} rows, and its row groups of {held:,}"
        raise DataError(f"{path} can't be read: {said}.", hint="Write or copy it again.")


def _check_text(path: Path, ending: str) -> None:
    """What a text file begins with where it is none, or one of another kind."""
    with path.open("rb") as file:
        start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    other = next((said for magic, said in _BEGINNINGS.items() if start.startswith(magic)), None)
    if other is None and ending == "CSV" and start.startswith(b'{"'):
        other = "JSON lines"
    if other is not None:
        raise DataError(f"{path} is named as {ending} and is {other}.", hint="Name it by what it holds, or convert it.")
    if ending == "JSON" and start.startswith(b"["):
        raise DataError(f"{path} is one JSON array.", hint="Write JSON lines: one object in each line.")
    if ending == "JSON" and start and not start.startswith(b"{"):
        raise DataError(
            f"{path} is named as JSON and is not JSON.", hint=f"It begins with {start[:4]!r}: name it by what it holds."
        )


def _plan(ending: str, uri: str, sources: list[str], paths: tuple[Path, ...]) -> pl.LazyFrame:
    import polars as pl

    with reading(uri, paths):
        if ending == "Parquet":
            return pl.scan_parquet(sources, glob=False)  # a name may hold brackets of its own
        if ending == "CSV":
            return pl.scan_csv(
                sources,
                separator=_separator(uri),
                infer_schema_length=_INFER_ROWS,
                try_parse_dates=True,
                with_column_names=_unescaped,
                glob=False,
            )
        return pl.scan_ndjson(sources, infer_schema_length=_INFER_ROWS)


def _unescaped(names: list[str]) -> list[str]:
    """Names with the quotes that polars leaves doubled: RFC 4180, section 2.7."""
    return [name.replace('""', '"') for name in names]


def _separator(uri: str) -> str:
    return "\t" if _ending(uri) == ".tsv" else ","


def _checked(frame: pl.LazyFrame, uri: str, paths: tuple[Path, ...]) -> pl.LazyFrame:
    with reading(uri, paths):
        empty = frame.head(1).collect(engine="streaming").is_empty()
    if empty:
        raise DataError(f"{uri} has no rows.", hint="A gate can't decide on an empty table.")
    return frame
