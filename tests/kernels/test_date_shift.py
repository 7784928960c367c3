import re
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.date_shift import UNKNOWN, shift, shift_text, text_days, whole

MISSING = (date(1900, 1, 1),)
DAYS = st.integers(-400, -1)
DATES = st.dates(date(1890, 1, 1), date(2050, 12, 31)) | st.sampled_from(MISSING)
TIMES = st.datetimes(datetime(1890, 1, 1), datetime(2050, 12, 31)) | st.just(datetime(1900, 1, 1))

_DAY = st.integers(1, 31).map(lambda n: f"{n:02}") | st.integers(1, 9).map(str)
_MONTH = st.integers(1, 12).map(lambda n: f"{n:02}")
_YEAR = st.integers(1900, 2050).map(str)
_ZZ = st.sampled_from(["zz", "ZZ", "zZ"])
TEXTS = st.one_of(
    st.none(),
    st.tuples(_DAY | _ZZ, _MONTH | _ZZ, _YEAR | st.sampled_from(["", "zzzz", "ZZZZ"])).map(
        "/".join
    ),
    st.text(max_size=12),
    st.text(alphabet="0123zZ/ ", max_size=11),
)


def slow_text(text: str | None, days: int) -> str | None:
    if text is None or not text.strip():
        return text
    number = r"([0-9]{1,2}|[zZ]{2})"
    found = re.fullmatch(rf"{number}/{number}/([0-9]{{4}}|[0-9]{{2}}|[zZ]{{4}}|)", text.strip())
    if not found:
        return UNKNOWN
    day, month, year = (int(part) if part.isdigit() else None for part in found.groups())
    if day is None and month is None and year is None:
        return text
    short = len(found[3]) == 2
    if short and year is not None:
        year += 2000 if year < 50 else 1900
    try:
        reference = date(
            2000 if year is None else year,
            1 if month is None else month,
            1 if day is None else day,
        )
        moved = reference + timedelta(days)
    except (ValueError, OverflowError):
        return UNKNOWN
    if None not in (day, month, year) and reference in MISSING:
        return text

    def known(moved: date) -> tuple[int | None, ...]:
        return (
            None if day is None else moved.day,
            None if month is None else moved.month,
            None if year is None else moved.year % 100 if short else moved.year,
        )

    if year is None and known(moved) == (day, month, year):
        moved -= timedelta(31 if day is None else 1)
    return "/".join(
        written if part is None else f"{part:0{width}}"
        for written, part, width in zip(
            found.groups(), known(moved), (2, 2, 2 if short else 4), strict=True
        )
    )


def days_of(rows: list[tuple[object, int]]) -> np.ndarray:
    return np.array([days for _, days in rows], dtype=np.int64)


@given(rows=st.lists(st.tuples(st.none() | DATES, DAYS | st.integers(0, 400))))
def test_dates_against_datetime(rows: list[tuple[date | None, int]]) -> None:
    dates = pl.Series("d", [value for value, _ in rows], dtype=pl.Date)
    expected = [
        value if value is None or value in MISSING else value + timedelta(days)
        for value, days in rows
    ]
    assert shift(dates, days_of(rows), MISSING).equals(
        pl.Series("d", expected, dtype=pl.Date), check_names=True
    )


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@given(rows=st.lists(st.tuples(st.none() | TIMES, DAYS)))
def test_timestamps_against_datetime(unit: str, rows: list[tuple[datetime | None, int]]) -> None:
    dtype = pl.Datetime(unit)  # type: ignore[arg-type]
    whole = [(value and value.replace(microsecond=0), days) for value, days in rows]
    expected = [
        value if value is None or value == datetime(1900, 1, 1) else value + timedelta(days)
        for value, days in whole
    ]
    moved = shift(
        pl.Series("t", [value for value, _ in whole], dtype=dtype), days_of(whole), MISSING
    )
    assert moved.dtype == dtype
    assert moved.equals(pl.Series("t", expected, dtype=dtype), check_names=True)


def test_a_missing_date_of_a_timestamp_is_midnight() -> None:
    times = pl.Series([datetime(1900, 1, 1), datetime(1900, 1, 1, 9, 30)])
    assert shift(times, np.array([-1, -1]), MISSING).to_list() == [
        datetime(1900, 1, 1),
        datetime(1899, 12, 31, 9, 30),
    ]


def test_a_zoned_timestamp_moves() -> None:
    times = pl.Series([datetime(2020, 1, 31, 9), datetime(1900, 1, 1)]).dt.replace_time_zone("UTC")
    moved = shift(times, np.array([-31, -31]), MISSING)
    assert moved.dtype == times.dtype
    assert moved.dt.replace_time_zone(None).to_list() == [
        datetime(2019, 12, 31, 9),
        datetime(1900, 1, 1),
    ]


@pytest.mark.parametrize("dtype", [pl.String, pl.Int64, pl.Time])
def test_other_types_are_refused(dtype: pl.DataType) -> None:
    with pytest.raises(TypeError, match="Date and Datetime"):
        shift(pl.Series([], dtype=dtype), np.array([], dtype=np.int64))


