"""The attacks find what is planted, and nothing where chance has it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scrambler import api
from scrambler.errors import EpochError
from scrambler.keys.epoch import Epoch
from scrambler.ssd.working_days import working_days
from scrambler.verification.attacks import Attack
from scrambler.verification.attacks.answers import Answers, information
from scrambler.verification.attacks.calendar import calendar_attack
from scrambler.verification.attacks.clock import clock_attack
from scrambler.verification.attacks.seen import Events
from scrambler.verification.attacks.shape import position_attack, shape_attack

CHILDREN = 2_000


def _events(child: object, day: object, minute: object) -> Events:
    return Events(np.asarray(child, np.int32), np.asarray(day, np.int32),
                  np.asarray(minute, np.int16))  # fmt: skip


def _moved_by_days(rng: np.random.Generator) -> tuple[Events, Events, np.ndarray]:
    """Twenty working days a child of 500, and the same 14 to 90 days earlier."""
    child = np.repeat(np.arange(500), 20)
    calendar = working_days()
    places = calendar.numbers(np.array([15_000, 20_000]))
    day = calendar.day[rng.integers(*places, len(child))].astype(np.int64)
    by = rng.integers(14, 91, 500)
    none = np.zeros(len(child))
    return _events(child, day, none), _events(child, day - by[child], none), by


def test_weekdays_and_holidays_tell_how_far_dates_moved() -> None:
    known, shown, by = _moved_by_days(np.random.default_rng(1))
    exact, sure = calendar_attack({"a": known}, {"a": shown}, range(14, 91), by, "intervals")
    assert (exact.tried, exact.chance) == (500, pytest.approx(500 / 77))
    assert exact.right > 15 * exact.chance
    assert sure.right >= 0.8 * sure.tried


def test_working_days_alone_tell_nothing() -> None:
    known, shown, _ = _moved_by_days(np.random.default_rng(2))
    by = np.random.default_rng(3).integers(10, 60, 500)
    shown.day = working_days().back(known.day.astype(np.int64), by[known.child]).astype(np.int32)
    exact, sure = calendar_attack({"a": known}, {"a": shown}, range(10, 60), by, "working-days")
    assert exact.right < 3 * exact.chance
    assert sure.tried < 10


def test_minutes_that_stay_single_out() -> None:
    rng = np.random.default_rng(4)
    child, day = np.repeat(np.arange(500), 2), 18_000 + rng.integers(0, 30, 1_000)
    stays, redrawn = (rng.integers(420, 1_140, 1_000) for _ in range(2))
    known = {"a": _events(child, day, stays)}
    (told,) = clock_attack(known, {"a": _events(child, day - 30, stays)}, "intervals")
    assert told.right > 0.95 * told.tried
    (silent,) = clock_attack(known, {"a": _events(child, day - 30, redrawn)}, "intervals")
    assert silent.right <= 5
    assert told.chance == silent.chance < 5


def test_answers_that_are_there_only_for_yes_say_so() -> None:
    rng = np.random.default_rng(5)
    yes, rows = rng.random(400) < 0.3, np.ones(400, np.uint8)
    known = Answers(rows, yes, yes)
    assert information(known, known) > 36
    assert information(known, Answers(rows, yes, rng.random(400) < 0.5)) < 36


def test_shape_and_order() -> None:
    prints = np.array([1, 2, 3, 3], np.uint64)
    alone, matched = shape_attack("rows", prints, prints)
    assert (alone.right, matched.right) == (2, 3)
    order = np.arange(100)
    assert position_attack(order, order)[0].right == 99
    assert position_attack(order, np.random.default_rng(6).permutation(100))[0].right < 8


@pytest.fixture(scope="module")
def attacks(tmp_path_factory: pytest.TempPathFactory) -> list[Attack]:
    folder = tmp_path_factory.mktemp("attacked")
    source, out, epoch = (str(folder / name) for name in ("source", "out", "epoch"))
    api.fake(source, CHILDREN)
    Epoch.new().save(Path(epoch))
    api.run(source, out, epoch=Path(epoch))
    other = folder / "other"
    Epoch.new().save(other)
    with pytest.raises(EpochError, match="not that of the run"):
        api.verify(source, out, attacks=other)
    result = api.verify(source, out, attacks=Path(epoch))
    assert result.passed
    assert len(result.summary()["attacks"]) == len(result.attacks)  # type: ignore[arg-type]
    return result.attacks


def _of(attacks: list[Attack], what: str) -> Attack:
    return next(one for one in attacks if what in one.what)


def test_the_order_of_rows_tells_no_neighbours(attacks: list[Attack]) -> None:
    order = _of(attacks, "order of rows")
    assert order.tried == CHILDREN - 1
    assert order.right < order.chance + 8


def test_shape_is_kept_and_told(attacks: list[Attack]) -> None:
    assert _of(attacks, "known children, by row counts").right > CHILDREN / 2


def test_minutes_single_out_no_more_than_days(attacks: list[Attack]) -> None:  # T16
    clock = _of(attacks, "minute")
    assert clock.tried > CHILDREN / 2
    assert clock.right <= clock.chance
