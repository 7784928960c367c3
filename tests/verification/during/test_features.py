"""What a result tells of its original is seen, though nothing stayed: words, beginnings, digits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import numpy as np
import polars as pl
import pytest

from kernels.fake_name import FEMALE, FORENAMES, MALE, SURNAMES
from scrambler.batch.dates import DateShift, Keep
from scrambler.run.check_input import check_of, row_keys
from scrambler.synthetic import build
from scrambler.verification.during import invented
from scrambler.verification.during.compare import compare_column
from scrambler.verification.during.comparison import ColumnComparison
from scrambler.verification.during.moves import chances_of_steps
from scrambler.verification.during.sides import Sides
from tests.comparisons import NoPairs, column_of, verdict
from tests.contexts import Stage, epoch, scrambled, staged

ROWS = 4_500
Spoil = Callable[[pl.Series, pl.Series], pl.Series]


@pytest.fixture(scope="module")
def people() -> Stage:
    made: dict[str, list[pl.DataFrame]] = {}
    for table, frame in build(ROWS, seed=3):
        if table in ("ssd_person", "ssd_address", "ssd_contacts", "ssd_early_help_episodes"):
            made.setdefault(table, []).append(frame)
    return staged({table: pl.concat(frames) for table, frames in made.items()})


def _faults(stage: Stage, table: str, column: str, spoil: Spoil) -> str:
    batch = stage.batch(table)
    after = spoil(batch.frame[column], scrambled(batch, column))
    return " ".join(column_of(stage, table, column, after).faults())


@pytest.mark.parametrize("seed", [1, 2])
def test_honest_results_tell_nothing(seed: int, people: Stage, tmp_path: Path) -> None:
    found = verdict(staged(people.frames, epoch(seed)), tmp_path)
    assert [*found.faults()] == []
    words = [one for one in found.columns if one.words_kept + one.words_met]
    assert {one.treatment for one in words} >= {"address_json", "flags_json", "free_text"}
    assert sum(one.features is not None for one in found.columns) > 5


def _some(change: Callable[[pl.Series, pl.Series], pl.Series]) -> Spoil:
    """One row in eight is changed."""

    def spoil(before: pl.Series, after: pl.Series) -> pl.Series:
        here = pl.Series(np.arange(len(after)) % 8 == 0)
        return change(before, after).zip_with(here, after)

    return spoil


@pytest.mark.parametrize(
    ("table", "column", "spoil"),
    [
        ("ssd_person", "pers_surname", lambda was, now: now + " " + was),
        ("ssd_person", "pers_forename", lambda was, now: was + "-" + now),
        ("ssd_address", "addr_address_postcode", lambda was, now: "ZZ10 " + was.str.slice(-3)),
        (
            "ssd_address",
            "addr_address_json",
            lambda was, now: now.str.replace('"STREET":"', '"STREET":"' + was.str.extract(
                r'"STREET"\s*:\s*"([^"]*)"').fill_null("") + " ", literal=True),
        ),
        ("ssd_early_help_episodes", "earl_episode_reason", lambda was, now: now + " " + was),
        (
            "ssd_contacts",
            "cont_contact_outcome_json",
            lambda was, now: now.str.strip_suffix('"}')
            + was.str.extract(r'COMMENTS"\s*:\s*"([^"]*)').fill_null("") + '"}',
        ),
    ],
)  # fmt: skip
def test_words_of_originals_are_seen_in_one_row_of_eight(
    table: str, column: str, spoil: Spoil, people: Stage
) -> None:
    assert "with words or numbers of their originals" in _faults(
        people, table, column, _some(spoil)
    )


def _looked_up(pool: Callable[[str], tuple[str, ...]]) -> Spoil:
    """A name of a pool that the true one decides on, by a hash that nobody has a key of."""

    def invent(text: str) -> str:
        number = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
        return pool(text)[number % len(pool(text))]

    def spoil(before: pl.Series, after: pl.Series) -> pl.Series:
        forms = {text: invent(text) for text in before.drop_nulls().unique().to_list()}
        return before.replace_strict(forms, default=None, return_dtype=pl.String)

    return spoil


def _like(pool: tuple[str, ...], alike: Callable[[str], object]) -> Spoil:
    return _looked_up(
        lambda text: tuple(name for name in pool if alike(name) == alike(text)) or pool
    )


@pytest.mark.parametrize(
    ("column", "spoil"),
    [
        ("pers_surname", _looked_up(lambda text: SURNAMES)),
        ("pers_forename", _looked_up(lambda text: FORENAMES)),
        ("pers_surname", _like(SURNAMES, lambda name: name[:1])),
        ("pers_surname", _like(SURNAMES, len)),
        ("pers_forename", _like(FORENAMES, lambda name: name[:1])),
    ],
    ids=["surname, a table", "forename, a table", "initial", "length", "initial of forename"],
)
def test_a_name_that_the_true_one_decides_on_is_seen(
    column: str, spoil: Spoil, people: Stage
) -> None:
    assert "shows features of the input" in _faults(people, "ssd_person", column, spoil)


def test_a_forename_by_the_true_sex_is_seen(people: Stage) -> None:
    true, pools = people.batch("ssd_person").frame["pers_sex"].to_list(), {"M": MALE, "F": FEMALE}

    def spoil(before: pl.Series, after: pl.Series) -> pl.Series:
        names = zip(true, after.to_list(), strict=True)
        return pl.Series([pools.get(sex, FORENAMES)[hash_of(name)] for sex, name in names])

    def hash_of(name: str | None) -> int:
        return int(hashlib.sha256((name or "").encode()).hexdigest()[:8], 16) % 100

    assert "shows features" in _faults(people, "ssd_person", "pers_forename", spoil)


def test_what_both_sides_take_from_the_true_name_is_seen(
    people: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check works names out by the same slip, and nothing differs from what is due."""
    spoil = _looked_up(lambda text: SURNAMES)

    def other_than(originals: pl.Series, pair: invented.Pair) -> pl.Series:
        return spoil(originals, originals)

    monkeypatch.setattr(invented, "other_than", other_than)
    faults = _faults(people, "ssd_person", "pers_surname", spoil)
    assert "not what their keys give" not in faults
    assert "shows features of the input" in faults


