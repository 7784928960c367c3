"""What a column's declared type says: ``character varying(48)`` is text, 48 wide."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from scrambler.sources.source import Kind, SourceColumn
from scrambler.ssd.sql_types import server_types

_DECIMALS = ("numeric", "decimal", "dec", "number")
_MOST_DIGITS_OF_INT64 = 18
_MOST_DIGITS_OF_FLOAT = 15
_SHAPE = re.compile(r"([^(]*)(?:\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\))?([^()]*)")


@dataclass(frozen=True)
class Declared(SourceColumn):
    """A column of a server: ``base`` is its type without length, ``in_key`` its primary key."""

    base: str
    in_key: bool


def decimal_kind(digits: int | None, scale: int) -> tuple[Kind, bool]:
    """Return the kind of a decimal of so many digits, None where unknown, and whether it is exact.

    Without a fraction it is an integer where 64 bits hold it, with one a float where that keeps
    every digit. All others are exact: as floats, distinct values could become one.
    """
    if digits is None:
        return "float", True
    if scale <= 0:
        whole = digits - scale <= _MOST_DIGITS_OF_INT64
        return ("integer", False) if whole else ("float", True)
    return "float", digits > _MOST_DIGITS_OF_FLOAT


def declared_column(name: str, data_type: str, in_key: bool, kinds: Mapping[str, Kind]) -> Declared:
    """Return a column from its type as declared; ``kinds`` are a server's own readings of types.

    A type nobody knows is ``other``.
    """
    before, length, scale, after = _SHAPE.match(data_type.lower() + " ").groups()  # type: ignore[union-attr]
    base = " ".join(f"{before} {after}".replace("unsigned", "").replace("zerofill", "").split())
    size = int(length) if length else None
    if base in _DECIMALS:
        kind, exact = decimal_kind(size, int(scale or 0))
        return Declared(name, kind, None, base, in_key, exact=exact)
    # MySQL has no boolean: tinyint(1) stands for one.
    usual, bits = server_types().get(base, ("other", None))
    kind = kinds.get(f"{base}({length})") or kinds.get(base) or cast(Kind, usual)
    width = size if kind == "text" else bits if kind == "integer" else None
    return Declared(name, kind, width, base, in_key)
