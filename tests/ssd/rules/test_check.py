"""How checks are put together."""

import polars as pl
import pytest
from polars import col

from scrambler.ssd.rules.check import each, over

from .cases import frames

ORDER = each(col("cine_referral_date") <= col("cine_close_date"))
SAME = each(col("cina_person_id") == col("cine_person_id"), "cina_referral_id")


def test_only_rows_with_a_parent_are_judged() -> None:
    rows = {
        "cine_referral_id": ["r", "q"],
        "cine_person_id": ["1", "1"],
        "cina_referral_id": ["r", "gone", "q ", None],
        "cina_person_id": ["2", "2", "1", "2"],
    }
    assert SAME(frames(rows)) == 1


def test_a_parent_that_repeats_is_joined_once() -> None:
    check = each(col("clav_person_id") == col("clae_person_id"), "clav_cla_id")
    rows = {
        "clae_cla_id": ["c", "c", "c"],
        "clae_person_id": ["1", "1", "1"],
        "clav_cla_id": "c",
        "clav_person_id": "2",
    }
    assert check(frames(rows)) == 1


def test_a_condition_may_only_read_tables_it_is_led_to() -> None:
    with pytest.raises(LookupError, match="no column leads to ssd_person"):
        each(col("cine_referral_date") >= col("pers_dob"))
    with pytest.raises(LookupError, match="cine_referral_date references nothing"):
        each(col("cine_referral_date") >= col("pers_dob"), "cine_referral_date")


def test_both_checks_count_as_far_as_they_can() -> None:
    both = ORDER & SAME
    broken = {"cine_referral_date": "2020-01-02", "cine_close_date": "2020-01-01"}
    assert both.tables == ("ssd_cin_episodes", "ssd_cin_assessments")
    assert both(frames(broken)) == 1
    assert both({}) is None


def test_a_query_takes_its_tables_in_the_order_of_mention() -> None:
    def more(visits: pl.LazyFrame, people: pl.LazyFrame) -> pl.LazyFrame:
        assert visits.collect_schema().names() == ["cinv_person_id", "cinv_cin_visit_date"]
        assert people.collect_schema().names() == ["pers_person_id"]
        return visits

    check = over(more, "cinv_person_id", "pers_person_id", "cinv_cin_visit_date")
    rows = {"cinv_person_id": "1", "pers_person_id": "1", "cinv_cin_visit_date": "2020-01-01"}
    assert check(frames(rows)) == 1
