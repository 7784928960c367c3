"""``scrambler dates-key``: the key that lets releases agree in how dates move."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Make or destroy a key for dates, so that repeated releases do not average out.",
    no_args_is_help=True,
)


@app.command("new")
def dates_key_new(file: Annotated[Path, typer.Argument(help="The file to make.")]) -> None:
    """Make a new dates key, readable by you only; give it to runs with --dates-key."""
    from scrambler.cli.print.keys import print_made
    from scrambler.keys.dates_key import create

    create(file)
    print_made(
        f"A dates key is in {file}. Releases made with it agree in dates, and whoever holds it and "
        "knows true dates or ids can find children in each of them.",
        file,
    )


@app.command("destroy")
def dates_key_destroy(file: Annotated[Path, typer.Argument(help="The file to destroy.")]) -> None:
    """Destroy a dates key: no later release agrees in dates with those made with it."""
    from scrambler.cli.print.keys import print_destroyed
    from scrambler.keys.dates_key import destroy

    destroy(file)
    print_destroyed(
        f"Destroyed: {file} is gone. It was overwritten, and so was what runs left beside it. "
        "Releases made with it still agree with one another in dates."
    )