@pytest.mark.parametrize(
    ("text", "days", "expected"),
    [
        ("01/03/2012", -1, "29/02/2012"),
        ("zz/03/2012", -1, "zz/02/2012"),
        ("ZZ/zz/2012", -1, "ZZ/zz/2011"),
        ("17/zz/2012", -31, "17/zz/2011"),
        ("zz/zz/", -31, "zz/zz/"),
        ("zz/zz/zzzz", -31, "zz/zz/zzzz"),
        ("zz/03/", -31, "zz/01/"),
        ("5/zz/zzzz", -31, "04/zz/zzzz"),
        ("2/1/2012", -1, "01/01/2012"),
        (" 02/01/2012 ", -1, "01/01/2012"),
        ("01/01/1900", -1, "01/01/1900"),
        ("31/02/2012", -1, UNKNOWN),
        ("00/01/2012", -1, UNKNOWN),
        ("01/13/2012", -1, UNKNOWN),
        ("2012-01-02", -1, "01/01/2012"),
        ("2012-01-02 00:00:00.000000", -1, "01/01/2012"),
        ("2012-01-02 00:00:00", -1, "2012-01-01 00:00:00"),
        ("2012-01-02T09:30", -1, "2012-01-01T00:00"),
        ("02/01/2012 00:00:00", -1, "01/01/2012 00:00:00"),
        ("1900-01-01", -1, "1900-01-01"),
        ("1900-01-01 00:00:00.000000", -1, "1900-01-01 00:00:00.000000"),
        ("2012-02-30", -1, UNKNOWN),
        ("2012-1-2", -1, UNKNOWN),
        ("02/01/12", -1, "01/01/12"),
        ("01/01/00", -1, "31/12/99"),
        ("zz/01/50", -1, "zz/12/49"),
        ("zz/zz/0000", -1, UNKNOWN),
        ("01/01/0001", -1, UNKNOWN),
        ("31/12/9999", 1, UNKNOWN),
        ("about 02/01/2012", -1, UNKNOWN),
        ("zz/zz/2012\n01/01/2012", -1, UNKNOWN),
        ("", -1, ""),
        ("   ", -1, "   "),
        (None, -1, None),
    ],
)
def test_text_by_example(text: str | None, days: int, expected: str | None) -> None:
    assert shift_text(pl.Series([text], dtype=pl.String), np.array([days]), MISSING).to_list() == [
        expected
    ]


@given(rows=st.lists(st.tuples(TEXTS, st.integers(-1500, 0))))
def test_text_against_the_slow_rule(rows: list[tuple[str | None, int]]) -> None:
    # str.strip and Polars part company over four control characters only.
    rows = [(t, d) for t, d in rows if t is None or not re.search("[\x1c-\x1f]", t)]
    texts = pl.Series("p", [text for text, _ in rows], dtype=pl.String)
    moved = shift_text(texts, days_of(rows), MISSING)
    assert moved.name == "p"
    assert moved.to_list() == [slow_text(text, days) for text, days in rows]


@given(day=_DAY | _ZZ, month=_MONTH | _ZZ, year=_YEAR | st.sampled_from(["", "zzzz"]), days=DAYS)
def test_what_is_known_always_changes(day: str, month: str, year: str, days: int) -> None:
    text = f"{day}/{month}/{year}"
    if not re.search("[0-9]", text) or text in ("01/01/1900", "1/01/1900"):
        return
    moved = shift_text(pl.Series([text]), np.array([days]), MISSING).item()
    assert moved.split("/") != [day.zfill(2), month, year]


def test_empty() -> None:
    none = np.array([], dtype=np.int64)
    assert shift(pl.Series([], dtype=pl.Date), none).dtype == pl.Date
    assert shift_text(pl.Series([], dtype=pl.String), none).dtype == pl.String


def slow_day(text: str | None) -> int | None:
    found = re.fullmatch(
        r"([0-9]{1,2}|zz)/([0-9]{1,2}|zz)/([0-9]{4}|zzzz|)", (text or "").strip().lower()
    )
    if not found:
        return None
    parts = zip(found.groups(), (1, 1, 2000), strict=True)
    day, month, year = (int(part) if part.isdigit() else unknown for part, unknown in parts)
    try:
        return (date(year, month, day) - date(1970, 1, 1)).days
    except ValueError:
        return None


@given(texts=st.lists(TEXTS))
def test_the_day_a_text_is_moved_from(texts: list[str | None]) -> None:
    found = text_days(pl.Series(texts, dtype=pl.String)).tolist()
    expected = [slow_day(text) for text in texts]
    pairs = zip(found, expected, strict=True)
    assert all(day == slow for day, slow in pairs if slow is not None)
    assert len(found) == len(texts)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("01/03/2012", True),
        ("2012-03-01", True),
        ("01/03/12", True),
        ("zz/03/2012", False),
        ("01/03/", False),
        ("31/02/2012", False),
        ("about then", False),
        (None, False),
    ],
)
def test_whole_dates(text: str | None, known: bool) -> None:
    assert whole(pl.Series([text], dtype=pl.String)).tolist() == [known]
