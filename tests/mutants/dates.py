"""Leaks through dates: a day that can be told, or an offset that many children share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.draw import Seeds
from kernels.working_days import WorkingDays
from scrambler.batch import Batch
from scrambler.batch.dates import DateShift
from tests.mutants.mutant import Cells, Mutant, Plant, Rows, every, nth, one

Days = NDArray[np.int64]
DATES = ("cont_contact_date",)
PARTLY = ("lapp_previous_permanence_order_date",)


def moved(
    change: Callable[[Cells], pl.Series], only: tuple[str, ...] = (), rows: Rows = every
) -> Callable[[Plant], None]:
    return lambda plant: plant.column("date", change, rows, only)


def typed(change: Callable[[Cells], pl.Series]) -> Callable[[Cells], pl.Series]:
    """Spoil dates, and leave alone what is text."""
    return lambda cells: change(cells) if cells.before.dtype.is_temporal() else cells.after


def by(days: int) -> Callable[[Cells], pl.Series]:
    return typed(lambda cells: cells.after.dt.offset_by(f"{days}d"))


def raw(cells: Cells) -> pl.Series:
    return cells.before


def _at_its_time(cells: Cells) -> pl.Series:
    return cells.after.dt.truncate("1d") + (cells.before - cells.before.dt.truncate("1d"))


def _of_some_children(cells: Cells) -> pl.Series:
    """Every hundredth child's dates, and one child's at least, stay."""
    if not cells.before.dtype.is_temporal():
        return cells.after
    subjects = cells.batch.subjects
    return cells.before.zip_with(pl.Series(subjects % np.uint64(50) == 0), cells.after)


def _partly(cells: Cells) -> pl.Series:
    """Partly known days one day on: 02/2023 for 03/2023 less the child's days, by a day."""
    month = cells.after.str.extract(r"^zz/([0-9]{2})/").cast(pl.Int64, strict=False)
    other = (month % 12 + 1).cast(pl.String).str.zfill(2)
    sides = pl.DataFrame({"text": cells.after, "other": other})
    return sides.select(
        pl.when(pl.col("other").is_not_null())
        .then(pl.concat_str(pl.lit("zz/"), "other", pl.col("text").str.slice(5)))
        .otherwise("text")
    ).to_series()


def offsets(wrong: Callable[[Days, Seeds], Days]) -> Callable[[Plant], None]:
    """Spoil the offsets where they are made, which a check may ask as well."""

    def plant_it(plant: Plant) -> None:
        honest = DateShift.offsets

        def spoiled(self: DateShift, subjects: Seeds, epoch: Any) -> Days:
            plant.touched += len(subjects)
            return wrong(honest(self, subjects, epoch), subjects)

        plant.patch.setattr(DateShift, "offsets", spoiled)

    return plant_it


def perturbed(
    wrong: Callable[[Days, Days], Days], constant: bool = False
) -> Callable[[Plant], None]:
    """Spoil the moves of --dates order; with ``constant`` every child has one course."""

    def plant_it(plant: Plant) -> None:
        honest = DateShift.perturbed

        def spoiled(self: DateShift, days: Days, subjects: Seeds, epoch: Any) -> Days:
            plant.touched += len(days)
            tokens = np.full_like(subjects, 12_345) if constant else subjects
            return wrong(honest(self, days, tokens, epoch), days)

        plant.patch.setattr(DateShift, "perturbed", spoiled)

    return plant_it


def calendar(wrong: Callable[[WorkingDays, Days, Days], Days]) -> Callable[[Plant], None]:
    """Spoil the moves by working days, of which the check has a reading of its own."""

    def plant_it(plant: Plant) -> None:
        honest = WorkingDays.back

        def spoiled(self: WorkingDays, days: Days, count: Days) -> Days:
            plant.touched += len(days)
            return wrong(self, honest(self, days, count), days)

        plant.patch.setattr(WorkingDays, "back", spoiled)

    return plant_it


def no_warp(plant: Plant) -> None:
    def none(days: Days, seeds: Seeds, key: int, most: int) -> Days:
        plant.touched += len(days)
        return np.zeros_like(days)

    plant.patch.setattr("scrambler.batch.dates.warp", none)


