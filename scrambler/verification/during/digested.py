"""Tokens of identifiers, held to digests made by hand of a keyed sample."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.verification.during.comparison import ColumnComparison
from scrambler.verification.during.derivation import Seeds, tokens_of
from scrambler.verification.during.encoded import text_of, without_blanks
from scrambler.verification.during.sides import Mask, Sides


def identifier_text(sides: Sides, domain: str, values: pl.Series) -> pl.Series:
    """Return the one form of identifiers of a domain: trimmed; numbers in groups without blanks.

    In capitals where the run folds case.
    """
    text = text_of(values)
    if sides.spec.domains[domain].shape != "hex":
        return without_blanks(text)
    return text.str.to_uppercase() if sides.check.folds else text


def held_tokens(
    sides: Sides, column: str, domain: str, here: Mask, into: ColumnComparison
) -> Seeds:
    """Return the tokens that a column has been given, those of the sample digested anew.

    Every row ``here`` must have one. What is wrong counts as a redraw that does not match.
    """
    tokens = sides.keys.tokens[domain, column]
    into.redraw_mismatch += int((here & (tokens == 0)).sum())
    _, digests, rows = sample(sides, column, domain, here)
    into.redraw_mismatch += int((tokens_of(digests) != tokens[rows]).sum())
    return tokens


def sample(
    sides: Sides, column: str, domain: str, here: Mask
) -> tuple[pl.Series, list[str], np.ndarray]:
    """Return the text, the digest and a row of each different identifier of the sample."""
    rows = np.flatnonzero(here & sides.digested(sides.keys.tokens[domain, column]))
    text = identifier_text(sides, domain, sides.source[column].gather(rows))
    first = text.is_first_distinct()
    chosen = text.filter(first)
    shared = sides.spec.domains[domain].map
    digests = sides.check.secrets.digests(f"identifier:{shared}", chosen)
    return chosen, digests, rows[first.to_numpy()]
