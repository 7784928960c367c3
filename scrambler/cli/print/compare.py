"""Originals on the alternate screen, a page at a time, gone when it ends."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from scrambler.errors.redact import plain

if TYPE_CHECKING:
    from scrambler.cli.side_by_side import Cell, Row

_AROUND = 9
"""Lines of a page that are not cells."""

_WIDEST = 60
_SAID = (
    "Marked: a value that is as it was. Codes stay by chance, as often as annex B of the report "
    "says of their column, and where structure decides them; ids, names and dates never."
)

_ASKED = "Enter: on, q: end"


def ask_id() -> str:
    """Return a true id, typed unseen and kept by nobody."""
    return getpass.getpass("True id of the child (not shown): ").strip()


def show_rows(rows: Iterator[Row]) -> None:
    """Show rows one after the other until Enter was pressed for each, or q."""
    console = Console()
    stayed = seen = 0
    with console.screen(hide_cursor=False) as screen:
        for row in rows:
            room = max(3, console.height - _AROUND)
            for start in range(0, len(row.cells), room):
                cells = row.cells[start : start + room]
                seen += sum(bool(cell.before) for cell in cells)
                stayed += sum(cell.stayed for cell in cells)
                screen.update(
                    Group(_page(row.table, cells), Text(_SAID), Text("Enter: on, q: end"))
                )
                if _answer() == "q":
                    break
            else:
                continue
            break
        screen.update(Text(""))
        console.clear()
    console.print(f"{stayed:,} of {seen:,} values looked at were as they had been.")


def _page(table: str, cells: tuple[Cell, ...]) -> Table:
    shown = Table("column", "original", "scrambled", "", title=table)
    for cell in cells:
        before, after = (escape(plain(text)[:_WIDEST]) for text in (cell.before, cell.after))
        mark = "as it was" if cell.stayed else ""
        shown.add_row(cell.column, before, after, mark, style="reverse" if cell.stayed else "")
    return shown


def _answer() -> str:
    """Return what was typed; the end of the input is an end."""
    line = sys.stdin.readline()
    return line.strip().lower() if line else "q"
