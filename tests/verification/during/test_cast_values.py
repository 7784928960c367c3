"""No value is lost on the way into the types of the spec."""

from __future__ import annotations

import polars as pl
import pytest

from scrambler.batch.cast import conform
from scrambler.errors import VerificationError
from scrambler.verification.during.cast_values import refuse_lost
from tests.contexts import SHIPPED

ASSIGNMENTS = {
    name: SHIPPED["ssd_person"][name]
    for name in ("pers_person_id", "pers_forename", "pers_dob", "pers_death_date")
}
GIVEN = pl.DataFrame(
    {
        "pers_person_id": [1, 2, None, 4],
        "pers_forename": ["Ann", "", None, "Zaphod"],
        "pers_dob": ["2012-03-04", " ", None, "2013-01-01"],
        "pers_death_date": pl.Series([None] * 4, dtype=pl.String),
    }
)


def test_blanks_and_nulls_are_no_losses() -> None:
    refuse_lost("ssd_person", GIVEN, conform(GIVEN, ASSIGNMENTS), ASSIGNMENTS)


@pytest.mark.parametrize("column", ["pers_person_id", "pers_forename", "pers_dob"])
@pytest.mark.parametrize("rows", [[0], [0, 1, 2, 3]], ids=["one", "all"])
def test_a_value_that_became_null_is_told_without_it(column: str, rows: list[int]) -> None:
    typed = conform(GIVEN, ASSIGNMENTS)
    spoiled = typed.with_columns(typed[column].scatter(rows, None).alias(column))
    with pytest.raises(VerificationError, match=rf"{column}: \d values were lost") as refused:
        refuse_lost("ssd_person", GIVEN, spoiled, ASSIGNMENTS)
    assert "Ann" not in str(refused.value)


def test_a_row_less_is_told() -> None:
    typed = conform(GIVEN, ASSIGNMENTS).head(3)
    with pytest.raises(VerificationError, match="4 rows were read as 3"):
        refuse_lost("ssd_person", GIVEN, typed, ASSIGNMENTS)
