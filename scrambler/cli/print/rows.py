"""How many rows each table of constructed data got."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from scrambler.cli.print.console import console, print_json


def print_rows(rows: Mapping[str, int], json: bool, dirty: bool = False) -> None:
    """Print how many rows each table got, and where the faults of dirty data are told."""
    if json:
        print_json({"rows": dict(rows)})
        return
    table = Table("table", "rows")
    for name, count in rows.items():
        table.add_row(name, f"{count:,}")
    console().print(table)
    console().print(f"{sum(rows.values()):,} rows.")
    if dirty:
        console().print("With faults: scrambler show faults says which rules they break.")
