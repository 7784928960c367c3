"""Constructed data have the regularity of real systems, and lose no order by it."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from scrambler.ssd.working_days import working_days
from scrambler.synthetic.block import Block, Ints
from scrambler.synthetic.office import office_days
from scrambler.synthetic.people import People, people
from tests.synthetic.conftest import Tables

WHO: People = people(Block(0, 0, 300, 20, 12, dirty=False))


def _days(dates: pl.Series) -> Ints:
    return dates.drop_nulls().cast(pl.Date).to_physical().cast(pl.Int64).to_numpy()


@settings(max_examples=40)
@given(child=st.integers(0, 299), first=st.integers(0, 5_000))
def test_recorded_days_keep_the_order_of_days_and_the_side_of_birthdays(
    child: int, first: int
) -> None:
    days = 15_000 + first + np.arange(400)
    recorded = office_days(WHO, np.full(400, WHO.family[child]), days)
    assert (np.diff(recorded) >= 0).all()
    assert np.abs(recorded - days).max() <= 6
    whose = np.full(400, child)
    assert (WHO.age(whose, recorded) == WHO.age(whose, days)).all()


def test_offices_work_on_working_days_and_families_move_on_any(clean: Tables) -> None:
    calendar = working_days()
    for table, day, least, most in (
        ("ssd_contacts", "cont_contact_date", 0.94, 0.99),
        ("ssd_cla_visits", "clav_cla_visit_date", 0.94, 0.99),
        ("ssd_address", "addr_address_start_date", 0.65, 0.75),
    ):
        days = _days(clean[table][day])
        assert least < (calendar.onwards(days) == days).mean() < most, table


def test_records_gather_on_the_days_on_which_they_do(clean: Tables) -> None:
    def share(table: str, column: str, form: str, day: str) -> float:
        return float((clean[table][column].drop_nulls().dt.strftime(form) == day).mean())

    assert share("ssd_cin_episodes", "cine_close_date", "%d%m", "3103") > 0.05
    assert share("ssd_ehcp_named_plan", "ehcn_named_plan_start_date", "%d%m", "0109") > 0.03
    assert share("ssd_address", "addr_address_start_date", "%Y%m%d", "20210705") > 0.05
    alone = clean["ssd_immigration_status"].filter(pl.col("immi_immigration_status") == "U")
    born = clean["ssd_person"].join(alone, left_on="pers_person_id", right_on="immi_person_id")
    assert (born["pers_dob"].dt.strftime("%d%m") == "0101").mean() > 0.3


def test_contacts_are_numbered_as_they_come_and_have_a_time(clean: Tables) -> None:
    contacts = clean["ssd_contacts"].head(5_000)
    assert contacts["cont_contact_id"].cast(pl.Int64).is_sorted()
    days = pl.DataFrame({"day": _days(contacts["cont_contact_date"])}).with_row_index()
    assert days.select(pl.corr("index", "day", method="spearman")).item() > 0.99
    assert (contacts["cont_contact_date"].dt.time().n_unique()) > 300


def test_some_answers_are_yes_or_nothing(clean: Tables) -> None:
    assert set(clean["ssd_cla_visits"]["clav_cla_visit_seen_alone"].unique()) == {"Y", None}
    assert not clean["ssd_contacts"]["cont_contact_outcome_json"].str.contains('"N"').any()
