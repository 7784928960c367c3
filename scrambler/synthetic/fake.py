"""Writes constructed data to a sink."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import polars as pl

from scrambler.errors import OutputError, UsageError
from scrambler.resources.progress import Progress, heard
from scrambler.sinks import Writer, arrow_schema, open_sink
from scrambler.ssd import TableSpec, ssd
from scrambler.synthetic import CHILDREN_MAX, build


def fake(
    target: Path | str,
    children: int,
    *,
    seed: int = 0,
    dirty: bool = False,
    shared: bool = False,
    progress: Progress | bool | None = None,
) -> dict[str, int]:
    """Construct an SSD of ``children`` in ``target``; return the rows written of each table.

    Only its owner can read it, unless ``shared`` leaves that to the umask.
    """
    if not 1 <= children <= CHILDREN_MAX or seed < 0:
        raise UsageError(f"Children are 1 to {CHILDREN_MAX:,}, a seed is 0 or more.")
    shown = heard(progress)
    shown.begin("constructed data", children)

    def advancing() -> Iterator[tuple[str, pl.DataFrame]]:
        for table, frame in build(children, seed=seed, dirty=dirty):
            yield table, frame
            shown.advance("constructed data", frame.height if table == "ssd_person" else 0)

    return write_constructed(target, advancing(), shared=shared)


def write_constructed(
    target: Path | str,
    frames: Iterable[tuple[str, pl.DataFrame]],
    *,
    shared: bool = False,
) -> dict[str, int]:
    """Write tables of the SSD by name, whole or not at all; return the rows of each.

    A table may come in several frames. Columns are found by name and cast to the types of the spec;
    those that a frame lacks are null. OutputError for a column that the spec lacks, and for values
    that do not fit.
    """
    writers = dict[str, Writer]()
    with open_sink(target, constructed=True, shared=shared) as sink:
        with ExitStack() as tables:
            for name, frame in frames:
                table = ssd().tables[name]
                if name not in writers:
                    types = {column.name: column.dtype for column in table.columns.values()}
                    opened = sink.table(name, arrow_schema(types))
                    writers[name] = tables.enter_context(opened)
                writers[name].write(_shaped(table, frame))
        rows = {name: sum(part.rows for part in one.parts) for name, one in writers.items()}
        sink.commit(None)
    return rows


def _shaped(table: TableSpec, frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``frame`` with exactly the columns of ``table``, in order and typed."""
    unknown = sorted(set(frame.columns) - set(table.columns))
    if unknown:
        raise OutputError(f"table {table.name} has no column {', '.join(unknown)}")
    try:
        return frame.select(
            (pl.col(name) if name in frame.columns else pl.lit(None).alias(name)).cast(column.dtype)
            for name, column in table.columns.items()
        )
    except pl.exceptions.PolarsError:
        raise OutputError(f"table {table.name}: a value does not fit its column's type") from None
