"""How results look in a notebook: a sentence, and a table of figures below it."""

from __future__ import annotations

from html import escape

import polars as pl

_WIDEST = 200


def as_html(said: str, frame: pl.DataFrame) -> str:
    """Return a sentence and all rows of a small frame as HTML; both are escaped."""
    with pl.Config(
        tbl_rows=-1,
        tbl_cols=-1,
        fmt_str_lengths=_WIDEST,
        tbl_hide_dataframe_shape=True,
        tbl_hide_column_data_types=True,
    ):
        return f"<p>{escape(said)}</p>{frame._repr_html_()}"
