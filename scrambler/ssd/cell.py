"""What a cell of a facts file may hold: each column of each file names one of these."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A kind of cell: ``rule`` in words that follow "must be", and ``holds`` for one text.

    ``prose`` is for people only: no code may read a fact out of it.
    """

    rule: str
    holds: Callable[[str], bool]
    prose: bool = False


PROSE = Cell("any text", lambda text: True, prose=True)
ANY = Cell("any text", lambda text: True)
SOME = Cell("some text", bool)


def matching(pattern: str, rule: str) -> Cell:
    """Return the cell whose whole text matches ``pattern``."""
    return Cell(rule, lambda text: re.fullmatch(pattern, text) is not None)


def one_of(*words: str) -> Cell:
    """Return the cell that holds one of ``words``."""
    return Cell(f"one of {', '.join(words)}", words.__contains__)


def optional(cell: Cell) -> Cell:
    """Return a cell that may be empty as well."""
    return Cell(f"{cell.rule}, or empty", lambda text: not text or cell.holds(text))


NAME = matching("[A-Za-z_][A-Za-z0-9_]*", "a name of letters, digits and underscores")
WHOLE = matching("[1-9][0-9]*", "a whole number above 0")
YES_NO = one_of("Y", "N")
DAY = matching("[0-9]{4}-[0-9]{2}-[0-9]{2}", "a day, such as 2023-03-31")
