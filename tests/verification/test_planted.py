"""Faults that keep most of what a column is held to, each planted and each found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from scrambler.batch import Batch
from scrambler.ssd import ssd
from tests.comparisons import verdict
from tests.contexts import Columns, Local, staged

Fault = Callable[[pl.Series, pl.Series], pl.Series]
ROWS = 60
IDS = [f"id{n}" for n in range(ROWS)]


def faults(
    table: str,
    columns: Columns,
    at: str,
    fault: Fault | None,
    folder: Path,
    *,
    beside: Mapping[str, Columns] | None = None,
    local: Local | None = None,
    dates: Any = "intervals",
) -> list[str]:
    """Return what is said of ``table``, column ``at`` of which has been through ``fault``."""
    stage = staged({**(beside or {}), table: columns}, local=local, dates=dates)
    only = replace(stage, frames={table: stage.frames[table]})
    return list(verdict(only, folder, at=at, spoil=fault).faults())


def raw(before: pl.Series, after: pl.Series) -> pl.Series:
    return before.cast(after.dtype)


def _all(text: str) -> Fault:
    return lambda before, after: pl.Series([text] * len(after)).set(after.is_null(), None)


LINKED = {"link_table_id": IDS, "link_person_id": IDS}
FACTORS = {"cinf_table_id": IDS}
OUTCOME = {"cont_contact_id": IDS, "cont_person_id": IDS}
PEOPLE = {"pers_person_id": IDS}
UPN = [f"B80120000{n:04}" for n in range(ROWS)]
OBJECT = (
    '{"OUTCOME_NFA_FLAG":"Y","OUTCOME_CP_CONFERENCE_FLAG":"N","OUTCOME_COMMENTS":"Ann said so"}'
)


def inside(before: pl.Series, after: pl.Series) -> pl.Series:
    """Put a member with the source's text into the object."""
    hidden = before.str.replace_all('"', "'", literal=True)
    return after.str.strip_suffix("}") + ',"RAW":"' + hidden + '"}'


