"""``scrambler run``: a source, scrambled into an output."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scrambler.cli.afterwards import afterwards
from scrambler.cli.options import (
    AsJson,
    Codes,
    Dates,
    DatesKeyFile,
    DropUnknown,
    Ids,
    OffsetDays,
    Out,
    OutSchema,
    PolicyFile,
    Schema,
    Shared,
    Source,
    Strict,
    Tables,
    names_of,
    shift_of,
)
from scrambler.resources.limits import BATCH_ROWS, share_cores


def run(
    source: Source,
    out: Out,
    epoch: Annotated[
        Path | None,
        typer.Option(help="An epoch file, so that later runs agree. Without it the key dies."),
    ] = None,
    dates_key: DatesKeyFile = None,
    ids: Ids = None,
    policy: PolicyFile = None,
    schema: Schema = None,
    tables: Tables = "",
    children: Annotated[int | None, typer.Option(min=1, help="Only so many children.")] = None,
    batch_rows: Annotated[
        int, typer.Option(min=1, help="Rows held in memory at once, of each table under way.")
    ] = BATCH_ROWS,
    offset_days: OffsetDays = None,
    dates: Dates = None,
    codes: Codes = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and count only.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace an earlier output, if all goes well.")
    ] = False,
    delta: Annotated[
        bool,
        typer.Option(
            "--delta",
            help="Replace it likewise, and keep what changed in OUT/changes. For folders only.",
        ),
    ] = False,
    out_schema: OutSchema = None,
    drop_unknown: DropUnknown = False,
    strict: Strict = False,
    flags: Annotated[
        Path | None, typer.Option(help="List values that had to change and did not, in this file.")
    ] = None,
    count_errors: Annotated[
        bool,
        typer.Option(
            "--count-errors",
            help="Count the children with an error by the DfE's rules, before and after; it takes "
            "a few dozen bytes a row. `verify` always does.",
        ),
    ] = False,
    shared: Shared = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Close with a row for each table as well.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Scramble SOURCE into OUT, whole or not at all.

    In a database it makes a file or schema of its own, and writes nowhere else.
    """
    share_cores()
    from scrambler import api
    from scrambler.cli.print.run import print_report
    from scrambler.cli.progress import progress

    with progress(json) as shown:
        report = api.run(
            source,
            out,
            epoch=epoch,
            dates_key=dates_key,
            ids=ids,
            policy=policy,
            schema=schema,
            tables=names_of(tables),
            children=children,
            batch_rows=batch_rows,
            shift=shift_of(offset_days, dates),
            codes=codes or "even",
            dry_run=dry_run,
            replace=replace,
            delta=delta,
            drop_unknown=drop_unknown,
            strict=strict,
            flags=flags,
            progress=shown,
            out_schema=out_schema,
            count_errors=count_errors,
            shared=shared,
        )
    with afterwards(f"{report.out} was committed" if not dry_run else "nothing was to be written"):
        print_report(report, json, verbose)
