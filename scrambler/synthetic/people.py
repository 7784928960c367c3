"""The children: families, ages, names and national numbers. Everything else hangs on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from scrambler.synthetic import names, numbers
from scrambler.synthetic.block import (
    NEVER,
    TODAY,
    Block,
    Ints,
    Mask,
    Rng,
    between,
    birthday,
    chance,
    drawn_to,
    expand,
    person_ids,
    pick,
    spread,
    text,
    yearly,
)
from scrambler.synthetic.frames import either, joined, kept

YEAR = 365.25
SEXES = ("M", "F", "U")

_SIZES = (0.44, 0.30, 0.18, 0.08)
_CARE_LEAVERS = 0.10
_UNBORN, _DEAD, _ASYLUM = 0.01, 0.005, 0.02
_OVERDUE, _AHEAD = 20, 120
_PREGNANCY = 200


@dataclass(frozen=True)
class People:
    """One entry a child. Days count from 1970-01-01.

    ``born`` is the first day on which anything can be recorded (for the unborn some months before
    the expected date), ``last`` the last one (death or ``AS_OF``), ``adult`` the 18th birthday
    (far ahead for the unborn). ``family`` numbers the families of the block from 0, siblings side
    by side; ``leaver`` marks young people of 18 and more, who have no siblings here. ``sex``
    points into ``SEXES``.
    """

    block: Block
    family: Ints
    dob: Ints
    expected: Ints
    death: Ints
    born: Ints
    last: Ints
    adult: Ints
    sex: Ints
    leaver: Mask
    asylum: Mask
    has_upn: Mask
    ids: pl.Series
    legacy: pl.Series
    forename: pl.Series
    surname: pl.Series
    upn: pl.Series
    nhs: pl.Series

    def id(self, children: Ints) -> pl.Series:
        """Return the person id of each of these children."""
        return self.ids.gather(children)

    def names(self, children: Ints) -> pl.Series:
        """Return forename and surname of each of these children."""
        return joined(self.forename.gather(children), " ", self.surname.gather(children))

    def age(self, children: Ints, days: Ints) -> Ints:
        """Return completed years on a day; 0 for the unborn."""
        dob = np.where(self.dob > NEVER, self.dob, self.expected)[children]
        years = np.maximum(days - dob, 0) // 366
        return years + (birthday(dob, years + 1) <= days)


def people(block: Block) -> People:
    """Draw the children of a block."""
    rng, n = block.rng("people"), block.size
    family, ordinal, leaver = _families(rng, n)
    anchor = (rng.random(n) ** 1.1 * 14.5 * YEAR)[family]
    age = anchor + ordinal * (400 + 300 * rng.random(n)) + 1
    age = np.minimum(age, (16 + 1.9 * rng.random(n)) * YEAR)
    age = np.where(leaver, (18.1 + 7.7 * rng.random(n)) * YEAR, age)
    dob = TODAY - np.floor(age).astype(np.int64)
    unborn = np.zeros(n, dtype=np.bool_)
    unborn[pick(rng, ~leaver & (ordinal == 0), _UNBORN / 0.5)] = True
    expected = np.where(unborn, TODAY + between(rng, -_OVERDUE, _AHEAD, n), NEVER)
    dob = np.where(unborn, NEVER, dob)
    born = np.where(unborn, expected - _PREGNANCY, dob)
    death = np.full(n, NEVER)
    died = pick(rng, ~unborn & (TODAY - dob > 60), _DEAD)
    death[died] = between(rng, np.maximum(dob[died] + 30, TODAY - 700), TODAY)
    sex = np.where(unborn, 2, spread(rng, (0.51, 0.49), n))
    years = age / YEAR
    asylum = np.zeros(n, dtype=np.bool_)
    asylum[pick(rng, (years > 12) & (sex < 2), _ASYLUM / 0.4)] = True
    dob = np.where(asylum & (death == NEVER), _recorded_birth(block.rng("age unknown"), dob), dob)
    born = np.where(unborn, born, dob)
    has_upn = ~unborn & (years > 4.6) & ~asylum & ~chance(rng, 0.06, n)
    number = block.children()
    ids = person_ids(number)
    surname = names.surnames(rng, int(family.max()) + 1).gather(family)
    other = names.surnames(rng, n)
    surname = either(chance(rng, 0.12, n), other, surname)
    return People(
        block=block, family=family, dob=dob, expected=expected, death=death, born=born,
        last=np.where(death > NEVER, death, TODAY),
        adult=np.where(unborn, TODAY + 6000, birthday(dob, 18)),
        sex=sex, leaver=leaver, asylum=asylum, has_upn=has_upn, ids=ids,
        legacy=_legacy(block, rng, ids),
        forename=kept(names.forenames(rng, sex), ~unborn).fill_null("Unborn"),
        surname=surname,
        upn=kept(numbers.upns(number, issued(dob)), has_upn),
        nhs=kept(numbers.nhs_numbers(number), ~unborn & ~chance(rng, 0.04, n)),
    )  # fmt: skip


def _recorded_birth(rng: Rng, dob: Ints) -> Ints:
    """Return the births of children whose age nobody knows: most on a 1 January."""
    new_year = drawn_to(rng, 0.6, dob, yearly(1, 1), dob, dob + 365)
    came_of_age = TODAY - dob > 18 * YEAR
    return np.where(came_of_age & (TODAY - new_year <= 18.1 * YEAR), dob, new_year)


def issued(dob: Ints) -> Ints:
    """Return the two-digit year in which a child starts school."""
    return (dob.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 75) % 100


def _families(rng: Rng, n: int) -> tuple[Ints, Ints, Mask]:
    """Return family, place among the siblings (0 the youngest), and who is 18 or older."""
    grown = chance(rng, _CARE_LEAVERS, n)
    sizes = np.where(grown, 1, 1 + spread(rng, _SIZES, n))
    family, ordinal = expand(sizes)
    return family[:n], ordinal[:n], grown[family[:n]]


def _legacy(block: Block, rng: Rng, ids: pl.Series) -> pl.Series:
    """Return legacy ids; in dirty data some equal the person id of another child (trap 2)."""
    own = joined("L", text(3_000_000 + block.children()))
    if not block.dirty:
        return own
    clash = chance(rng, 0.4, len(ids))
    others = ids.gather(np.roll(np.arange(len(ids)), 1))
    return either(clash, others, own)