PLANTED: list[tuple[str, Columns, str, Fault]] = [
    # Each line of it is hexadecimal.
    ("ssd_person", PEOPLE, "pers_person_id", lambda before, after: after + "\nab"),
    # Kept without looking whether it fits.
    (
        "ssd_linked_identifiers",
        {**LINKED, "link_identifier_type": ["see Ann Lee, 07700 900123"] * ROWS},
        "link_identifier_type",
        raw,
    ),
    # Kept, but not as it was.
    (
        "ssd_linked_identifiers",
        {**LINKED, "link_identifier_type": ["Home Office Registration"] * ROWS},
        "link_identifier_type",
        _all("NHS Number"),
    ),
    ("ssd_assessment_factors", {**FACTORS, "cinf_assessment_factors_json": ["1A, 2B"] * ROWS},
     "cinf_assessment_factors_json", raw),
    ("ssd_assessment_factors", {**FACTORS, "cinf_assessment_factors_json": ['["1A","2B"]'] * ROWS},
     "cinf_assessment_factors_json", _all("[]")),
    ("ssd_assessment_factors", {**FACTORS, "cinf_assessment_factors_json": ['["1A","2B"]'] * ROWS},
     "cinf_assessment_factors_json", _all('["1A","1A"]')),
    ("ssd_assessment_factors", {**FACTORS, "cinf_assessment_factors_json": ['["1A"]'] * ROWS},
     "cinf_assessment_factors_json", lambda before, after: after + " of Ann"),
    ("ssd_contacts", {**OUTCOME, "cont_contact_outcome_json": ["Ann said so"] * ROWS},
     "cont_contact_outcome_json", raw),
    ("ssd_contacts", {**OUTCOME, "cont_contact_outcome_json": [OBJECT] * ROWS},
     "cont_contact_outcome_json", inside),
    ("ssd_contacts", {**OUTCOME, "cont_contact_outcome_json": [OBJECT] * ROWS},
     "cont_contact_outcome_json", _all("{}")),
    ("ssd_address", {"addr_table_id": IDS, "addr_address_postcode": ["SW1A 1AA"] * ROWS},
     "addr_address_postcode", lambda before, after: before.str.replace_all(" ", "")),
    ("ssd_address", {"addr_table_id": IDS, "addr_address_postcode": ["SW1A 1AA"] * ROWS},
     "addr_address_postcode", lambda before, after: before.str.replace_all(" ", "_")),
    ("ssd_address", {"addr_table_id": IDS, "addr_address_json": ['{"TOWN":"Ayr"}'] * ROWS},
     "addr_address_json", lambda before, after: before.str.replace_all(":", " : ")),
    ("ssd_person", {**PEOPLE, "pers_upn": UPN}, "pers_upn",
     lambda before, after: before.str.slice(0, 1) + " " + before.str.slice(1)),
    # One to one, but not of a range never issued.
    ("ssd_person", {**PEOPLE, "pers_upn": UPN}, "pers_upn",
     lambda before, after: "C" + before.str.slice(1)),
    ("ssd_person", {**PEOPLE, "pers_upn": UPN}, "pers_upn",
     lambda before, after: pl.Series([f"{n:020x}" for n in range(len(after))])),
    ("ssd_person", {**PEOPLE, "pers_upn_unknown": UPN}, "pers_upn_unknown",
     lambda before, after: "C" + before.str.slice(1)),
    ("ssd_person", {**PEOPLE, "pers_single_unique_id": [f"943476{n:04}" for n in range(ROWS)]},
     "pers_single_unique_id", lambda before, after: "1" + before.str.slice(1)),
    ("ssd_person", {**PEOPLE, "pers_legacy_id": IDS}, "pers_legacy_id",
     lambda before, after: "X" + before),
    ("ssd_person", {**PEOPLE, "pers_surname": ["Lee"] * ROWS}, "pers_surname", _all("Smythe-Lee")),
    ("ssd_early_help_episodes", {"earl_episode_id": IDS, "earl_episode_reason": ["Ann"] * ROWS},
     "earl_episode_reason", lambda before, after: "Scrambled text. " + before),
    ("ssd_immigration_status", {"immi_immigration_status_id": IDS,
     "immi_immigration_status": ["UASC"] * ROWS}, "immi_immigration_status", _all("EEA")),
    ("ssd_cla_placement", {"clap_cla_placement_id": IDS,
     "clap_cla_placement_distance": [999.9] * ROWS}, "clap_cla_placement_distance",
     lambda before, after: after - 990),
]  # fmt: skip


@pytest.mark.parametrize(("table", "columns", "at", "fault"), PLANTED)
def test_is_found(table: str, columns: Columns, at: str, fault: Fault, tmp_path: Path) -> None:
    (tmp_path / "honest").mkdir()
    assert faults(table, columns, at, None, tmp_path / "honest") == []
    assert any(f"{table}.{at}" in said for said in faults(table, columns, at, fault, tmp_path))


VISITS = {
    "cont_contact_id": IDS,
    "cont_person_id": [f"p{n % 5}" for n in range(ROWS)],
    "cont_contact_date": ["2020-05-01"] * ROWS,
}


def _by(days: int) -> Fault:
    return lambda before, after: before.dt.offset_by(f"{days}d")


def _each(before: pl.Series, after: pl.Series) -> pl.Series:
    days = pl.Series([f"{-15 - n}d" for n in range(len(before))])
    return pl.select(pl.lit(before).dt.offset_by(pl.lit(days))).to_series()


@pytest.mark.parametrize("dates", ["working-days", "intervals", "order"])
@pytest.mark.parametrize(
    "fault",
    [
        _by(30),
        _by(-1),
        _by(-400),
        _each,
        lambda before, after: after.set(pl.Series(np.arange(ROWS) == 7), after[7].replace(year=1)),
    ],
    ids=["forward", "one day", "too far", "a row its own", "one elsewhere"],
)
def test_dates_that_do_not_move_with_their_child(fault: Fault, dates: str, tmp_path: Path) -> None:
    for folder, planted in (("honest", None), ("planted", fault)):
        (tmp_path / folder).mkdir()
        said = faults(
            "ssd_contacts", VISITS, "cont_contact_date", planted, tmp_path / folder, dates=dates
        )
        assert any("not moved by their child's days" in one for one in said) == bool(planted)


