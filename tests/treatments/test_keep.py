from datetime import date

import pytest

from tests.contexts import staged


def test_a_type_of_the_list_stays_and_anything_else_is_cleared() -> None:
    kinds = ["NHS Number", "Case Number ", "Ann's number", "", None]
    table = {"link_table_id": ["1", "2", "3", "4", "5"], "link_identifier_type": kinds}
    stage = staged({"ssd_linked_identifiers": table})
    kept = stage.column("ssd_linked_identifiers", "link_identifier_type")
    assert kept == ["NHS Number", "Case Number", None, None, None]


@pytest.mark.parametrize(
    ("version", "kept"),
    [("1.4.5", True), ("1.3.0b", True), ("1.4.5 by Ann", False), ("\n1.4.5x\nAnn", False)],
)
def test_text_must_match_the_pattern_as_a_whole(version: str, kept: bool) -> None:
    after = staged({"ssd_version_log": {"version_number": [version]}})
    assert after.column("ssd_version_log", "version_number") == [version if kept else None]


def test_text_without_list_or_pattern_is_cleared() -> None:
    stage = staged(
        {"ssd_person": {"pers_person_id": ["1"], "pers_surname": ["Lee"]}},
        local={"pers_surname": ("keep", {})},
    )
    assert stage.column("ssd_person", "pers_surname") == [None]


def test_structural_dates_and_numbers_stay() -> None:
    table = {"date_key": [20200101], "full_date": [date(2020, 1, 1)], "is_weekend": [True]}
    after = staged({"ssd_dim_date": table}).scramble("ssd_dim_date")
    assert after.row(0) == (20200101, date(2020, 1, 1), True)