def _families(batch_of: Plant) -> None:
    """Siblings move together: the offset is that of one of sixteen groups."""
    offsets(lambda days, subjects: -(14 + (subjects % np.uint64(16)).astype(np.int64)))(batch_of)


def _one_subject(plant: Plant) -> None:
    """Everybody is one child where subjects are found, and so for the check that asks there."""

    def subjects(self: Batch) -> Seeds:
        plant.touched += len(self)
        return np.full(len(self), 99, dtype=np.uint64)

    plant.patch.setattr(Batch, "subjects", property(subjects))


DATED = [
    Mutant("dates kept", "days of contacts", moved(raw, DATES)),
    Mutant("times of day kept", "the minutes of contacts", moved(typed(_at_its_time), DATES)),
    Mutant("date kept, one row", "one day", moved(raw, DATES, one), "one"),
    Mutant("dates kept, 1 in 1,000", "some days", moved(typed(raw), (), nth(1_000)), "0.1 %"),
    Mutant("birth date kept, one row", "one birthday", moved(raw, ("pers_dob",), one), "one"),
    Mutant(
        "dates of some children kept",
        "all days of every fiftieth child",
        moved(_of_some_children),
        "2 %",
    ),
    Mutant(
        "one offset for all", "all days, from one known", offsets(lambda days, _: days * 0 - 30)
    ),
    Mutant(
        "offsets constant, column by column",
        "all days, from one known",
        moved(typed(lambda c: c.before.dt.offset_by("-30d"))),
    ),
    Mutant("offsets of sixteen groups", "who belongs together", _families),
    Mutant(
        "offsets of whole weeks",
        "weekdays",
        offsets(lambda days, _: -np.maximum(-days // 7, 2) * 7),
    ),
    Mutant(
        "offsets of the least days", "all days, to the day", offsets(lambda days, _: days * 0 - 14)
    ),
    Mutant(
        "dates move on, not back", "nothing, but cuts the payload", offsets(lambda days, _: -days)
    ),
    Mutant("one column a day off", "nothing, but breaks intervals", moved(by(1), DATES)),
    Mutant(
        "one date a day off", "nothing, but breaks an interval", moved(by(-1), DATES, one), "one"
    ),
    Mutant("subjects all one child", "all days, from one known", _one_subject),
    Mutant("partly known dates wrong", "the month", moved(_partly, PARTLY)),
    Mutant(
        "years of partly known dates kept",
        "years",
        moved(
            lambda c: c.before.zip_with(
                c.text.str.contains(r"^zz/zz/[0-9]{4}$").fill_null(False), c.after
            ),
            PARTLY,
        ),
    ),
    Mutant(
        "partly known dates kept",
        "months",
        moved(lambda c: c.before.zip_with(c.text.str.starts_with("zz/"), c.after), PARTLY),
    ),
    Mutant(
        "order: every date 60 days",
        "all days, from one known",
        perturbed(lambda moves, _: moves * 0 - 60),
        keep="order",
    ),
    Mutant("order: no perturbation", "intervals", no_warp, keep="order"),
    Mutant(
        "order: one course for all",
        "all days, from a few known",
        perturbed(lambda moves, _: moves, constant=True),
        keep="order",
    ),
    Mutant(
        "order: intervals hold for one in two",
        "intervals of half the children",
        perturbed(lambda moves, days: np.where(days % 2 == 0, moves, moves * 0 - 40)),
        keep="order",
    ),
    Mutant(
        "order: one date a day off",
        "nothing, but may break the order",
        moved(by(-1), DATES, one),
        "one",
        keep="order",
    ),
    Mutant("order: date kept, one row", "one day", moved(raw, DATES, one), "one", keep="order"),
    Mutant(
        "working days: all moved by six weeks",
        "all days, from one known",
        calendar(lambda held, moved, days: np.where(days > moved, days - 42, moved)),
        keep="working-days",
    ),
    Mutant(
        "working days: offsets of weeks",
        "weekdays, and one offset in five",
        offsets(lambda days, _: days // 5 * 5),
        keep="working-days",
    ),
    Mutant(
        "working days: weekends to the day after",
        "nothing, but moves some dates forth",
        calendar(lambda held, moved, _: held.onwards(moved)),
        keep="working-days",
    ),
    Mutant(
        "working days: date kept, one row",
        "one day",
        moved(raw, DATES, one),
        "one",
        keep="working-days",
    ),
]
