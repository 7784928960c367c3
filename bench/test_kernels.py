"""Every kernel against its lower bound: bytes at memory speed, or the plugin's bare rate.

``pytest bench/test_kernels.py --benchmark-enable`` measures a million rows; without it every case
runs once over a thousand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import polars as pl
import polars_hash  # noqa: F401 - registers the `chash` namespace
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import kernels
from bench.bound import Bounded
from kernels import (
    addresses,
    ages,
    canonical,
    check_digit,
    clock,
    date_shift,
    different,
    digest,
    draw,
    fake_name,
    filler,
    fingerprint,
    loose_json,
    permutation,
    pool,
    reserved,
    uniform_json,
    warp,
    working_days,
)

KEY = "0b" * 32
NO_DATE = (date(1900, 1, 1),)
WEEKS = working_days.WorkingDays.of(np.arange(9_999) % 7 < 5, 0)
FLAGS = ("NFA_FLAG", "CP_FLAG", "LEGAL_ACTION_FLAG", "MONITOR_FLAG")


@dataclass(frozen=True)
class Inputs:
    """Columns of ``rows`` rows, as the SSD has them."""

    rows: int

    @cached_property
    def seeds(self) -> draw.Seeds:
        return draw.mix(np.arange(self.rows, dtype=np.uint64), 1)

    @cached_property
    def numbers(self) -> np.ndarray:
        return draw.below(self.seeds, 10**6)

    @cached_property
    def ids(self) -> pl.Series:
        return pl.Series(self.numbers).cast(pl.String)

    @cached_property
    def digests(self) -> pl.Series:
        return digest.digest(self.ids, KEY)

    @cached_property
    def names(self) -> pl.Series:
        return fake_name.surnames(self.seeds)

    @cached_property
    def sexes(self) -> np.ndarray:
        return draw.below(self.seeds, 3).astype(np.int8)

    @cached_property
    def days(self) -> np.ndarray:
        return -14 - draw.below(self.seeds, 107)

    @cached_property
    def births(self) -> np.ndarray:
        return self.numbers % 6_000

    @cached_property
    def moments(self) -> pl.Series:
        dates = pl.Series(self.numbers % 9_000 + 9_000).cast(pl.Int32).cast(pl.Date)
        return dates.cast(pl.Datetime("us"))

    @cached_property
    def written_dates(self) -> pl.Series:
        return self.moments.dt.strftime("%d/%m/%Y")

    @cached_property
    def outcomes(self) -> pl.Series:
        members = ",".join(f'"{flag}":"N"' for flag in FLAGS)
        return "{" + members + ',"COMMENTS":"' + self.names + '"}'

    @cached_property
    def factors(self) -> pl.Series:
        return '["2A","8C","' + self.ids.str.slice(0, 2) + '"]'

    @cached_property
    def row(self) -> pl.DataFrame:
        columns = (self.ids, self.names, self.moments, self.numbers, self.digests)
        return pl.DataFrame({str(number): column for number, column in enumerate(columns)})


Call = tuple[Callable[..., object], *tuple[object, ...]]


def _rendered(shape: reserved.Reserved, given: Inputs) -> Call:
    return shape.render, 0, given.numbers % 10**5


def _raw(text: pl.Series) -> pl.Series:
    return text.to_frame("text").select(loose_json.raw("COMMENTS")).to_series()


CASES: dict[str, Callable[[Inputs], Call]] = {
    "uniform_json": lambda given: (uniform_json.walked, given.outcomes, (*FLAGS, "COMMENTS")),
    "ages, birthdays": lambda given: (ages.birthdays, given.births, 16),
    "ages, held": lambda given: (
        partial(ages.held, below=True),
        given.births, given.births + given.days, given.births, given.births + given.days, WEEKS,
    ),
    "canonical": lambda given: (canonical.canonical, given.ids),
    "canonical, integers": lambda given: (canonical.canonical, pl.Series(given.numbers)),
    "check_digit, nhs": lambda given: (check_digit.nhs, given.numbers),
    "check_digit, uln": lambda given: (check_digit.uln, given.numbers),
    "check_digit, upn": lambda given: (check_digit.upn, given.numbers, given.numbers % 10),
    "clock": lambda given: (
        clock.redrawn, given.numbers % clock.DAY, given.numbers % 4, given.seeds,
    ),
    "date_shift": lambda given: (date_shift.shift, given.moments, given.days, NO_DATE),
    "date_shift, text": lambda given: (date_shift.shift_text, given.written_dates, given.days),
    "date_shift, days of text": lambda given: (date_shift.text_days, given.written_dates),
    "different, repeated": lambda given: (different.Different.of, given.names),
    "different, hardly": lambda given: (different.Different.where_it_pays, given.digests),
    "digest, secret token": lambda given: (digest.secret_token, given.digests),
    "draw, mix": lambda given: (draw.mix, given.seeds, 7),
    "draw, below": lambda given: (draw.below, given.seeds, 21),
    "draw, ranking": lambda given: (draw.ranking, given.seeds, 12, 7),
    "draw, combine": lambda given: (draw.combine, given.seeds, given.seeds),
    "fake_name, forenames": lambda given: (
        fake_name.forenames, given.seeds, given.sexes, given.names,
    ),
    "fake_name, surnames": lambda given: (fake_name.surnames, given.seeds, given.names),
    "fake_name, full": lambda given: (fake_name.full_names, given.seeds, given.names),
    "filler": lambda given: (filler.filler, given.seeds, 1_000),
    "filler, organisations": lambda given: (filler.organisations, given.seeds),
    "filler, authorities": lambda given: (filler.authorities, given.seeds),
    "filler, teams": lambda given: (filler.teams, given.seeds),
    "fingerprint": lambda given: (fingerprint.fingerprint, given.row, KEY),
    "loose_json, said": lambda given: (loose_json.said, given.outcomes, FLAGS),
    "loose_json, raw": lambda given: (_raw, given.outcomes),
    "loose_json, items": lambda given: (loose_json.items, given.factors),
    "permutation": lambda given: (permutation.Permutation(10**9, KEY).of, given.numbers),
    "permutation, walking": lambda given: (
        permutation.Permutation(2**20 + 1, KEY).of, given.numbers,
    ),
    "addresses, postcodes": lambda given: (addresses.postcodes, given.seeds, given.names),
    "addresses, addresses": lambda given: (addresses.addresses, given.seeds),
    "pool": lambda given: (pool.pick, fake_name.SURNAMES, given.seeds, 7),
    **{f"reserved, {name}": partial(_rendered, shape) for name, shape in reserved.RESERVED.items()},
    "warp": lambda given: (warp.warp, given.days, given.seeds, 7, 28),
    "working_days": lambda given: (WEEKS.back, given.numbers % 9_000, given.numbers % 90),
    "working_days, onwards": lambda given: (WEEKS.onwards, given.numbers % 9_000),
}  # fmt: skip
"""What is called, by the module it is of."""

ROWS, FEW_ROWS = 1_000_000, 1_000


@pytest.fixture
def given(benchmark: BenchmarkFixture) -> Inputs:
    return Inputs(FEW_ROWS if benchmark.disabled else ROWS)


@pytest.mark.parametrize("case", CASES)
def test_against_memory(bounded: Bounded, given: Inputs, case: str) -> None:
    call, *arguments = CASES[case](given)
    bounded(lambda: call(*arguments), arguments)


def test_digest_against_bare_sha256(bounded: Bounded, given: Inputs) -> None:
    def bare() -> pl.DataFrame:
        return given.ids.to_frame("text").select(pl.col("text").chash.sha2_256())  # type: ignore[attr-defined]

    # A keyed digest of a short text hashes four blocks, where SHA-256 hashes one.
    bounded(lambda: digest.digest(given.ids, KEY), given.ids, bound=bare)


def test_digest_against_the_bare_plugin(bounded: Bounded, given: Inputs) -> None:
    def bare() -> pl.DataFrame:
        return given.ids.to_frame("text").select(pl.col("text").chash.hmac_sha256(key=KEY))  # type: ignore[attr-defined]

    bounded(lambda: digest.digest(given.ids, KEY), given.ids, bound=bare)


def test_every_kernel_is_measured() -> None:
    modules = {path.stem for path in Path(kernels.__file__).parent.glob("[!_]*.py")}
    assert {case.partition(",")[0] for case in CASES} | {"digest"} == modules
