"""Slips that the check makes as well: what it works out anew is what stands there.

Only what results tell of their originals shows them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from scrambler.verification.during import invented
from scrambler.verification.during.invented import Pair
from tests.mutants.dates import Days, offsets
from tests.mutants.mutant import Mutant, Plant
from tests.mutants.people import SURNAME


def _one_offset(plant: Plant) -> None:
    def due(check: Any, subjects: Any, days: Days) -> Days:
        return np.full_like(days, -30)

    offsets(lambda days, _: days * 0 - 30)(plant)
    for room in ("dates", "conditions"):
        plant.patch.setattr(f"scrambler.verification.during.{room}.due", due)


class _Surnames(tuple[pl.Series, pl.Series]):
    """A pair that is known again."""


def _surname_behind(plant: Plant) -> None:
    surnames, other_than = invented.surnames, invented.other_than

    def spoiled(originals: pl.Series, pair: Pair) -> pl.Series:
        due = other_than(originals, pair)
        return due + "-" + originals if isinstance(pair, _Surnames) else due

    plant.column("name", lambda cells: cells.after + "-" + cells.text, only=SURNAME)
    plant.patch.setattr(invented, "surnames", lambda seeds: _Surnames(surnames(seeds)))
    plant.patch.setattr(invented, "other_than", spoiled)


def _last_digit(plant: Plant) -> None:
    plant.column(
        "identifier",
        lambda cells: cells.after.str.head(-1) + cells.text.str.slice(-1),
        only=("fami_table_id",),
    )
    plant.patch.setattr(
        "scrambler.verification.during.identifiers._redigested", lambda *arguments: 0
    )


BOTH = [
    Mutant("one offset for all", "all days, from one known", _one_offset),
    Mutant("surname behind an invented one", "surnames", _surname_behind),
    Mutant("last digit of ids", "a digit of each id", _last_digit),
]
