"""What is said of a file that holds a key: where it lies, and what of it is out of reach."""

from __future__ import annotations

from pathlib import Path

from scrambler.cli.print.console import console, warn_open
from scrambler.files.copied_elsewhere import copied_by

OUT_OF_REACH = (
    "Out of reach are copies that others made of it: backups, shadow copies of Windows, the "
    "history of synchronised folders, snapshots, and old blocks of solid-state disks."
)


def print_made(line: str, file: Path) -> None:
    """Print ``line`` of a key that was made, and a warning where something copies its folder."""
    shown = console()
    shown.print(line, markup=False, highlight=False)
    if copied := copied_by(file.absolute()):
        shown.print(
            f"[bold yellow]Warning[/]: {copied} copies what lies there, and keeps copies that "
            "destroying the file does not reach. Keep it on an encrypted disk of this machine."
        )
    warn_open(shown, str(file.absolute()))


def print_destroyed(line: str) -> None:
    """Print ``line`` of a key that was destroyed, and what of it may be left elsewhere."""
    console().print(f"{line} {OUT_OF_REACH}", markup=False, highlight=False)
