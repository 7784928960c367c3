"""The commands of payloads, staging and phases."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from scrambler.resources.limits import share_cores

if TYPE_CHECKING:
    from scrambler.batch.dates import DateShift

payload_app = typer.Typer()

_DAY = ["%Y-%m-%d"]

Target = Annotated[
    str,
    typer.Option(
        "--to",
        help="The staging target: a folder, sqlite:///FILE, postgresql://… or "
        "odbc:<connection string>.",
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(formats=_DAY, help="Build payloads as of this day.", show_default="today"),
]
Schema = Annotated[str | None, typer.Option(help="The database schema that holds the tables.")]
PolicyFile = Annotated[
    Path | None,
    typer.Option("--policy", help="Your own policy lines, a CSV file over the shipped."),
]
OffsetDays = Annotated[
    tuple[int, int] | None,
    typer.Option(
        help="Days back that dates move: least and most. One epoch wants the same in every run.",
        metavar="LEAST MOST",
        show_default="14 90",
    ),
]
DATES = (
    "What the dates of a child keep: all intervals, or their order only. Order hides more and "
    "breaks some rules; see show rules."
)
Dates = Annotated[
    Literal["intervals", "order"] | None, typer.Option(help=DATES, show_default="intervals")
]
Folder = Annotated[Path, typer.Option(help="The folder of the phases and their ledger.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


@payload_app.command()
def payload(
    source: Annotated[
        str,
        typer.Argument(
            help="The output of a run: a folder, sqlite:///FILE or postgresql://…; with "
            "--from-staging, a source as run takes it."
        ),
    ],
    to: Target,
    as_of: AsOf = None,
    from_staging: Annotated[
        bool,
        typer.Option("--from-staging", help="Scramble SOURCE's live ssd_api_data_staging instead."),
    ] = False,
    epoch: Annotated[
        Path | None, typer.Option(help="--from-staging: the epoch file, that of the runs.")
    ] = None,
    offset_days: OffsetDays = None,
    dates: Dates = None,
    policy: PolicyFile = None,
    schema: Schema = None,
    allow_deletions: Annotated[
        bool,
        typer.Option(
            "--allow-deletions",
            help="Stage also when nobody has a payload, or when more than half of the staged "
            "children would be Deleted. Without it that ends with exit code 6.",
        ),
    ] = False,
    nested_purge: Annotated[
        bool,
        typer.Option(
            "--nested-purge",
            help="In partial payloads, purge what vanished within a child. Off until the DfE says "
            "that it takes that; without it such removals may not arrive, and are counted.",
        ),
    ] = False,
    restage: Annotated[
        Literal["sent", "pending"] | None,
        typer.Option(
            help="Fill a staging table that somebody emptied, with the record of what was sent. "
            "sent: these payloads are what the receiver holds, nothing is pending. pending: all "
            "are sent again, whole."
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Build payloads from scrambled tables and stage them. Nothing is sent.

    One row a child in ssd_api_data_staging_anon, made when absent. Who is New, Updated or Deleted
    since the last staging is Pending again; all others stay as they are. One payload that is not
    valid stops the staging of all.
    """
    from scrambler import api
    from scrambler.cli.payload_printing import print_staging
    from scrambler.cli.progress import progress

    live = {
        "--epoch": epoch,
        "--offset-days": offset_days,
        "--dates": dates,
        "--policy": policy,
    }
    if from_staging and epoch is None:
        raise typer.BadParameter("--from-staging wants --epoch FILE")
    if from_staging and as_of:
        raise typer.BadParameter("--as-of is for payloads built here, not for --from-staging")
    if not from_staging and (extra := [name for name, given in live.items() if given]):
        raise typer.BadParameter(f"{', '.join(extra)} wants --from-staging")
    settings = api.MergeSettings(allow_deletions, nested_purge, restage)
    with progress(json) as shown:
        if epoch:
            done = api.stage_live(
                source,
                to,
                epoch=epoch,
                shift=_shift(offset_days, dates),
                policy=policy,
                schema=schema,
                settings=settings,
                progress=shown,
            )
        else:
            day = as_of.date() if as_of else None
            done = api.stage_payloads(
                source, to, schema=schema, as_of=day, settings=settings, progress=shown
            )
    print_staging(done, json)


@payload_app.command()
def review(
    target: Annotated[str, typer.Argument(help="A staging target, as payload --to takes it.")],
    child: Annotated[str | None, typer.Option(help="Show the record of one child, by id.")] = None,
    state: Annotated[
        str | None,
        typer.Option(help="Only New, Updated, Unchanged or Deleted, and the first ids of it."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Look at what is staged: the summary, or one child's record."""
    from scrambler import api
    from scrambler.cli.payload_printing import print_review

    print_review(api.review(target, child=child, state=state), json)


@payload_app.command()
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
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=_DAY,
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
    json: AsJson = False,
) -> None:
    """Run one of the five test phases, and record its verdict.

    1 one constructed child. 2 constructed children in volume. 3 one scrambled child. 4 full and
    delta payloads of scrambled data. 5 the live table, looked at in memory only.

    Each wants those before it passed. Nothing is ever sent.
    """
    share_cores()
    from scrambler import api
    from scrambler.cli.payload_printing import print_phase
    from scrambler.cli.progress import progress

    shift = _shift(offset_days, dates)  # refused before anything goes into the ledger
    with progress(json) as shown:
        report = api.run_phase(
            number,
            folder=folder,
            source=source,
            to=to,
            children=children,
            epoch=epoch,
            as_of=as_of.date() if as_of else None,
            shift=shift,
            policy=policy,
            schema=schema,
            drop_unknown=drop_unknown,
            out_of_order=out_of_order,
            agreed_by=agreed_by,
            progress=shown,
        )
    print_phase(report, json)
    if not report.outcome.passed:
        raise typer.Exit(6)


@payload_app.command("phases")
def phases_(folder: Folder = Path("phases"), json: AsJson = False) -> None:
    """Show where the phases stand, and whether the ledger was tampered with."""
    from scrambler import api
    from scrambler.cli.payload_printing import print_phases

    ledger = api.phase_ledger(folder)
    print_phases(ledger, json)
    if ledger.faults:
        raise typer.Exit(5)


def _shift(
    offset_days: tuple[int, int] | None, dates: Literal["intervals", "order"] | None
) -> DateShift:
    from scrambler.batch.dates import DateShift

    least, most = offset_days or (14, 90)
    return DateShift(least, most, dates or "intervals")
