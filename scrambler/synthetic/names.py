"""Names and sentences. Names are Faker's British pools; Faker itself draws nothing here."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from faker.providers.person.en_GB import Provider

from scrambler.synthetic.block import Ints, Rng, between, taken
from scrambler.synthetic.frames import joined

BOYS = tuple(Provider.first_names_male)
GIRLS = tuple(Provider.first_names_female)
SURNAMES = tuple(Provider.last_names)

_OPENINGS = (
    "Spoke with", "Home visit to", "Telephone call about", "School raised worries about",
    "Health visitor wrote about", "Meeting held with the parents of", "Police report names",
    "Strategy discussion held for", "Neighbour rang about", "Family meeting agreed for",
)  # fmt: skip
_MIDDLES = (
    "who has missed school since the autumn", "who is settled with the present carer",
    "who was seen on their own and said they felt safe", "who asked for another worker",
    "whose parent declined further help", "who wants to see an older brother more often",
    "who has started counselling", "who was found late at night by the station",
    "whose home was clean and warm", "whose grandparents have come forward as carers",
    "who wishes to stay at the same college", "whose bruise was explained by a fall",
)  # fmt: skip
_ENDS = (
    "No further action for now.", "Manager to review in ten days.", "Written up the same day.",
    "Copy sent to the school nurse.", "Agreed to try again next week.",
    "Plan explained in plain words.", "Further checks with health are awaited.",
)  # fmt: skip
_OFFENCES = (
    "Theft from a shop", "Criminal damage to a bus shelter", "Common assault on another resident",
    "Possession of cannabis", "Riding in a car taken without consent", "Breach of a court order",
)  # fmt: skip


def forenames(rng: Rng, sex: Ints) -> pl.Series:
    """Return a forename a person: 0 draws a boy's, 1 a girl's, anything else either."""
    pool = BOYS + GIRLS
    low = np.where(sex == 1, len(BOYS), 0)
    high = np.where(sex == 0, len(BOYS), len(pool)) - 1
    return taken(pool, between(rng, low, high))


def surnames(rng: Rng, count: int) -> pl.Series:
    """Return ``count`` surnames."""
    return taken(SURNAMES, between(rng, 0, len(SURNAMES) - 1, count))


def _drawn(rng: Rng, pool: tuple[Any, ...], count: int) -> pl.Series:
    return taken(pool, between(rng, 0, len(pool) - 1, count))


def sentences(rng: Rng, names: pl.Series) -> pl.Series:
    """Return a short case note a row, with the full name inside, at most 200 characters or so."""
    count = len(names)
    opening, middle, end = (_drawn(rng, pool, count) for pool in (_OPENINGS, _MIDDLES, _ENDS))
    return joined(opening, " ", names, ", ", middle, ". ", end)


def offences(rng: Rng, names: pl.Series) -> pl.Series:
    """Return the wording of an offence a row, with the full name inside."""
    return joined(_drawn(rng, _OFFENCES, len(names)), " by ", names, ", admitted in interview.")
