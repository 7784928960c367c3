"""``scrambler payload`` and ``review``: payloads built, staged and looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from scrambler.cli.options import (
    AsJson,
    AsOf,
    Codes,
    Dates,
    DatesKeyFile,
    OffsetDays,
    PolicyFile,
    Schema,
    Shared,
    shift_of,
)

Target = Annotated[
    str,
    typer.Option(
        "--to",
        help="The staging target: a folder, sqlite:///FILE, postgresql://… or "
        "odbc:<connection string>.",
    ),
]


def payload(
    to: Target,
    source: Annotated[
        str | None,
        typer.Argument(
            help="The output of a run: a folder, sqlite:///FILE or postgresql://…; with "
            "--from-staging, a source as run takes it."
        ),
    ] = None,
    as_of: AsOf = None,
    from_staging: Annotated[
        bool,
        typer.Option("--from-staging", help="Scramble SOURCE's live ssd_api_data_staging instead."),
    ] = False,
    epoch: Annotated[
        Path | None, typer.Option(help="--from-staging: the epoch file, that of the runs.")
    ] = None,
    dates_key: DatesKeyFile = None,
    offset_days: OffsetDays = None,
    dates: Dates = None,
    codes: Codes = None,
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
    invalid: Annotated[
        bool,
        typer.Option(
            "--invalid",
            help="Write payloads that are wrong in one way each to the new folder --to instead, "
            "with what is wrong and the expected verdict in cases.csv: for tests of a receiver.",
        ),
    ] = False,
    shared: Shared = False,
    json: AsJson = False,
) -> None:
    """Build payloads from scrambled tables and stage them. Nothing is sent.

    One row a child in ssd_api_data_staging_anon, made when absent. Who is New, Updated or Deleted
    since the last staging is Pending again; all others stay as they are. One payload that is not
    valid stops the staging of all.
    """
    from scrambler import api
    from scrambler.cli.print.console import console, warn_open
    from scrambler.cli.print.staging import print_invalid, print_staging
    from scrambler.cli.progress import progress
    from scrambler.staging import folder_of

    live = {
        "--epoch": epoch,
        "--dates-key": dates_key,
        "--offset-days": offset_days,
        "--dates": dates,
        "--codes": codes,
        "--policy": policy,
    }
    if invalid:
        if source or from_staging or restage or as_of or any(live.values()):
            raise typer.BadParameter("--invalid takes --to FOLDER alone")
        print_invalid(to, api.invalid_payloads(to), json)
        return
    if source is None:
        raise typer.BadParameter("Missing argument 'SOURCE': the output of a run")
    if from_staging and epoch is None:
        raise typer.BadParameter("--from-staging wants --epoch FILE")
    if from_staging and as_of:
        raise typer.BadParameter("--as-of is for payloads built here, not for --from-staging")
    if not from_staging and (extra := [name for name, given in live.items() if given]):
        raise typer.BadParameter(f"{', '.join(extra)} wants --from-staging")
    settings = api.MergeSettings(allow_deletions, nested_purge, restage, shared)
    with progress(json) as shown:
        if epoch:
            done = api.stage_live(
                source,
                to,
                epoch=epoch,
                dates_key=dates_key,
                shift=shift_of(offset_days, dates),
                codes=codes or "even",
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
    if not json and (place := folder_of(to)):
        warn_open(console(), str(place))


def review(
    target: Annotated[str, typer.Argument(help="A staging target, as payload --to takes it.")],
    child: Annotated[
        list[str] | None, typer.Option(help="Show the record of a child, by id; may be repeated.")
    ] = None,
    state: Annotated[
        str | None,
        typer.Option(help="Only New, Updated, Unchanged or Deleted, and the first ids of it."),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(help="Make this folder: pages that open by a double click, with an index."),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="So many children at random.", show_default="20")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="--html: a page for every child.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Another seed draws another sample.")] = 0,
    json: AsJson = False,
) -> None:
    """Look at what is staged: the summary, children's records as timelines, or pages of them."""
    from scrambler import api
    from scrambler.cli.print.staging import print_child, print_pages, print_review
    from scrambler.cli.progress import progress

    if html is not None:
        with progress(json) as shown:
            index = api.review_pages(
                target, html, children=child or (), count=sample or 20, every=every, seed=seed,
                progress=shown,
            )  # fmt: skip
        print_pages(index, json)
        return
    if every:
        raise typer.BadParameter("--all wants --html FOLDER")
    one = child[0] if child and len(child) == 1 else None
    print_review(api.review(target, child=one, state=state), json)
    chosen = child or (api.sample_of(target, sample, seed) if sample else ())
    for name in () if json else chosen:
        print_child(api.review(target, child=name).record or {})
