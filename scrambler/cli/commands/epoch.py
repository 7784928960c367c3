"""``scrambler epoch``: the key that lets runs agree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Make or destroy the key that lets runs agree.", no_args_is_help=True)


@app.command("new")
def epoch_new(file: Annotated[Path, typer.Argument(help="The file to make.")]) -> None:
    """Make a new epoch file, readable by you only."""
    from scrambler.cli.print.keys import print_made
    from scrambler.keys.epoch_file import create

    fingerprint = create(file).fingerprint
    print_made(f"Epoch {fingerprint} in {file}. Whoever holds it can find people again.", file)


@app.command("close")
def epoch_close(file: Annotated[Path, typer.Argument(help="The file to destroy.")]) -> None:
    """Destroy an epoch: no later run can agree with its outputs, nobody can redo its pseudonyms."""
    from scrambler.cli.print.keys import print_destroyed
    from scrambler.keys.epoch_file import close

    close(file)
    print_destroyed(
        f"Closed: {file} is gone. It was overwritten, and so was what runs left beside it. While a "
        "dates key lives, its holder with true dates or ids can find children in every release "
        "made with it, and such releases agree in dates."
    )
