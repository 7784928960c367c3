"""``scrambler fake``: constructed data."""

from __future__ import annotations

from typing import Annotated

import typer

from scrambler.cli.afterwards import afterwards
from scrambler.cli.options import AsJson, Shared


def fake(
    target: Annotated[
        str,
        typer.Argument(
            help="sqlite:///FILE, postgresql://…, a folder of Parquet, or odbc: and a connection "
            "string: empty tables that are there are filled, as they are declared."
        ),
    ],
    children: Annotated[int, typer.Option(min=1, help="How many children.")],
    seed: Annotated[int, typer.Option(min=0, help="Another seed makes other data.")] = 0,
    dirty: Annotated[
        bool, typer.Option("--dirty", help="With the dirt that real databases hold.")
    ] = False,
    shared: Shared = False,
    json: AsJson = False,
) -> None:
    """Construct an SSD from nothing: no real person is in it."""
    from scrambler import api
    from scrambler.cli.print.rows import print_rows
    from scrambler.cli.progress import progress

    with progress(json) as shown:
        rows = api.fake(target, children, seed=seed, dirty=dirty, shared=shared, progress=shown)
    with afterwards("the tables were written"):
        print_rows(rows, json, dirty)
