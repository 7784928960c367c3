"""The SQL types of the SSD's DDL, and what the types that servers declare stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from scrambler.ssd.read_facts import facts

_WRITTEN = re.compile(r"([A-Z]+)(?:\((\d+|MAX)\))?")
_MICROSECONDS = pl.Datetime("us")


@dataclass(frozen=True)
class SqlType:
    """One type as the DDL writes it, such as ``NVARCHAR(48)``.

    ``dtype`` is the type of such a column in every output. ``width`` is the characters that it
    holds, None for MAX and for what is no text.
    """

    written: str
    dtype: pl.DataType
    width: int | None
    _postgresql: str

    def on(self, server: str) -> str:
        """Return the type as ``server`` (``sqlite``, ``postgresql`` or ``mssql``) declares it.

        SQLite takes any type's name but no ``(MAX)``.
        """
        if server == "postgresql":
            if self.dtype != pl.String:
                return self._postgresql
            return f"{self._postgresql}({self.width})" if self.width else "text"
        return self.written.replace("(MAX)", "") if server == "sqlite" else self.written


@cache
def sql_type(written: str) -> SqlType:
    """Return the type that the DDL writes so. ValueError when it has none of that form."""
    found = _WRITTEN.fullmatch(written)
    row = _ddl().get(found[1]) if found else None
    if found is None or row is None or (found[2] is not None) != (row["has_width"] == "Y"):
        raise ValueError(f"{written} is no type of the DDL")
    dtype = _MICROSECONDS if row["polars"] == "Datetime" else getattr(pl, row["polars"])()
    text = dtype == pl.String and found[2] != "MAX"
    return SqlType(written, dtype, int(found[2]) if text else None, row["postgresql"])


@cache
def _ddl() -> Mapping[str, Mapping[str, str]]:
    return {row["name"]: row for row in facts("ddl_types")}


@cache
def server_types() -> Mapping[str, tuple[str, int | None]]:
    """Return the kind and, of integers, the bits of each type that a server may declare.

    Names are in lower case and without width. Kinds: text, integer, float, boolean, datetime, date
    and binary.
    """
    rows = facts("server_types")
    return {row["name"]: (row["kind"], int(row["bits"]) if row["bits"] else None) for row in rows}
