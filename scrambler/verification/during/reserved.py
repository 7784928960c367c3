"""Numbers of reserved ranges, and integers, worked out anew: which one each identifier must get.

The n-th identifier has the n-th place of a keyed order of the range.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.verification.during.check import Check
from scrambler.verification.during.derivation import Seeds
from scrambler.verification.during.formats import Format
from scrambler.verification.during.order_of_places import Order

_SMALL = 2**31 - 1
_LARGEST = 10**12


def other_numbers(
    check: Check, purpose: str, form: Format, tokens: Seeds, written: pl.Series
) -> int:
    """Return how many of ``written`` are not the number of their token's place.

    Compared are the digits and the last letter that a place decides on; the check digit follows
    from these. Whoever has no place has no number.
    """
    due, came = _due(check, purpose, form, tokens), _came(form, written)
    return int(due.ne_missing(came).sum()) + int(due.null_count())


def other_integers(check: Check, purpose: str, text: pl.Series, written: pl.Series) -> int:
    """Return how many of ``written`` are not what the keys make of the whole numbers ``text``.

    Those of 32 bits become such, larger ones become larger ones.
    """
    numbers = text.cast(pl.Int64).to_numpy()
    due = np.empty_like(numbers)
    for here, first, size in (
        (numbers <= _SMALL, 1, _SMALL),
        (numbers > _SMALL, _SMALL + 1, _LARGEST - _SMALL),
    ):
        if here.any():
            order = _order(check, f"integers:{purpose}", size)
            due[here] = order.permuted(numbers[here] - first) + first
    return int(pl.Series(due).ne_missing(written.cast(pl.Int64, strict=False)).sum())


def _order(check: Check, purpose: str, size: int) -> Order:
    orders = check.orders
    if (purpose, size) not in orders:
        orders[purpose, size] = Order(size, check.secrets.subkey(purpose))
    return orders[purpose, size]


def _due(check: Check, purpose: str, form: Format, tokens: Seeds) -> pl.Series:
    """Return digits and last letter of each token's number; null for who has no place."""
    given = check.allocations.get(f"{purpose}/{form.name}")
    if given is None or not len(given.digests):
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(tokens))
    # The last digest stands in for what lies beyond it, and is no such token.
    row = np.minimum(np.searchsorted(given.digests, tokens), len(given.digests) - 1)
    known = given.digests[row] == tokens
    places = np.where(known, given.slots[row].astype(np.int64), 0)
    spellings = max(1, len(form.letters))
    numbers, turn, first = np.zeros_like(places), np.zeros_like(places), 0
    for number, (start, numbered) in enumerate(zip(form.starts, form.sizes, strict=True)):
        size = numbered * spellings
        here = (places >= first) & (places < first + size)
        if here.any():
            order = _order(check, f"order:{purpose}:{form.name}:{number}", size)
            moved, turn[here] = np.divmod(order.permuted(places[here] - first), spellings)
            numbers[here] = start + moved
        first += size
    due = pl.Series(numbers).cast(pl.String).str.zfill(form.digits)
    if form.letters:
        due = due + pl.Series([*form.letters]).gather(turn)
    return due.set(pl.Series(~known), None)


def _came(form: Format, written: pl.Series) -> pl.Series:
    digits = written.str.extract(rf"\A[A-Z]*([0-9]{{{form.digits}}})")
    return digits + written.str.slice(-1) if form.letters else digits
