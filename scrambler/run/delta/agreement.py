"""Whether a run may be compared with an earlier output: the same terms, tables and states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from scrambler.errors import EpochError, OutputError, PolicyError
from scrambler.files.digest import sha256_of

_AGAIN = "Make the output anew with --replace instead; deltas start again from there."


def ensure_compatible(
    out: Path,
    manifest: Mapping[str, Any],
    terms: Mapping[str, Any],
    schemas: Mapping[str, pa.Schema],
) -> None:
    """Refuse a delta between ``out``, whose manifest is given, and a run of other terms.

    ``terms`` are the manifest's terms of the run, ``schemas`` what it would write. EpochError for
    another epoch, PolicyError for another policy, OutputError for any other difference.
    """
    if manifest["epoch"] != terms["epoch"]:
        raise EpochError(
            f"{out} was made in epoch {manifest['epoch']}, this epoch file is of {terms['epoch']}. "
            f"A delta needs the file of the same epoch. {_AGAIN}"
        )
    if manifest["policy"] != terms["policy"]:
        raise PolicyError(
            [
                f"{out} was made by another policy, so this run's rows cannot be compared with its "
                f"own. Give the policy it was made by. {_AGAIN}"
            ]
        )
    if different := sorted(_differences(out, manifest["tables"], schemas)):
        raise OutputError(
            f"The source's tables are not those that {out} was made from: "
            f"{', '.join(different[:10])}{', ...' if len(different) > 10 else ''}. {_AGAIN}"
        )
    for name, what in _OTHER_TERMS.items():
        if manifest.get(name, _UNSAID.get(name)) != terms.get(name):
            raise OutputError(f"{out} was made with {what} than this run. {_AGAIN}")
    for table, held in manifest["tables"].items():
        if not _whole(out, held):
            raise OutputError(
                f"{out}: files or state of {table} are not as its manifest has them. {_AGAIN}"
            )
    for entry in manifest["changes"]:
        # They are taken over into the new output, which must not vouch for what it never wrote.
        if not all(_unharmed(out, held["files"]) for held in entry["tables"].values()):
            raise OutputError(
                f"{out}: changes of run {entry['run']} are not as its manifest has them. {_AGAIN}"
            )


_OTHER_TERMS = {
    "format": "another version of the draws",
    "offset_days_back": "other offsets (--offset-days)",
    "dates": "another choice of --dates",
    "dates_key": "another dates key, or none (--dates-key)",
    "codes": "another choice of --codes",
    "children": "another number of chosen children (--children)",
    "ids": "another way to take small letters in ids (--ids)",
    "pseudonyms": "identifier columns of other widths or types",
}


_UNSAID = {"codes": "even", "dates": "intervals", "ids": "exact"}
"""What a manifest means that does not say: at first there was nothing to choose."""


def _differences(
    out: Path, tables: Mapping[str, Any], schemas: Mapping[str, pa.Schema]
) -> Iterator[str]:
    """Name the tables, or columns of one, that only one side has or that changed their type."""
    yield from tables.keys() ^ schemas.keys()
    for name in tables.keys() & schemas.keys():
        try:
            schema = pq.read_schema(out / tables[name]["files"][0]["path"])
        except (OSError, pa.ArrowException):
            continue  # a damaged file is no difference of the source's; it is found later
        held = {field.name: field.type for field in schema}
        wanted = {field.name: field.type for field in schemas[name]}
        yield from (
            f"{name}.{column}"
            for column in held.keys() | wanted.keys()
            if held.get(column) != wanted.get(column)
        )


def _whole(out: Path, held: Mapping[str, Any]) -> bool:
    """Return whether state and rows are there and unharmed, and the state is of every row."""
    files, state = held["files"], held.get("state", [])
    return (
        sum(part["rows"] for part in state) == held["rows"]
        and bool(state)
        and _unharmed(out, [*state, *files])
    )


def _unharmed(out: Path, parts: Sequence[Mapping[str, Any]]) -> bool:
    paths = [(out / part["path"], part["sha256"]) for part in parts]
    return all(path.is_file() and sha256_of(path) == digest for path, digest in paths)