def test_what_both_sides_take_from_the_true_sex_is_seen(
    people: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = {"M": 0, "F": 1}
    true = [codes.get(sex, 2) for sex in people.batch("ssd_person").frame["pers_sex"].to_list()]
    for room in ("scrambler.treatments.name", "scrambler.verification.during.replaced"):
        monkeypatch.setattr(f"{room}._sex", lambda batch, column: np.array(true))
    batch = people.batch("ssd_person")
    frame = pl.DataFrame([scrambled(batch, name) for name in ("pers_sex", "pers_forename")])
    sides = Sides(
        check_of(people.context, people.assignments),
        "ssd_person",
        batch.frame,
        frame,
        row_keys(batch),
    )
    into = ColumnComparison("ssd_person", "pers_forename", "name")
    compare_column(sides, "pers_forename", into, NoPairs())
    faults = " ".join(into.faults())
    assert "not what their keys give" not in faults
    assert "shows features of the input" in faults


@pytest.mark.parametrize("column", ["pers_person_id", "pers_upn", "pers_single_unique_id"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda was, now: now.str.slice(0, now.str.len_chars() - 1) + was.str.slice(-1),
        lambda was, now: now.str.slice(0, now.str.len_chars() - 2) + was.str.slice(-2, 1)
        + now.str.slice(-1),
    ],
    ids=["last", "last but one"],
)  # fmt: skip
def test_one_true_digit_is_seen(column: str, spoil: Spoil, people: Stage) -> None:
    assert "shows features" in _faults(people, "ssd_person", column, spoil)


@pytest.mark.parametrize("keep", get_args(Keep))
def test_how_far_dates_move_is_as_likely_as_is_said(keep: Keep) -> None:
    shift = DateShift(14, 90, keep=keep)
    rng = np.random.default_rng(1)
    subjects = rng.integers(1, 2**63, 60_000, dtype=np.uint64)
    days = rng.integers(10_000, 20_000, len(subjects))
    if keep == "order":
        back = -shift.perturbed(days, subjects, epoch())
    else:
        back = -shift.offsets(subjects, epoch())
    stage = staged({"ssd_person": {"pers_person_id": ["p"]}}, offsets=(14, 90), dates=keep)
    chances = chances_of_steps(check_of(stage.context, stage.assignments))
    assert abs(chances.sum() - 1) < 1e-9
    seen = np.bincount(back, minlength=len(chances))
    assert len(seen) == len(chances)
    errors = np.sqrt(len(back) * chances * (1 - chances)) + 1e-9
    assert (np.abs(seen - len(back) * chances) < 6 * errors).all()


@pytest.mark.parametrize("keep", get_args(Keep))
def test_one_offset_for_all_is_seen_whatever_the_keys_say(keep: Keep) -> None:
    keys = [f"p{n}" for n in range(500)]
    columns = {"pers_person_id": keys, "pers_dob": ["2012-03-05"] * 500}
    stage = staged({"ssd_person": columns}, dates=keep)
    honest = column_of(stage, "ssd_person", "pers_dob")
    assert honest.faults() == []
    born = stage.frames["ssd_person"]["pers_dob"]
    found = column_of(stage, "ssd_person", "pers_dob", born.dt.offset_by("-42d"))
    assert any("not as drawn" in fault for fault in found.faults())
