"""What is measured. Each contestant imports what it needs, then returns the work, which is timed.

The work returns the rows of each table that it went through. Nothing heavy is imported above, so
that a child holds only its own libraries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

Work = Callable[[], dict[str, int]]

CHILDREN_A_SLICE = 10_000
"""Payloads in memory at once, as when an output is handed to staging."""


def polars_copy(source: str, out: str, tables: Sequence[str] = ()) -> Work:
    """Copy a folder of Parquet as Polars does it best, one table after the other.

    ``tables`` limits it; without any, all are copied.
    """
    import polars as pl

    def work() -> dict[str, int]:
        for path in sorted(Path(source).glob("*.parquet")):
            if tables and path.stem not in tables:
                continue
            target = Path(out) / "tables" / path.stem / "part-00000.parquet"
            target.parent.mkdir(parents=True)
            pl.scan_parquet(path).sink_parquet(target, compression="zstd")
        return {}  # counted in the output

    return work


def polars_script(source: str, out: str) -> Work:
    """Scramble two large tables with Polars and polars-hash, by hand; see ``rival_polars``."""
    from bench.rival_polars import scramble_two_large

    def work() -> dict[str, int]:
        scramble_two_large(Path(source), Path(out))
        return {}

    return work


def scramble(source: str, out: str, verify: bool = True) -> Work:
    """Do what `scrambler run` does, with or without verification, and with as many threads.

    The other contestants have as many as their libraries take of themselves.
    """
    from scrambler.resources.limits import share_cores

    share_cores()
    from scrambler import api

    return lambda: api.run(source, out, verify=verify).rows


def verify(source: str, out: str) -> Work:
    """Do what `scrambler verify` does with an output."""
    from scrambler.resources.limits import share_cores

    share_cores()
    from scrambler import api

    def work() -> dict[str, int]:
        api.verify(source, out)
        return {}

    return work


def duckdb_script(script: str, out: str, tables: Sequence[str]) -> Work:
    """Run the SQL in the file ``script``, which fills ``out``/tables/<table>/ for ``tables``."""
    import duckdb

    def work() -> dict[str, int]:
        for table in tables:
            (Path(out) / "tables" / table).mkdir(parents=True)
        with duckdb.connect() as connection:
            connection.execute(Path(script).read_text(encoding="utf-8"))
        return {}  # counted in the output

    return work


def read_and_drop(source: str) -> Work:
    """Read what a run would read, through the same source, and drop it."""
    from scrambler.api import BATCH_ROWS, check
    from scrambler.sources import open_source

    def work() -> dict[str, int]:
        plan, reader = check(source), open_source(source)
        return {
            planned.table.name: sum(
                frame.height
                for frame in reader.read(planned.table.name, list(planned.assignments), BATCH_ROWS)
            )
            for planned in plan.tables
        }

    return work


def connectorx_and_drop(source: str) -> Work:
    """Read the same columns with ConnectorX alone, one query a table, and drop them."""
    import connectorx

    from scrambler.api import BATCH_ROWS, check
    from scrambler.sources.location import secured_url

    def work() -> dict[str, int]:
        rows = {}
        for planned in check(source).tables:
            columns = ", ".join(f'"{name}"' for name in planned.assignments)
            batches = connectorx.read_sql(
                secured_url(source).location,
                f'SELECT {columns} FROM "{planned.table.name}"',
                return_type="arrow_stream",
                batch_size=BATCH_ROWS,
            )
            rows[planned.table.name] = sum(batch.num_rows for batch in batches)
        return rows

    return work


def fake(target: str, children: int, seed: int = 0) -> Work:
    """Construct ``children`` children as a folder of Parquet."""
    from scrambler import api

    return lambda: api.fake(target, children, seed=seed)


def payloads(source: str, to: str | None = None) -> Work:
    """Build every payload of a folder of Parquet, and stage them in ``to`` or drop them."""
    from datetime import datetime

    import polars as pl

    from scrambler.payload import build_slices, cohort_size
    from scrambler.staging import stage
    from scrambler.synthetic import AS_OF

    def work() -> dict[str, int]:
        tables = {path.stem: pl.scan_parquet(path) for path in Path(source).glob("*.parquet")}
        slices = -(-cohort_size(tables, AS_OF) // CHILDREN_A_SLICE)
        built = build_slices(tables, AS_OF, max(1, slices))
        if to is None:
            return {"payloads": sum(frame.height for frame in built)}
        return {"payloads": stage(to, built, datetime(AS_OF.year, AS_OF.month, AS_OF.day)).new}

    return work


CONTESTANTS: dict[str, Callable[..., Work]] = {
    contestant.__name__: contestant
    for contestant in (
        polars_copy,
        polars_script,
        scramble,
        verify,
        duckdb_script,
        read_and_drop,
        connectorx_and_drop,
        fake,
        payloads,
    )
}
