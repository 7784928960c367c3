"""What a file of facts is: its columns, its key, and what its cells refer to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scrambler.ssd.cell import Cell

Row = Mapping[str, str]
"""One row of a file, by column."""


@dataclass(frozen=True)
class Link:
    """Cells that name something of another file: ``columns`` joined by a dot stand in ``keys``.

    Where they are empty, nothing is named. The keys are looked for in all ``files``. What stands
    in brackets behind a name (``NVARCHAR(48)``) is no part of it.
    """

    columns: tuple[str, ...]
    files: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class FactFile:
    """One file: what it is ``about``, its ``cells`` by column in file order, its ``key`` columns.

    ``fault`` looks at a row whose cells are all known: it returns what is wrong between them as
    ``column must be ...``, or nothing.
    """

    about: str
    cells: Mapping[str, Cell]
    key: tuple[str, ...]
    links: tuple[Link, ...] = ()
    fault: Callable[[Row], str] = lambda row: ""