@pytest.mark.parametrize("wrong", [lambda days: -days, lambda days: days * 0 - 1])
def test_offsets_that_are_wrong_where_they_are_drawn(
    wrong: Callable[[Any], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Batch.offsets_of
    monkeypatch.setattr(Batch, "offsets_of", lambda self, tokens: wrong(honest(self, tokens)))
    (said,) = faults("ssd_contacts", VISITS, "cont_contact_date", None, tmp_path)
    assert said == f"ssd_contacts.cont_contact_date: {ROWS} dates not moved by their child's days."


def test_dates_in_text_that_move_otherwise(tmp_path: Path) -> None:
    column = "lapp_previous_permanence_order_date"
    previous = {
        "lapp_table_id": IDS,
        "lapp_person_id": IDS,
        column: (["01/05/2012", "2012-05-01", "zz/05/2012"] * ROWS)[:ROWS],
    }

    def forward(before: pl.Series, after: pl.Series) -> pl.Series:
        return pl.Series(["31/05/2012", "2012-05-31", "zz/06/2012"] * (ROWS // 3))

    for folder, fault in (("honest", None), ("planted", forward)):
        (tmp_path / folder).mkdir()
        said = faults("ssd_cla_previous_permanence", previous, column, fault, tmp_path / folder)
        assert any("60 dates not moved" in one for one in said) == bool(fault)


def test_one_person_with_many_names(tmp_path: Path) -> None:
    people = {
        "pers_person_id": [f"p{n % 5}" for n in range(ROWS)],
        "pers_surname": ["Lee", "Lee", "Leigh"] * (ROWS // 3),
    }
    pool = ["Adams", "Allen", "Bailey", "Baker", "Bell", "Carter"]

    def many(before: pl.Series, after: pl.Series) -> pl.Series:
        return pl.Series(pool * (ROWS // 6))

    for folder, fault in (("honest", None), ("planted", many)):
        said = faults("ssd_person", people, "pers_surname", fault, tmp_path / folder)
        assert any("not what their keys give" in one for one in said) == bool(fault)


def test_one_worker_name_with_many_inventions(tmp_path: Path) -> None:
    workers = {"prof_professional_id": IDS, "prof_professional_name": ["Ann Lee"] * ROWS}

    def many(before: pl.Series, after: pl.Series) -> pl.Series:
        return pl.Series(["Adam Baker", "Adam Bell"] * (ROWS // 2))

    said = faults("ssd_professionals", workers, "prof_professional_name", many, tmp_path)
    assert any("not what their keys give" in one for one in said)


def test_a_description_whose_code_is_cleared(tmp_path: Path) -> None:
    labels = ssd().code_lists["contact_source"].labels
    contacts = {
        "cont_contact_id": IDS,
        "cont_contact_source_code": ["1A"] * ROWS,
        "cont_contact_source_desc": [labels[n % len(labels)] for n in range(ROWS)],
    }
    local: Local = {"cont_contact_source_code": ("clear", {})}
    for folder, fault in (("honest", None), ("planted", raw)):
        (tmp_path / folder).mkdir()
        said = faults(
            "ssd_contacts", contacts, "cont_contact_source_desc", fault, tmp_path / folder,
            local=local,
        )  # fmt: skip
        assert bool(said) == bool(fault)


@pytest.mark.parametrize(
    ("rows", "column", "codes"),
    [(5, "pers_nationality", "nationality"), (30, "pers_send_flag", "send_flag")],
)
def test_a_small_table_left_as_it_was(rows: int, column: str, codes: str, tmp_path: Path) -> None:
    listed = ssd().code_lists[codes].codes
    people = {
        "pers_person_id": IDS[:rows],
        column: [listed[n % len(listed)] for n in range(rows)],
    }
    (said, *_) = faults("ssd_person", people, column, raw, tmp_path)
    assert said.startswith(f"ssd_person.{column}: {rows} of {rows} values unchanged")
