"""The measured risk against a slow search, on small outputs made by hand and by a run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrambler.batch.dates import MOST
from scrambler.ssd import ssd
from scrambler.verification.after import risk
from scrambler.verification.after.ages import Ages, Events
from scrambler.verification.after.output import parents_first
from scrambler.verification.after.risk import KNOWN, Risk, measure
from tests.conftest import Scrambled
from tests.outputs import manifest_of, tables_of

BORN = datetime(2010, 3, 1)
HELD = {
    "ssd_person": {"columns": {"pers_dob": {"type": "DATETIME", "treatment": "date"}}},
    "ssd_contacts": {"columns": {"cont_contact_date": {"type": "DATETIME", "treatment": "date"}}},
    "ssd_missing": {
        "columns": {"miss_missing_episode_start_date": {"type": "DATETIME", "treatment": "date"}}
    },
}

Child = tuple[list[int], list[int]]
"""Ages at contacts and at missing episodes."""


def output(children: list[Child]) -> Events:
    ids = [f"{n:04}" for n in range(len(children))]

    def rows(kind: int, child: str, day: str) -> pl.DataFrame:
        pairs = [(ids[n], BORN + timedelta(a)) for n, one in enumerate(children) for a in one[kind]]
        schema = {child: pl.String, day: pl.Datetime("us")}
        return pl.DataFrame(pairs, schema=schema, orient="row")

    frames = {
        "ssd_person": pl.DataFrame({"pers_person_id": ids, "pers_dob": [BORN] * len(ids)}),
        "ssd_contacts": rows(0, "cont_person_id", "cont_contact_date"),
        "ssd_missing": rows(1, "miss_person_id", "miss_missing_episode_start_date"),
    }
    return events_of(frames, HELD)


def events_of(frames: Mapping[str, pl.DataFrame], held: Mapping[str, Any]) -> Events:
    ages = Ages(held, ssd(), seed=7, dates="intervals")
    for name in parents_first(held, ssd()):
        ages.add(name, frames[name])
        ages.close(name)
    return ages.finish()


def measured(children: list[Child], dates: str = "intervals") -> dict[int, tuple[int, int]]:
    found = measure(output(children), dates)
    return {one.known: (one.children, one.unique) for one in found}


def slow(children: list[Child], known: int, dates: str) -> tuple[int, int]:
    """Try every child's every choice of dates for the known ones of every other."""

    def near(knew: int, found: int) -> bool:
        if dates == "intervals":
            return knew == found
        return abs(knew - found) <= min(MOST, (abs(knew) + 1) // 2)

    def fits(knew: list[tuple[int, int]], child: Child) -> bool:
        ages = [0, *(age for _, age in knew)]
        return any(
            all(
                near(ages[i] - ages[j], found[i] - found[j])
                for i in range(len(ages))
                for j in range(i)
            )
            for choice in product(*(child[kind] for kind, _ in knew))
            for found in [(0, *choice)]
        )

    wanted = risk._wanted(output(children))
    asked = unique = 0
    for (number,), of in wanted.group_by("wanted"):
        knew = of.filter(pl.col("nth") < known).sort("nth").select("kind", "age").rows()
        if len(knew) < known:
            continue
        asked += 1
        # Children without dates have no number: they cannot fit either.
        assert isinstance(number, int)
        unique += sum(fits(knew, child) for child in children) == 1
    return asked, unique


AGES = st.lists(st.integers(0, 90), max_size=4)


@given(children=st.lists(st.tuples(AGES, AGES), min_size=1, max_size=6))
@settings(max_examples=40)
@pytest.mark.parametrize("dates", ["intervals", "order"])
def test_against_a_slow_search(dates: str, children: list[Child]) -> None:
    found = measured(children, dates)
    if not any(map(any, children)) and not any(a or b for a, b in children):
        assert found == {}
        return
    assert found == {n: slow(children, n, dates) for n in KNOWN}


def test_exact_ages_and_what_happened_single_out() -> None:
    twins: list[Child] = [([100, 200], [])] * 2
    assert measured(twins)[2] == (2, 0)
    assert measured([*twins, ([100, 201], [])])[2] == (3, 1)
    assert measured([*twins, ([100], [200])])[2] == (3, 1)
    assert measured([*twins, ([300], [])])[2] == (2, 0)


def test_a_warp_hides_who_is_near_and_nobody_else() -> None:
    def unique(first: int, second: int) -> int:
        return measured([([1_000, first], []), ([1_000, second], [])], "order")[2][1]

    assert unique(2_000, 2_000 + MOST) == 0
    assert unique(2_000, 2_000 + MOST + 1) == 2
    # What is ten days apart cannot be twenty apart before or after.
    assert unique(1_010, 1_015) == 0
    assert unique(1_010, 1_025) == 2


def test_a_sample_is_looked_for_among_all(monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[Child] = [([100 + n // 2], []) for n in range(40)]
    monkeypatch.setattr(risk, "SAMPLE", 11)
    monkeypatch.setattr(risk, "_SLICE", 4)
    # Each has a twin, the last of the sample outside it.
    assert measured(children)[1] == (11, 0)
    children[11] = ([999], [])
    assert measured(children)[1] == (11, 1)


@pytest.mark.parametrize("kind", ["clean", "dirty"])
def test_of_a_run(kind: str, request: pytest.FixtureRequest) -> None:
    made: Scrambled = request.getfixturevalue(kind)
    events = events_of(tables_of(made.out), manifest_of(made.out)["tables"])
    exact, warped = (measure(events, dates) for dates in ("intervals", "order"))
    assert exact == measure(events, "intervals")
    for one, other in zip(exact, warped, strict=True):
        assert one.children == other.children > 100
        assert one.unique >= other.unique
    assert exact[-1].share > 0.9


def test_it_is_said_in_shares() -> None:
    said = str(Risk(3, 200, 25))
    assert "3 other dates" in said
    assert "12.5%" in said
    assert "1 other date " in str(Risk(1, 1, 1))
    assert Risk(5, 0, 0).share == 0
