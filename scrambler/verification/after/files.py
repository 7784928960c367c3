"""The files of an output: those its manifest names, as it names them, and no others.

Tables are Parquet files that hold what their schema says and nothing beside it: no metadata of
their own, no column that the manifest does not name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from scrambler.files.digest import sha256_of
from scrambler.sinks.ownership import MANIFEST
from scrambler.verification.after.check_result import CheckResult

METADATA_KEYS: frozenset[bytes] = frozenset()
"""The keys that the metadata of a Parquet file may have: a run writes none."""

_CODED = {"PLAIN_DICTIONARY", "RLE_DICTIONARY"}
_BEYOND = "\U0010ffff"

_WRITER = re.compile(r"parquet-cpp-arrow version [0-9]+\.[0-9]+\.[0-9]+\S{0,16}")


def named_files(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every Parquet file that a manifest names: ``path`` in the output, ``rows``, hash."""
    for table in manifest["tables"].values():
        yield from table["files"]
        yield from table.get("state", [])
    for run in manifest.get("changes", []):
        for table in run["tables"].values():
            yield from table["files"]


def all_files(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every file that a manifest names, the description of the output among them."""
    yield from named_files(manifest)
    if described := manifest.get("datapackage"):
        yield described


_NAME = re.compile(
    r"datapackage\.json|(?:tables|state|changes/[0-9]{6})/[a-z0-9_]+/part-[0-9]{5}\.parquet"
)


def as_named(out: Path, files: Collection[Mapping[str, Any]]) -> CheckResult:
    """Compare each of ``files`` with its hash; a link is no file of ours, wherever it leads.

    Nor is one whose name says more than table and number: part-00000-Ann-Lee.parquet.
    """
    wrong = 0
    for file in files:
        path = out / file["path"]
        if not _NAME.fullmatch(file["path"]) or path.is_symlink() or not path.is_file():
            wrong += 1
            continue
        wrong += sha256_of(path) != file["sha256"]
    return CheckResult("files as the manifest has them", len(files), wrong)


def nothing_else(out: Path, files: Collection[Mapping[str, Any]]) -> CheckResult:
    """Count what lies in the output and is not named: files of any kind, links, folders.

    Hidden ones too: ``out/tables/.rows.csv`` -> 1 failure. Names are not told, they may say
    anything.
    """
    named = {out / MANIFEST, *(out / file["path"] for file in files)}
    folders = {folder for path in named for folder in path.parents}
    examined, unknown, waiting = 0, 0, [out]
    while waiting:
        for path in waiting.pop().iterdir():
            examined += 1
            if path.is_dir() and not path.is_symlink():
                waiting.append(path)
                unknown += path not in folders
            else:
                unknown += path not in named
    return CheckResult(
        "files and folders, none but those that the manifest names", examined, unknown
    )


def plain_parquet(out: Path, files: Collection[Mapping[str, Any]]) -> CheckResult:
    """Count the Parquet files that carry metadata of their own, or were written by something else.

    ``{"pandas": "..."}`` beside the schema -> 1 failure.
    """
    wrong = 0
    for file in files:
        try:
            footer = pq.read_metadata(out / file["path"])
            fields = footer.schema.to_arrow_schema()
        except (pa.ArrowException, OSError):
            wrong += 1
            continue
        keys = {*(footer.metadata or {})}
        keys |= {key for field in fields for key in field.metadata or {}} - {b"PARQUET:field_id"}
        wrong += not keys <= METADATA_KEYS or not _WRITER.fullmatch(footer.created_by)
    return CheckResult("Parquet files without metadata of their own", len(files), wrong)


def no_unused_values(out: Path, files: Collection[Mapping[str, Any]]) -> CheckResult:
    """Count the text columns of row groups whose pages or statistics hold what no row has.

    Whoever reads rows never meets these, and whoever reads the file does::

        rows Lee, Lee, Hall     dictionary page Lee, Hall, Smith     -> 1 failure
        rows Lee, Lee, Hall     statistics Hall to Smith             -> 1 failure
    """
    examined = wrong = 0
    for file in files:
        try:
            footer = pq.read_metadata(out / file["path"])
            fields = footer.schema.to_arrow_schema()
            texts = [one.name for one in fields if pa.types.is_string(one.type)]
            with pq.ParquetFile(out / file["path"], read_dictionary=texts) as coded:
                for group in range(coded.num_row_groups if texts else 0):
                    rows = coded.read_row_group(group, columns=texts)
                    examined += len(texts)
                    wrong += sum(
                        _holds_more(rows[name], footer.row_group(group).column(place))
                        for place, name in enumerate(fields.names)
                        if name in texts
                    )
        except (pa.ArrowException, OSError):
            wrong += 1
    return CheckResult("text columns of files, none with values of no row", examined, wrong)


def _holds_more(column: pa.ChunkedArray, described: pq.ColumnChunkMetaData) -> bool:
    """Return whether a column of a row group holds values that none of its rows has."""
    if described.has_dictionary_page and not _CODED & {*described.encodings}:
        return True  # a dictionary page that nothing refers to
    least, most = _BEYOND, ""
    for chunk in column.chunks:
        used = chunk.indices.drop_null().unique()
        if len(used) < len(chunk.dictionary):
            return True
        if len(used):
            ends = pc.min_max(chunk.dictionary).as_py()
            least, most = min(least, ends["min"]), max(most, ends["max"])
    stated = described.statistics
    if stated is None or not stated.has_min_max:
        return False
    return not (stated.min == least and stated.max == most)
