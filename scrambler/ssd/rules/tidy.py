"""How a rule reads a column: as what it means, not as its CMS happens to write it.

Nothing is recorded where a cell is null, blank or a placeholder (C138, C140); right blanks do not
count (C139); a code column holds codes of its list, although a CMS may write the description or
code and description together; a date is a day.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from scrambler.ssd import CodeList, ColumnSpec, ssd

# The forms that the payload builder reads as yes and no.
_YES_NO = {
    **dict.fromkeys(["Y", "YES", "T", "TRUE", "1"], "Y"),
    **dict.fromkeys(["N", "NO", "F", "FALSE", "0"], "N"),
}


def tidy(spec: ColumnSpec) -> pl.Expr:
    """Return the column as it is meant: null where nothing is recorded, codes in one form."""
    column, missing = pl.col(spec.name), ssd().missing
    if spec.dtype == pl.Datetime:
        day = column.cast(pl.Date)
        return pl.when(~day.is_in(list(missing.dates))).then(day)
    if spec.dtype == pl.Float64:
        own = missing.own_numbers.get(str(spec), ())
        return pl.when(~column.is_in(list(own))).then(column)
    if spec.dtype != pl.String:
        return column
    if spec.code_list is None or spec.kind not in {"code", "flag", "technical"}:
        return recorded(column)
    text = column.str.strip_chars()
    if spec.code_list == "yn_flag":
        return recorded(yes_no(text))
    codes = ssd().code_lists[spec.code_list]
    return recorded(_has_code(text, codes), codes.codes)


def recorded(text: pl.Expr, codes: tuple[str, ...] = ()) -> pl.Expr:
    """Return the text without right blanks, null where blank or a placeholder; ``codes`` stay.

    Integers are read as text: identifiers may be such.
    """
    text = text.cast(pl.String).str.strip_chars_end()
    return text.replace({value: None for value in ssd().missing.texts if value not in codes})


def yes_no(text: pl.Expr) -> pl.Expr:
    """Return Y or N where the payload builder reads one; other text as it is."""
    return text.str.to_uppercase().replace_strict(_YES_NO, default=text)


def _has_code(text: pl.Expr, codes: CodeList) -> pl.Expr:
    """Return the code that the whole text or its first word names; other text as it is."""
    names = _names(codes.name)
    upper = text.str.to_uppercase()
    known = {code.upper(): code for code in (*codes.codes, *codes.alternates)}
    return pl.coalesce(
        upper.replace_strict(names, default=None, return_dtype=pl.String),
        upper.str.extract(r"^(\w+)").replace_strict(known, default=None, return_dtype=pl.String),
        text,
    )


@cache
def _names(code_list: str) -> dict[str, str]:
    """Return every name of a code, in capitals: the code, its label, its alternate forms."""
    codes = ssd().code_lists[code_list]
    by_label = dict(zip(map(str.upper, codes.labels), codes.codes, strict=True))
    return {
        **by_label,
        **{
            code.upper(): by_label.get(label.upper(), code)
            for code, label in codes.alternates.items()
        },
        **{code.upper(): code for code in codes.codes},
    }
