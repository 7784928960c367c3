from dataclasses import replace
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from scrambler.batch.cast import conform
from scrambler.errors import SourceError
from tests.contexts import SHIPPED

PERSON = SHIPPED["ssd_person"]


def _conformed(table: str, column: str, values: Any) -> pl.Series:
    frame = pl.DataFrame({column.lower(): values})
    return conform(frame, {column: SHIPPED[table][column]})[column]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-02-29", datetime(2020, 2, 29)),
        ("2020-02-29 13:45", datetime(2020, 2, 29, 13, 45)),
        ("2020-02-29T13:45:59", datetime(2020, 2, 29, 13, 45, 59)),
        (" 2020-02-29 13:45:59.25 ", datetime(2020, 2, 29, 13, 45, 59, 250_000)),
        ("1900-01-01 00:00:00.0000000", datetime(1900, 1, 1)),
        ("", None),
        (None, None),
    ],
)
def test_moments_kept_as_text(text: str | None, moment: datetime | None) -> None:
    # All forms in one column, so that none depends on its neighbours.
    values = pl.Series([text, "2019-01-01", "2019-01-01 10:00"], dtype=pl.String)
    found = _conformed("ssd_person", "pers_dob", values)
    assert found.dtype == pl.Datetime("us")
    assert found[0] == moment


@pytest.mark.parametrize(
    "values",
    [
        pl.Series([date(2020, 2, 29)]),
        pl.Series([datetime(2020, 2, 29)], dtype=pl.Datetime("ns")),
        pl.Series([datetime(2020, 2, 29)], dtype=pl.Datetime("ms")),
        pl.Series([datetime(2020, 2, 29)], dtype=pl.Datetime("us", "UTC")),
    ],
    ids=lambda values: str(values.dtype),
)
def test_moments_of_other_types(values: pl.Series) -> None:
    found = _conformed("ssd_person", "pers_dob", values)
    assert found.to_list() == [datetime(2020, 2, 29)]


@pytest.mark.parametrize(
    "text", ["29/02/2020", "2020-02-30", "2020-2-9", "2020-02-29Z", "soon", "2020"]
)
def test_what_is_no_moment_is_counted_and_not_shown(text: str) -> None:
    with pytest.raises(SourceError, match="pers_dob: 2 values are no DATETIME") as caught:
        _conformed("ssd_person", "pers_dob", [text, None, "", "2020-01-01", text])
    assert text not in str(caught.value)
    assert caught.value.__cause__ is None


def test_identifiers_that_are_integers_stay_integers() -> None:
    assert _conformed("ssd_person", "pers_person_id", [42, None]).to_list() == [42, None]


def test_identifiers_that_are_floats_become_text_one_by_one() -> None:
    found = _conformed("ssd_person", "pers_person_id", [42.0, 43.5, None, float("nan")])
    # As pandas writes what is missing: it would be one identifier of many.
    assert found.to_list() == ["42", "43.5", None, None]


def test_other_numbers_become_text() -> None:
    assert _conformed("ssd_person", "pers_sex", [1, 2]).to_list() == ["1", "2"]
    assert _conformed("ssd_person", "pers_sex", [True, False]).to_list() == ["1", "0"]


@pytest.mark.parametrize("values", [["7", " 7.0 ", "", None], [7.0, 7.0, None, None]])
def test_integers(values: list[Any]) -> None:
    found = _conformed("ssd_sdq_scores", "csdq_sdq_score", values)
    assert (found.dtype, found.to_list()) == (pl.Int32, [7, 7, None, None])


@pytest.mark.parametrize("value", ["7.5", "SSD_PH", "99999999999", "7,0"])
def test_what_is_no_integer(value: str) -> None:
    with pytest.raises(SourceError, match="csdq_sdq_score: 1 values are no INT"):
        _conformed("ssd_sdq_scores", "csdq_sdq_score", ["1", value])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "t", "YES", "0", "False", "", None], [True] * 3 + [False] * 2 + [None] * 2),
        ([1, 0, None], [True, False, None]),
        ([True, False], [True, False]),
    ],
)
def test_booleans(values: list[Any], expected: list[bool | None]) -> None:
    assert _conformed("ssd_cohort", "has_contact", values).to_list() == expected


@pytest.mark.parametrize("values", [["maybe"], [2], [-1]])
def test_what_is_no_boolean(values: list[Any]) -> None:
    with pytest.raises(SourceError, match="has_contact: 1 values are no BIT"):
        _conformed("ssd_cohort", "has_contact", values)


def test_names_and_order_are_those_of_the_assignments() -> None:
    table = SHIPPED["ssd_pre_cla_care_plan"]
    frame = pl.DataFrame({"answer": ["a"], "dim_person_id": ["1"]})
    chosen = {name: table[name] for name in ("DIM_PERSON_ID", "ANSWER")}
    assert conform(frame, chosen).columns == ["DIM_PERSON_ID", "ANSWER"]


@pytest.mark.parametrize("column", list(PERSON))
def test_no_rows_have_the_types_of_the_spec(column: str) -> None:
    found = _conformed("ssd_person", column, pl.Series([], dtype=pl.String))
    assert found.dtype == PERSON[column].column.dtype


@pytest.mark.parametrize("value", [2.0**24, -(2.0**25)])
def test_short_floats_that_could_be_two_identifiers_are_refused(value: float) -> None:
    short = pl.Series([value, 1.0, None], dtype=pl.Float32)
    with pytest.raises(SourceError, match="pers_person_id: 1 identifiers are floating-point"):
        _conformed("ssd_person", "pers_person_id", short)
    short = pl.Series([2.0**24 - 1, None], dtype=pl.Float32)
    assert _conformed("ssd_person", "pers_person_id", short).to_list() == ["16777215", None]


@pytest.mark.parametrize("value", [2.0**53, -(2.0**53), 1e300, float("inf")])
def test_floats_that_could_be_two_identifiers_are_refused(value: float) -> None:
    with pytest.raises(SourceError, match="pers_person_id: 1 identifiers are floating-point"):
        _conformed("ssd_person", "pers_person_id", [1.0, value, None])
    below = _conformed("ssd_person", "pers_person_id", [2.0**53 - 1, None])
    assert below.to_list() == ["9007199254740991", None]


@pytest.mark.parametrize(
    "values",
    [pl.Series(["soon", None]), pl.Series([date(2020, 2, 29), None]), pl.Series([2**60, 1])],
    ids=lambda values: str(values.dtype),
)
@pytest.mark.parametrize("column", ["pers_dob", "pers_sex"])
def test_what_is_cleared_need_not_fit(column: str, values: pl.Series) -> None:
    cleared = replace(PERSON[column], treatment="clear")
    found = conform(pl.DataFrame({column: values}), {column: cleared})[column]
    assert found.dtype == PERSON[column].column.dtype
    assert column == "pers_sex" or found.null_count() == 2
