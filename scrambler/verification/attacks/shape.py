"""Shape: row counts and empty cells, and the order in which children stand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scrambler.verification.attacks.attack import Attack
from scrambler.verification.attacks.seen import Numbers

Prints = NDArray[np.uint64]


def shape_attack(what: str, known: Prints, shown: Prints) -> list[Attack]:
    """Count children who are the only ones of their shape, and match the known ones by it.

    Of several who fit the reader takes one: as many as are right on average are right.
    """
    _, number, alike = np.unique(shown, return_inverse=True, return_counts=True)
    unique, n = int((alike[number] == 1).sum()), len(shown)
    fits = np.where(known == shown, 1 / alike[number], 0.0)
    return [
        Attack("singling out", f"by {what}", n, unique, 1 if n == 1 else 0),
        Attack("linkability", f"known children, by {what}", n, round(float(fits.sum())), 1),
    ]


def position_attack(known: Numbers, shown: Numbers) -> list[Attack]:
    """Guess that the child who follows another in the output followed in the source as well."""
    follows = np.full(int(max(known.max(initial=0), shown.max(initial=0))) + 2, -2)
    follows[known[:-1]] = known[1:]
    right = int((follows[shown[:-1]] == shown[1:]).sum())
    tried = max(len(shown) - 1, 0)
    return [Attack("linkability", "neighbours, by the order of rows", tried, right,
                   tried / max(len(shown), 1))]  # fmt: skip
