"""Numbers with a check digit, read independently of the kernels that make them."""

from __future__ import annotations

from functools import reduce
from operator import add

import polars as pl

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def is_upn(text: pl.Expr) -> pl.Expr:
    """Return whether text is a UPN with its check letter (13 characters, DfE UPN guide)."""
    letter = f"[{_UPN_LETTERS}]"
    last = text.str.slice(12, 1)
    total = _weighted(text, range(2, 13), first=1) + 13 * pl.coalesce(
        last.cast(pl.Int32, strict=False), _letter_index(last)
    )
    return text.str.contains(rf"^{letter}\d{{11}}(?:\d|{letter})$") & (
        total % 23 == _letter_index(text.str.slice(0, 1))
    )


def is_nhs_number(text: pl.Expr) -> pl.Expr:
    """Return whether text is ten digits with the check digit of an NHS number (modulus 11)."""
    return text.str.contains(r"^\d{10}$") & (_weighted(text, range(10, 0, -1)) % 11 == 0)


def is_uln(text: pl.Expr) -> pl.Expr:
    """Return whether text is a unique learner number with its check digit."""
    return text.str.contains(r"^[1-9]\d{9}$") & (_weighted(text, range(10, 0, -1)) % 11 == 10)


def _letter_index(letter: pl.Expr) -> pl.Expr:
    index = {letter: at for at, letter in enumerate(_UPN_LETTERS)}
    return letter.replace_strict(index, default=None, return_dtype=pl.Int32)


def _weighted(text: pl.Expr, weights: range, first: int = 0) -> pl.Expr:
    digits = (
        weight * text.str.slice(at, 1).cast(pl.Int32, strict=False)
        for at, weight in enumerate(weights, first)
    )
    return reduce(add, digits)
