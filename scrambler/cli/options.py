"""Arguments and options that several commands take, each worded once.

Nothing here imports what a command works with, so that ``--help`` is there at once.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from scrambler.api import DateShift

DAY = "%Y-%m-%d"

Source = Annotated[
    str,
    typer.Argument(
        help="A database URL (sqlite:///, postgresql://, mssql://, mysql://, oracle://) or a "
        "folder of Parquet, one file or folder a table."
    ),
]
Out = Annotated[
    str,
    typer.Argument(help="The output: a folder, sqlite:///FILE or postgresql://…"),
]
OutSchema = Annotated[
    str | None,
    typer.Option(help="The schema of OUT in PostgreSQL.", show_default="scrambled"),
]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="Your own policy lines, a CSV over the shipped.")
]
Schema = Annotated[str | None, typer.Option(help="The database schema that holds the tables.")]
Tables = Annotated[str, typer.Option(help="Only these tables, separated by commas.")]
DropUnknown = Annotated[
    bool, typer.Option("--drop-unknown", help="Leave out columns that no policy names.")
]
Strict = Annotated[
    bool,
    typer.Option("--strict", help="Stop at tables called ssd_… that are not of the SSD."),
]
OffsetDays = Annotated[
    tuple[int, int] | None,
    typer.Option(
        help="Days back that dates move: least and most, 1 to 3650. One epoch wants the same in "
        "every run.",
        metavar="LEAST MOST",
        show_default="14 90",
    ),
]
Dates = Annotated[
    Literal["working-days", "intervals", "order"] | None,
    typer.Option(
        help="What the dates of a child keep: working days and intervals in them, intervals in "
        "days, or their order only. Order hides most and breaks some rules; see show rules.",
        show_default="working-days",
    ),
]
DatesKeyFile = Annotated[
    Path | None,
    typer.Option(
        "--dates-key",
        help="A file made by dates-key new: dates move as in all releases made with it, so that "
        "these do not average out.",
    ),
]
Codes = Annotated[
    Literal["even", "national"] | None,
    typer.Option(
        help="Draw codes evenly, or as common as they are in England, where the Department for "
        "Education has published it: categories of plans, sources of referrals, sex.",
        show_default="even",
    ),
]
Ids = Annotated[
    Literal["fold", "exact"] | None,
    typer.Option(
        help="Whether ids that differ in case alone are one (fold) or not (exact). The first run "
        "of an epoch settles it.",
        show_default="as the database compares; exact for a folder",
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(formats=[DAY], help="Build payloads as of this day.", show_default="today"),
]
Shared = Annotated[
    bool,
    typer.Option(
        "--shared", help="Leave it to the umask who can read what is written, not its owner only."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def names_of(tables: str) -> tuple[str, ...]:
    """Return the names in ``--tables``, which may be empty; commas alone are wrong usage."""
    names = tuple(name.strip() for name in tables.split(",") if name.strip())
    if tables and not names:
        raise typer.BadParameter("--tables names no table")
    return names


def shift_of(
    offset_days: tuple[int, int] | None,
    dates: Literal["working-days", "intervals", "order"] | None,
) -> DateShift:
    """Return how dates move, by default as the library has it; UsageError for what cannot be."""
    from scrambler.api import DateShift

    usual = DateShift()
    least, most = offset_days or (usual.least, usual.most)
    return DateShift(least, most, dates or usual.keep)
