"""What repeated releases give away of a birthday, with a dates key and without.

The reader has the program and the calendar, no key, and knows which rows of the releases are one
child's (intervals tell that of most). Each release leaves the days that could have moved to the day
it shows; what is left in all of them is what the reader knows.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scrambler import api, synthetic
from scrambler.batch.dates import DateShift, Keep
from scrambler.keys import dates_key, epoch_file
from scrambler.keys.epoch import Epoch
from scrambler.ssd.working_days import working_days
from tests.pairing import in_order_of_output

FAR = 120
"""Days before and after the day that a release shows in which the true one is looked for."""


def birthdays(source: Path, folder: Path, name: str, key: Path | None, keep: Keep) -> np.ndarray:
    """The day of birth that a release shows of each child, in one order for all releases."""
    epoch, shift = folder / f"{name}.epoch", DateShift(keep=keep)
    epoch_file.create(epoch)
    api.run(source, folder / name, epoch=epoch, dates_key=key, shift=shift, verify=False)
    truth = in_order_of_output(source, epoch, shift)["ssd_person"]
    shown = pl.read_parquet(folder / name / "tables/ssd_person/*.parquet")["pers_dob"]
    days = shown.cast(pl.Date).to_physical().to_numpy().astype(np.int64)
    return days[truth["pers_person_id"].arg_sort().to_numpy()]


def back(keep: Keep) -> Callable[[np.ndarray, int], np.ndarray]:
    if keep == "intervals":
        return lambda days, by: days - by
    return lambda days, by: working_days().back(days, np.full(len(days), by))


def possible(shown: np.ndarray, keep: Keep) -> np.ndarray:
    """Which days, from FAR before to FAR after that shown, could have moved to it."""
    # The program is public, and so is how far it moves dates.
    steps = np.unique(-DateShift(keep=keep).offsets(np.arange(9_999, dtype=np.uint64), Epoch.new()))
    offered = np.unique(np.concatenate([shown + far for far in range(FAR + 1)]))
    found = np.zeros((len(shown), FAR + 1), dtype=bool)
    for by in steps:
        moved = back(keep)(offered, int(by))
        for far in range(FAR + 1):
            found[:, far] |= moved[np.searchsorted(offered, shown + far)] == shown
    return found


def left(releases: list[np.ndarray], keep: Keep) -> list[float]:
    """The days among which each birthday is known to be, on average, after each release."""
    first, known = releases[0], np.ones((len(releases[0]), 3 * FAR), dtype=bool)
    spans = []
    for shown in releases:
        could = np.zeros_like(known)
        places = (shown - first + FAR)[:, None] + np.arange(FAR + 1)
        could[np.arange(len(shown))[:, None], places] = possible(shown, keep)
        known &= could
        last = known.shape[1] - known[:, ::-1].argmax(axis=1)
        spans.append(float(np.mean(last - known.argmax(axis=1))))
        assert known.any(axis=1).all()  # the truth is among them
    return spans


@pytest.mark.battery("releases")
@pytest.mark.parametrize("keep", ["working-days", "intervals"])
def test_releases_average_out_but_under_one_dates_key(
    keep: Keep,
    tmp_path: Path,
    whole_battery: bool,
    record_property: Callable[[str, object], None],
) -> None:
    children, count = (1_000, 20) if whole_battery else (100, 3)
    source, key = tmp_path / "source", tmp_path / "dates.key"
    source.mkdir()
    people = dict(synthetic.build(children))["ssd_person"].drop_nulls("pers_dob")
    people.write_parquet(source / "ssd_person.parquet")
    dates_key.create(key)
    spans = {}
    for how, given in (("with a dates key", key), ("without", None)):
        shown = [
            birthdays(source, tmp_path, f"{how} {number}", given, keep) for number in range(count)
        ]
        spans[how] = left(shown, keep)
        after = {n: round(spans[how][n - 1]) for n in (1, 2, 3, 5, 10, 20) if n <= count}
        record_property("battery line", f"releases, {keep}, {how}: days left {after}")
    # Exactly what one gives away: all of them show the same days.
    assert len({*spans["with a dates key"]}) == 1
    assert abs(spans["with a dates key"][0] - spans["without"][0]) < 3
    # Of 77 days, a range of n even draws leaves 77 * 2 / (n + 1).
    assert spans["without"][-1] < 1.3 * 77 * 2 / (count + 1)
