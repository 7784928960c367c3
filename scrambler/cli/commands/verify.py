"""``scrambler verify``: an output looked at again, from both sides."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scrambler.cli.options import AsJson, Out, OutSchema, PolicyFile, Schema, Source


def verify(
    source: Source,
    out: Out,
    policy: PolicyFile = None,
    schema: Schema = None,
    out_schema: OutSchema = None,
    attacks: Annotated[
        Path | None,
        typer.Option(
            help="The epoch file of the run: try what a reader without it could find out, and "
            "score the guesses."
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Look again, independently of the run: source against output. Give the run's own --policy.

    It also measures how many children can be told from all others by a few of their dates.
    """
    from scrambler import api
    from scrambler.cli.print.verification import print_verification
    from scrambler.cli.progress import progress

    with progress(json) as shown:
        result = api.verify(
            source,
            out,
            policy=policy,
            schema=schema,
            progress=shown,
            out_schema=out_schema,
            attacks=attacks,
        )
    print_verification(result, json)
    if not result.passed:
        raise typer.Exit(6)
