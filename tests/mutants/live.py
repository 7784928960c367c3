"""Leaks on the other road: the live staging table, scrambled leaf by leaf.

No ``verify`` follows here, so the staging itself must stop each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl

from scrambler.live_payload import live
from scrambler.live_payload.leaves import Frames
from tests.mutants import dates, drawn, identifiers, keys, people, slips
from tests.mutants.mutant import Mutant, Plant, nth, one


def leaf(
    path: str, key: str, change: Callable[[pl.Series, pl.Series], pl.Series]
) -> Callable[[Plant], None]:
    """Spoil one leaf where treated leaves are put back."""

    def plant_it(plant: Plant) -> None:
        honest = live.put_back

        def put_back(frames: Frames, *others: Any) -> Frames:
            after = honest(frames, *others)
            was, now = frames[path][key], after[path][key]
            spoiled = change(was, now).alias(key)
            plant.touched += int((spoiled != now).fill_null(False).sum())
            return {**after, path: after[path].with_columns(spoiled)}

        plant.patch.setattr(live, "put_back", put_back)

    return plant_it


def _first(was: pl.Series, now: pl.Series) -> pl.Series:
    """The first that has a value, as it was."""
    here = was.is_not_null() & (was.is_not_null().cum_sum() == 1)
    return was.zip_with(here, now)


DETAILS, EPISODES = "$.child_details", "$.social_care_episodes[]"
LIVE = [
    replace(one_of, road="live")
    for one_of in (
        Mutant("plain SHA-256 of all", "every id, by guessing", identifiers._plain),
        Mutant(
            "id behind a letter",
            "person ids",
            identifiers.ids(lambda c: "a" + c.text, ("pers_person_id",)),
        ),
        Mutant(
            "ids kept, 1 in 1,000",
            "some ids",
            identifiers.ids(identifiers.raw, (), nth(1_000)),
            "0.1 %",
        ),
        Mutant(
            "surname as a public function of the true one",
            "surnames, by a table",
            people.names(
                people.looked_up(lambda text: people._by_hash(text, people.SURNAMES)),
                people.SURNAME,
            ),
        ),
        Mutant(
            "forename kept, one row",
            "one forename",
            people.names(people.raw, people.FORENAME, one),
            "one",
        ),
        Mutant(
            "ZZ before the true postcode", "postcodes", people.postcodes(lambda c: "ZZ" + c.text)
        ),
        Mutant(
            "one offset for all",
            "all days, from one known",
            dates.offsets(lambda days, _: days * 0 - 30),
        ),
        Mutant(
            "birth date kept, one row",
            "one birthday",
            dates.moved(dates.raw, ("pers_dob",), one),
            "one",
        ),
        Mutant(
            "birth dates a day off",
            "nothing, but breaks ages",
            dates.moved(dates.by(1), ("pers_dob",)),
        ),
        Mutant("ethnicity kept", "ethnicity", drawn.drawn(drawn.raw, drawn.LONG)),
        Mutant(
            "ethnicity kept, one row",
            "one ethnicity",
            drawn.drawn(drawn.raw, drawn.LONG, one),
            "one",
        ),
        Mutant("factors kept", "factors", drawn.factors(drawn.raw)),
        Mutant("every subkey constant", "everything, with the program", keys.KEYS[0].plant),
        Mutant(
            "texts of up to 6 characters are nothing", "short names", slips.missing(slips._short)
        ),
        Mutant(
            "a leaf put back as it was",
            "forenames",
            leaf(DETAILS, "first_name", lambda was, now: was),
        ),
        Mutant(
            "a date put back as it was, one row",
            "one day of referral",
            leaf(EPISODES, "referral_date", _first),
            "one",
        ),
        Mutant(
            "an id put back behind a letter",
            "ids of referrals",
            leaf(EPISODES, "social_care_episode_id", lambda was, now: "a" + was),
        ),
    )
]
