"""Runs as they are by default: working days stay working days, and keep all intervals in them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from scrambler.ssd.working_days import bank_holidays
from tests.ages import held_back
from tests.conftest import Scrambled
from tests.outputs import manifest_of, tables_of
from tests.pairing import in_order_of_output
from tests.run.test_order_only import days_of_children

CALENDAR = np.busdaycalendar(holidays=bank_holidays())


@pytest.fixture(scope="module", params=["clean", "dirty"])
def made(request: pytest.FixtureRequest) -> Scrambled:
    found: Scrambled = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def moved(made: Scrambled) -> pl.DataFrame:
    """Every day of every child, before and after, with the working days since 2000."""
    assert manifest_of(made.out)["dates"] == "working-days"
    days = days_of_children(
        made.out, in_order_of_output(made.source, made.epoch), tables_of(made.out)
    )
    counted = {f"{side}_number": _number(days[side]) for side in ("before", "after")}
    return days.with_columns(**counted).unique().sort("child", "before")


def _number(days: pl.Series) -> pl.Series:
    """Count the working days from 2000 to each day, by NumPy's own calendar."""
    day = days.to_numpy().astype("datetime64[D]") + 1
    return pl.Series(np.busday_count(np.datetime64("2000-01-01"), day, busdaycal=CALENDAR))


def test_all_days_of_a_child_move_by_as_many_working_days(
    moved: pl.DataFrame, made: Scrambled
) -> None:
    by = moved.with_columns(by=pl.col("before_number") - pl.col("after_number"))
    most = by.group_by("child").agg(most=pl.col("by").mode().first())
    # But those near an age that a rule asks about, of which few are held back by it.
    others = by.join(most, on="child").filter(pl.col("by") != pl.col("most"))
    assert all(held_back(others, pl.read_parquet(made.source / "ssd_person.parquet")))
    assert others.height < 0.02 * by.height
    # 15 to 55 of them: all of the 41 but by rare chance.
    assert most["most"].n_unique() > 38
    assert most["most"].is_between(15, 55).all()
    back = (moved["before"] - moved["after"]).dt.total_days()
    assert back.is_between(14, 90).all()


def test_working_days_lead_to_working_days(moved: pl.DataFrame) -> None:
    working = moved.filter(np.is_busday(moved["before"].to_numpy(), busdaycal=CALENDAR))
    assert working.height > 1_000
    assert np.is_busday(working["after"].to_numpy(), busdaycal=CALENDAR).all()


def test_order_is_never_reversed_and_few_days_fall_together(moved: pl.DataFrame) -> None:
    assert moved.select("child", "before").is_unique().all(), "a day of a child became two"
    steps = moved.with_columns(
        pl.col(side).diff().over("child").dt.total_days().alias(f"{side}_step")
        for side in ("before", "after")
    ).drop_nulls()
    assert (steps["after_step"] >= 0).all()
    together = steps.filter(pl.col("after_step") == 0)
    assert (together["before_step"] <= 4).all()
    assert together.height < 0.05 * steps.height
