"""``scrambler phase`` and ``phases``: the five test phases and their ledger."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from scrambler.cli.options import (
    DAY,
    AsJson,
    Dates,
    DatesKeyFile,
    OffsetDays,
    PolicyFile,
    Schema,
    Shared,
    shift_of,
)
from scrambler.resources.limits import share_cores

Folder = Annotated[Path, typer.Option(help="The folder of the phases and their ledger.")]


def phase(
    number: Annotated[int, typer.Argument(min=1, max=5, help="Which of the five.")],
    folder: Folder = Path("phases"),
    source: Annotated[
        str | None, typer.Option(help="Phases 3 to 5: the source, as run takes it.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(help="Phases 1 to 4: a staging target.", show_default="a folder of the phase"),
    ] = None,
    children: Annotated[
        int, typer.Option(min=1, help="Phase 2: how many children to construct.")
    ] = 10_000,
    epoch: Annotated[
        Path | None,
        typer.Option(help="Phase 4: an epoch file.", show_default="one made in the folder"),
    ] = None,
    dates_key: DatesKeyFile = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=[DAY],
            help="Build payloads as of this day.",
            show_default="today; for 1 and 2 the day on which constructed data stand still",
        ),
    ] = None,
    offset_days: OffsetDays = None,
    dates: Dates = None,
    policy: PolicyFile = None,
    schema: Schema = None,
    drop_unknown: Annotated[
        bool, typer.Option("--drop-unknown", help="Leave out columns that no policy names.")
    ] = False,
    out_of_order: Annotated[
        str | None,
        typer.Option(help="Why this phase comes before those it wants; kept in the ledger."),
    ] = None,
    agreed_by: Annotated[
        str | None, typer.Option(help="Phase 5: who agreed; kept in the ledger.")
    ] = None,
    shared: Shared = False,
    require_signed: Annotated[
        bool,
        typer.Option(
            "--require-signed",
            help="Phase 5: only when somebody has signed the report about what phase 4 made.",
        ),
    ] = False,
    json: AsJson = False,
) -> None:
    """Run one of the five test phases, and record its verdict.

    1 one constructed child. 2 constructed children in volume. 3 one scrambled child. 4 full and
    delta payloads of scrambled data. 5 the live table, looked at in memory only.

    Each wants those before it passed. Nothing is ever sent.
    """
    share_cores()
    from scrambler import api
    from scrambler.cli.print.phases import print_phase
    from scrambler.cli.progress import progress

    shift = shift_of(offset_days, dates)  # refused before anything goes into the ledger
    with progress(json) as shown:
        report = api.run_phase(
            number,
            folder=folder,
            source=source,
            to=to,
            children=children,
            epoch=epoch,
            dates_key=dates_key,
            as_of=as_of.date() if as_of else None,
            shift=shift,
            policy=policy,
            schema=schema,
            drop_unknown=drop_unknown,
            out_of_order=out_of_order,
            agreed_by=agreed_by,
            shared=shared,
            require_signed=require_signed,
            progress=shown,
        )
    print_phase(report, json)
    if not report.outcome.passed:
        raise typer.Exit(6)


def phases(folder: Folder = Path("phases"), json: AsJson = False) -> None:
    """Show where the phases stand, and whether the ledger was tampered with."""
    from scrambler import api
    from scrambler.cli.print.phases import print_phases

    ledger = api.phase_ledger(folder)
    print_phases(ledger, json)
    if ledger.faults:
        raise typer.Exit(5)
