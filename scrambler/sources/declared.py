"""What a column's declared type says: ``character varying(48)`` is text, 48 wide."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from scrambler.sources.source import Kind, SourceColumn

_NAMES: dict[Kind, tuple[str, ...]] = {
    "text": (
        *("char", "nchar", "character", "varchar", "nvarchar", "varchar2", "nvarchar2"),
        *("character varying", "text", "ntext", "tinytext", "mediumtext", "longtext", "citext"),
        *("clob", "nclob", "uuid", "uniqueidentifier", "json", "jsonb", "xml", "enum", "set"),
    ),
    "integer": (
        *("tinyint", "smallint", "mediumint", "int", "integer", "bigint"),
        *("int2", "int4", "int8"),
    ),
    "float": (
        *("float", "real", "double", "double precision", "float4", "float8"),
        *("money", "smallmoney", "binary_float", "binary_double"),
    ),
    "boolean": ("bit", "bool", "boolean"),
    "datetime": (
        *("datetime", "datetime2", "smalldatetime", "datetimeoffset", "timestamp"),
        *("timestamp without time zone", "timestamp with time zone"),
        "timestamp with local time zone",
    ),
    "date": ("date",),
    "binary": (
        *("binary", "varbinary", "image", "rowversion", "bytea", "raw", "long raw", "bfile"),
        *("blob", "tinyblob", "mediumblob", "longblob"),
    ),
}
_KINDS = {name: kind for kind, names in _NAMES.items() for name in names}
_DECIMALS = ("numeric", "decimal", "dec", "number")
_MOST_DIGITS_OF_INT64 = 18
_MOST_DIGITS_OF_FLOAT = 15
_BITS = {
    **{"tinyint": 8, "smallint": 16, "int2": 16, "mediumint": 24},
    **{"int": 32, "integer": 32, "int4": 32, "bigint": 64, "int8": 64},
}
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
    kind = kinds.get(f"{base}({length})") or kinds.get(base) or _KINDS.get(base, "other")
    width = size if kind == "text" else _BITS.get(base) if kind == "integer" else None
    return Declared(name, kind, width, base, in_key)
