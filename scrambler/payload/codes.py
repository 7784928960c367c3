"""Codes where a CMS stores their descriptions: `White British` and `WBRI White British` are WBRI.

The known builders cut the text to the width of the code, and so send no code, or another one.
"""

from __future__ import annotations

import re
from collections import Counter

import polars as pl

from scrambler.payload.json_text import member, stated
from scrambler.payload.limits import max_length
from scrambler.ssd import CodeList, ssd


def code_of(table: str, column: str, width: int) -> pl.Expr:
    """Return the code that the text of ``column`` means, else the text, trimmed and cut.

    Null for a placeholder: no code list of a payload has a code that looks like one.
    """
    return pl.coalesce(meant(table, column), stated(column, width))


def cut_code(key: str, table: str, column: str) -> pl.Expr:
    """Return the member of what `code_of` finds, cut to what the field ``key`` holds."""
    return member(key, code_of(table, column, max_length(key)))


def meant(table: str, column: str) -> pl.Expr:
    """Return the code that a description, or a code followed by more, stands for; null elsewhere.

    A description counts in any case, a code only as it is spelled. A text that is a code itself,
    drawn or alternate, stands for nothing else.
    """
    name = ssd().column(table, column).code_list
    assert name is not None, column  # noqa: S101 - called for columns with a code list only
    listed = ssd().code_lists[name]
    bare = pl.col(column).str.strip_chars()
    descriptions = _descriptions(listed)
    described = bare.str.to_lowercase().replace_strict(
        list(descriptions), list(descriptions.values()), default=None, return_dtype=pl.String
    )
    leading = bare.str.extract(rf"^({'|'.join(map(re.escape, listed.codes))})[ :-]+\S")
    is_code = bare.is_in([*listed.codes, *listed.alternates])
    return pl.when(~is_code).then(pl.coalesce(described, leading))


def _descriptions(listed: CodeList) -> dict[str, str]:
    """Return the code of each description in lower case that no other code shares."""
    labels = [label.lower() for label in listed.labels]
    count = Counter(labels)
    pairs = zip(labels, listed.codes, strict=True)
    return {label: code for label, code in pairs if count[label] == 1}
