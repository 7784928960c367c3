"""``scrambler check``: the policy against a source's schema."""

from __future__ import annotations

from typing import Annotated

import typer

from scrambler.cli.options import (
    AsJson,
    DropUnknown,
    PolicyFile,
    Schema,
    Source,
    Strict,
    Tables,
    names_of,
)


def check(
    source: Source,
    policy: PolicyFile = None,
    schema: Schema = None,
    tables: Tables = "",
    drop_unknown: DropUnknown = False,
    strict: Strict = False,
    catalogue: Annotated[
        bool, typer.Option("--catalogue", help="Read no row, the catalogue only.")
    ] = False,
    rows: Annotated[
        bool, typer.Option("--rows", help="Read all rows, and count what fits no type.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Hold the policy against the source's schema. Reads a row of each table and shows none."""
    from scrambler import api
    from scrambler.cli.print.plan import print_plan
    from scrambler.cli.progress import progress

    with progress(json or not rows) as shown:
        plan = api.check(
            source,
            policy=policy,
            schema=schema,
            tables=names_of(tables),
            drop_unknown=drop_unknown,
            strict=strict,
            catalogue=catalogue,
            rows=rows,
            progress=shown,
        )
    read = "No row" if catalogue else "Every row" if rows else "One row of each table"
    print_plan(plan, read, json)
