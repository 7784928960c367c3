"""``scrambler demo``: an SSD of invented children, made and scrambled."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scrambler.cli.afterwards import afterwards
from scrambler.cli.options import AsJson
from scrambler.resources.limits import share_cores


def demo(
    children: Annotated[int, typer.Option(min=1, help="How many children to construct.")] = 2000,
    out: Annotated[Path, typer.Option(help="The folder to make.")] = Path("demo"),
    json: AsJson = False,
) -> None:
    """Construct an SSD in SQLite, scramble it, and print the verdict."""
    share_cores()
    from scrambler import api
    from scrambler.cli.print.run import print_report
    from scrambler.cli.progress import progress

    with progress(json) as shown:
        folder, report = api.demo(out, children=children, progress=shown)
    with afterwards(f"{folder} was made"):
        print_report(report, json)
