"""Codes where a CMS stores their descriptions: `White British` and `WBRI White British` are WBRI.

The known builders cut the text to the width of the code, and so send no code, or another one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import polars as pl

from scrambler.payload.json_text import member, stated
from scrambler.payload.limits import max_length
from scrambler.ssd import ssd


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

    Both count in any case, as they do to SQL Server: `m` is M. A text that is a code itself, drawn
    or alternate, stands for nothing else.
    """
    name = ssd().column(table, column).code_list
    assert name is not None, column  # noqa: S101 - called for columns with a code list only
    listed = ssd().code_lists[name]
    bare = pl.col(column).str.strip_chars()
    # A description first: it may be another code in lower case.
    descriptions = _alone(listed.codes, listed.codes) | _alone(listed.labels, listed.codes)
    described = bare.str.to_lowercase().replace_strict(
        list(descriptions), list(descriptions.values()), default=None, return_dtype=pl.String
    )
    leading = bare.str.extract(rf"^({'|'.join(map(re.escape, listed.codes))})[ :-]+\S")
    is_code = bare.is_in([*listed.codes, *listed.alternates])
    return pl.when(~is_code).then(pl.coalesce(described, leading))


def _alone(texts: Sequence[str], codes: Sequence[str]) -> dict[str, str]:
    """Return the code of each text in lower case that no other code shares."""
    lower = [text.lower() for text in texts]
    count = Counter(lower)
    return {text: code for text, code in zip(lower, codes, strict=True) if count[text] == 1}
