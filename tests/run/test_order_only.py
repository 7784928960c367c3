"""Runs with order-only dates: the order of a child's days holds, intervals do not."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from scrambler import api
from scrambler.batch.dates import MOST
from scrambler.ssd import ssd
from scrambler.ssd.rules import RULES, check
from scrambler.ssd.rules.staging import STAGING
from tests.ages import held_back
from tests.conftest import Scrambled
from tests.outputs import assert_same_tables, manifest_of, tables_of
from tests.pairing import in_order_of_output

HARD = [
    rule
    for rule in RULES
    if rule.hard and rule.violations and rule.kept_by("order") and rule not in STAGING
]

Sides = tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]

ORDER = api.DateShift(keep="order")


@pytest.fixture(scope="module", params=["clean", "dirty"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scrambled:
    """The children of the session, scrambled once more in the epoch they were scrambled in."""
    whole: Scrambled = request.getfixturevalue(request.param)
    folder = tmp_path_factory.mktemp("order")
    shutil.copy(whole.epoch, folder / "epoch")
    one = Scrambled(whole.source, folder / "out", folder / "epoch")
    api.run(str(one.source), one.out, epoch=one.epoch, shift=ORDER)
    return one


@pytest.fixture(scope="module")
def sides(made: Scrambled) -> Sides:
    after = tables_of(made.out)
    return in_order_of_output(made.source, made.epoch, ORDER), after


@pytest.fixture(scope="module")
def moved(made: Scrambled, sides: Sides) -> pl.DataFrame:
    return days_of_children(made.out, *sides)


def days_of_children(
    out: Path, before: dict[str, pl.DataFrame], after: dict[str, pl.DataFrame]
) -> pl.DataFrame:
    """Every day of every child, before and after; rows of both sides stand in one order."""
    parts = []
    for table, held in manifest_of(out)["tables"].items():
        routes = ssd().tables[table].routes
        # Where a route over another table comes first, the row's own id may be another child's.
        if not routes or routes[0].hops:
            continue
        for column, described in held["columns"].items():
            dated = described["treatment"] == "date" and described["type"].startswith("DATE")
            if dated and column != "moth_childs_dob" and before[table][column].dtype.is_temporal():
                parts.append(
                    pl.DataFrame(
                        {
                            "child": before[table][routes[0].subject]
                            .cast(pl.String)
                            .str.strip_chars(),
                            "before": before[table][column].cast(pl.Date),
                            "after": after[table][column].cast(pl.Date),
                        }
                    ).filter(pl.col("before").dt.year() > 1900)
                )
    found = pl.concat(parts).drop_nulls()
    assert found.height > 2_000
    return found


def test_no_day_moves_forward_or_out_of_the_range(moved: pl.DataFrame) -> None:
    back = (moved["before"] - moved["after"]).dt.total_days()
    assert back.is_between(*(14, 90)).all()


def test_order_holds_over_all_tables_of_a_child(moved: pl.DataFrame, sides: Sides) -> None:
    days = moved.unique().sort("child", "before")
    assert days.select("child", "before").is_unique().all(), "a day of a child became two"
    steps = days.with_columns(
        (pl.col(side).diff().over("child").dt.total_days()).alias(f"{side}_step")
        for side in ("before", "after")
    ).drop_nulls()
    assert (steps["after_step"] >= 0).all()
    # Days one apart may fall together; others only where an age that a rule asks about holds one.
    together = steps.filter(pl.col("after_step") == 0, pl.col("before_step") > 1)
    assert all(held_back(together, sides[0]["ssd_person"]))
    assert together.height < 0.01 * steps.height
    change = (steps["after_step"] - steps["before_step"]).abs()
    assert (change <= MOST).all()


def test_intervals_do_not_hold(moved: pl.DataFrame) -> None:
    first = moved.with_columns(
        (pl.col(side) - pl.col(side).min().over("child")).dt.total_days().alias(f"{side}_since")
        for side in ("before", "after")
    ).filter(pl.col("before_since") > 2 * MOST)
    change = first["after_since"] - first["before_since"]
    assert (change == 0).mean() < 0.1
    assert change.std() > 6


def test_hard_rules_that_held_hold(sides: Sides) -> None:
    before, after = (
        {one.rule.id: one.violations for one in check({t: f.lazy() for t, f in side.items()})}
        for side in sides
    )
    assert [rule.id for rule in HARD if not before[rule.id] and after[rule.id] != 0] == []


def test_the_rules_that_are_given_up() -> None:
    ways = ("working-days", "intervals", "order")
    given_up = {
        way: {rule.id for rule in RULES if rule.kept and not rule.kept_by(way)} for way in ways
    }
    single_days = {"C014", "C029", "C074", "C083", "C106", "C120"}
    assert given_up == {
        "working-days": single_days, "intervals": {"C064"}, "order": {*single_days, "C064"},
    }  # fmt: skip


@pytest.mark.battery("order only", "verify")
def test_a_second_look_passes(made: Scrambled) -> None:
    result = api.verify(str(made.source), made.out)
    assert result.passed, result.summary()
    assert [risk.known for risk in result.risks] == [1, 2, 3, 5]


@pytest.mark.battery("order only", "batches")
def test_batches_do_not_matter(made: Scrambled, tmp_path: Path) -> None:
    out = tmp_path / "out"
    api.run(
        str(made.source),
        out,
        epoch=made.epoch,
        shift=ORDER,
        verify=False,
        batch_rows=397,
    )
    assert_same_tables(tables_of(out), tables_of(made.out))


@pytest.mark.battery("order only", "SQLite")
def test_sqlite_gives_what_parquet_gives(made: Scrambled, tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'source.db').as_posix()}"
    api.fake(url, 300, dirty=made.source.parent.name.startswith("dirty"))
    api.run(url, tmp_path / "out", epoch=made.epoch, shift=ORDER, verify=False)
    assert_same_tables(tables_of(tmp_path / "out"), tables_of(made.out))


@pytest.mark.battery("order only", "delta")
def test_a_delta_goes_on_in_the_same_way(made: Scrambled, tmp_path: Path) -> None:
    out = shutil.copytree(made.out, tmp_path / "out")
    report = api.run(
        str(made.source),
        out,
        epoch=made.epoch,
        shift=ORDER,
        delta=True,
        verify=False,
    )
    assert report.changes
    assert not any(any(counts.values()) for counts in report.changes.values())
