"""JSON text from columns: members, objects and arrays as Polars expressions.

The text is canonical: keys in the order given, no blanks, nulls left out, the same characters
escaped in the same way each time. A member is ``"key":value`` as text, or null for a key to be left
out. Strings are escaped by Polars' own JSON encoder, never here.
"""

from __future__ import annotations

import polars as pl

from scrambler.payload.limits import max_length
from scrambler.ssd import ssd

PURGE = pl.lit('"purge":false')
"""The member that says: this is no deletion."""

_NONE = sorted({word.upper() for word in ssd().missing.texts})


def member(key: str, value: pl.Expr) -> pl.Expr:
    """Return the member of a text, number, boolean or list of texts; null where that is null."""
    encoded = pl.struct(value.alias(key)).struct.json_encode()
    return pl.when(value.is_not_null()).then(encoded.str.strip_prefix("{").str.strip_suffix("}"))


def cut_text(key: str, column: str) -> pl.Expr:
    """Return the member of a text column, `trimmed` to what the field ``key`` holds."""
    return member(key, trimmed(column, max_length(key)))


def day(key: str, value: pl.Expr) -> pl.Expr:
    """Return the member of a date as YYYY-MM-DD, its time of day left out."""
    return pl.concat_str(pl.lit(f'"{key}":"'), value.cast(pl.Date).cast(pl.String), pl.lit('"'))


def nested(key: str, value: pl.Expr) -> pl.Expr:
    """Return the member of a value that is JSON text already."""
    return pl.concat_str(pl.lit(f'"{key}":'), value)


def json_object(*members: pl.Expr) -> pl.Expr:
    """Return the object of the members that are not null."""
    inside = pl.concat_str(members, separator=",", ignore_nulls=True)
    return pl.concat_str(pl.lit("{"), inside, pl.lit("}"))


def json_arrays(
    rows: pl.LazyFrame, by: str, newest: tuple[str, ...], item: pl.Expr
) -> pl.LazyFrame:
    """Return ``by`` and ``array``, the JSON array of its rows' ``item``.

    Greatest ``newest`` first, nulls last, then the greatest text, so that the order in which rows
    arrive does not matter. A ``by`` without rows has no row here. Dates count by their day: a time
    of day is not sent, so it must not move what is.
    """
    types = rows.collect_schema()
    order = [
        pl.col(name).cast(pl.Date) if types[name].is_temporal() else pl.col(name) for name in newest
    ]
    array = pl.concat_str(pl.lit("["), pl.col("array").list.join(","), pl.lit("]"))
    return (
        rows.with_columns(item.alias("array"))
        .sort(*order, "array", descending=True, nulls_last=True)
        .group_by(by, maintain_order=True)
        .agg("array")
        .with_columns(array.alias("array"))
    )


def said(value: pl.Expr) -> pl.Expr:
    """Return the text as it stands; null where it is blank or a placeholder, such as SSD_PH or -1.

    A placeholder means "none" (consistency.csv C138): in a payload its key is left out.
    """
    return pl.when(~value.str.strip_chars().str.to_uppercase().is_in(_NONE)).then(value)


def stated(column: str, width: int | None = None) -> pl.Expr:
    """Return what `trimmed` does; null for a placeholder as well."""
    return pl.when(said(pl.col(column)).is_not_null()).then(trimmed(column, width))


def trimmed(column: str, width: int | None = None) -> pl.Expr:
    """Return the text without outer white space, cut to ``width``; null where nothing is left.

    What the cut leaves of `U1 Foster placement` is `U1`, without the blank.
    """
    bare = pl.col(column).str.strip_chars()
    cut = bare if width is None else bare.str.head(width).str.strip_chars_end()
    return pl.when(bare != "").then(cut)


def truth(value: pl.Expr) -> pl.Expr:
    """Return true for Y, T, 1, TRUE, false for N, F, 0, FALSE in any case, null for the rest."""
    bare = value.str.strip_chars().str.to_uppercase()
    return (
        pl.when(bare.is_in(["Y", "T", "1", "TRUE"]))
        .then(True)
        .when(bare.is_in(["N", "F", "0", "FALSE"]))
        .then(False)
    )
