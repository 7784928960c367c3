"""``scrambler compare``: originals beside what became of them, on this terminal only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scrambler.cli.options import Out, PolicyFile, Schema, Source


def compare(
    source: Source,
    out: Out,
    epoch: Annotated[Path, typer.Option(help="The epoch file that OUT was made with.")],
    row_of: Annotated[
        str | None, typer.Option(help="A child, by its pseudonym in OUT (pers_person_id).")
    ] = None,
    random: Annotated[
        int | None, typer.Option(min=1, max=50, help="So many children at random.")
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask for a child's true id, which is not shown.")
    ] = False,
    policy: PolicyFile = None,
    schema: Schema = None,
) -> None:
    """Show originals beside their scrambled rows, in memory only. Nothing is written or logged.

    On a terminal, on a screen of its own that is cleared at the end; not in pipes or notebooks. A
    line in the ledger next to OUT says that it was used, never what was seen.
    """
    if [bool(row_of), bool(random), ask].count(True) != 1:
        raise typer.BadParameter("one of --row-of, --random and --ask says which children")
    from scrambler.cli.terminal import refuse_recorded

    refuse_recorded()
    from scrambler.cli.print.compare import ask_id, show_rows
    from scrambler.cli.side_by_side import SideBySide
    from scrambler.evidence.use import note_use
    from scrambler.sinks import open_output

    output = open_output(out)
    sides = SideBySide(source, output, epoch, policy, schema)
    chosen = [row_of] if row_of else sides.drawn(random, _chance()) if random else []
    if ask:
        chosen = [sides.pseudonym(ask_id())]
    note_use(output)
    show_rows(sides.rows(chosen))


def _chance() -> int:
    """Return a seed that nobody can repeat."""
    import secrets

    return secrets.randbits(63)
