"""Leaves as the columns they come from hold them, and back: the builder's steps, both ways."""

from __future__ import annotations

import polars as pl

from scrambler.payload.codes import code_of
from scrambler.payload.json_text import member, said, trimmed, truth
from scrambler.payload.shape import Leaf
from scrambler.ssd import ssd


def to_column(key: str, leaf: Leaf) -> pl.Expr:
    """Return the leaf as its column holds it."""
    value = pl.col(key)
    if leaf.form == "codes":
        return member("", value).str.strip_prefix('"":')
    if leaf.form != "flag":
        return value
    if key == "uasc_flag":
        return pl.when(value).then(pl.lit("U"))
    yes = pl.when(value).then(pl.lit("Y")).when(value.not_()).then(pl.lit("N"))
    if key == "icpc_required_flag":
        return pl.concat_str(pl.lit('{"CP_CONFERENCE_FLAG":"'), yes, pl.lit('"}'))
    return yes


def to_leaf(key: str, leaf: Leaf, columns: pl.DataFrame, was: pl.Series) -> pl.Series:
    """Return the leaf ``key`` from the treated ``columns``; null where the policy left it out.

    Codes are what they mean: `White British` becomes WBRI, and is never cut to `Whit`.
    """
    if leaf.column not in columns.columns:
        dtype = ssd().column(leaf.table, leaf.column).dtype
        columns = columns.with_columns(pl.lit(None, dtype=dtype).alias(leaf.column))
    return columns.select(_leaf(key, leaf, pl.lit(was)).alias(key)).to_series()


def _leaf(key: str, leaf: Leaf, was: pl.Expr) -> pl.Expr:
    value, spec = pl.col(leaf.column), ssd().column(leaf.table, leaf.column)
    if leaf.form in ("date", "number", "codes"):
        return value
    if key == "uasc_flag":
        return pl.when(was.is_not_null()).then(value.eq_missing("U"))
    if key == "icpc_required_flag":
        return truth(value.str.json_path_match("$.CP_CONFERENCE_FLAG"))
    if leaf.form == "flag":
        return truth(value)
    if key == "sex":
        code = code_of(leaf.table, leaf.column, 20)
        other = pl.when(value.is_not_null()).then(pl.lit("U"))
        return pl.when(code.is_in(["M", "F"])).then(code).otherwise(other)
    if spec.code_list and leaf.width:
        return code_of(leaf.table, leaf.column, leaf.width)
    text = trimmed(leaf.column, leaf.width) if leaf.width else value
    # Ids alone may be placeholders, as some builders send them; a worker without one is nobody.
    return text if key.endswith("_id") and key != "worker_id" else said(text)


def reasoned(details: pl.DataFrame) -> pl.DataFrame:
    """A UN code in place of the pupil number is the reason, as in our own payloads."""
    upn, reason = "unique_pupil_number", "unique_pupil_number_unknown_reason"
    is_code = pl.col(upn).str.to_uppercase().is_in(ssd().code_lists["upn_unknown"].codes)
    return details.with_columns(
        pl.when(~is_code).then(upn).alias(upn),
        pl.coalesce(reason, pl.when(is_code).then(upn)).alias(reason),
    )
