"""Every group, as it is drawn, held against the checks of the rules that it states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, combinations, product

import polars as pl
import pytest

from scrambler.ssd import ssd
from scrambler.ssd.rules import RULES
from scrambler.ssd.rules.check import owner
from scrambler.ssd.sampling import GROUPS
from scrambler.treatments.sampling import choices
from tests.contexts import SHIPPED, staged
from tests.law import even

Values = Mapping[str, str | list[str | None]]

_RULES = {rule.id: rule for rule in RULES}
COPIES = 3_000


@dataclass(frozen=True)
class Scenario:
    """``drawn`` columns of the first row of one table, beside the kept ``values`` of the dataset.

    ``narrower`` says why the law allows less than the rules do; empty where it allows the same.
    ``whole`` looks at rows with all the columns only, not at those with some of them blank.
    """

    name: str
    rules: tuple[str, ...]
    drawn: tuple[str, ...]
    values: Values
    narrower: str = field(default="")
    whole: bool = field(default=False)

    def __str__(self) -> str:
        return self.name


def _person(**values: str | list[str | None]) -> Values:
    return {"pers_person_id": "p", **values}


DEAD = _person(pers_dob="2010-05-05", pers_death_date="2020-02-02")
ALIVE = _person(pers_dob="2010-05-05", pers_death_date=[None])
UNBORN = _person(pers_dob=[None], pers_expected_dob="2026-01-01", pers_death_date=[None])
ASSESSED = {"cina_assessment_id": "a", "cina_referral_id": "r"}
REFERRAL = {"cine_referral_id": "r", "cine_person_id": "p"}
PLAN = {
    "send_table_id": "s",
    "send_person_id": "p",
    "ehcr_ehcp_request_id": "q",
    "ehcr_send_table_id": "s",
    "ehcp_active_ehcp_id": "e",
    "ehcp_ehcp_request_id": "q",
}
CEASED = "clae_cla_episode_ceased_reason"
START = "clae_cla_episode_start_reason"


def _episodes(second: str | None, ceased: str | None = "2020-02-02", **more: str) -> Values:
    """An episode from January 2020, and another of the period that starts on ``second``."""
    two = second is not None
    return {
        "clae_cla_episode_id": ["e1", "e2"] if two else "e1",
        "clae_person_id": ["p", "p"] if two else "p",
        "clae_cla_id": ["c", "c"] if two else "c",
        "clae_cla_episode_start_date": ["2020-01-01", second] if two else "2020-01-01",
        "clae_cla_episode_ceased_date": [ceased, None] if two else [ceased],
        **more,
    }


def _order(day: str) -> Values:
    return {
        "perm_table_id": "o",
        "perm_person_id": "p",
        "perm_cla_id": "c",
        "perm_permanence_order_date": day,
    }


def _review(prefix: str, born: str | None) -> Values:
    keys = {"cppr": "cppr_cp_review_id", "clar": "clar_cla_review_id"}
    person = {"cppr": "cppr_person_id", "clar": "clar_cla_person_id"}
    dates = {"cppr": "cppr_cp_review_date", "clar": "clar_cla_review_date"}
    return {
        **_person(pers_dob=[born]),
        keys[prefix]: "v",
        person[prefix]: "p",
        dates[prefix]: "2020-06-01",
    }


_PN0 = "under four is PN0, softly; without an age nobody is"
_REASON = "an end by an order is left to children who have one that day"

SCENARIOS = (
    Scenario(
        "mother",
        ("C017", "C018", "C020"),
        ("pers_sex", "pers_is_mother"),
        {**_person(), "moth_table_id": "m", "moth_person_id": "p"},
    ),
    Scenario(
        "no mother",
        ("C017", "C018", "C020"),
        ("pers_sex", "pers_is_mother"),
        {**_person(), "moth_table_id": "m", "moth_person_id": "other"},
    ),
    Scenario("planned", ("C022",), ("pers_send_flag",), {**_person(), **PLAN}),
    Scenario(
        "not planned",
        ("C022",),
        ("pers_send_flag",),
        {"pers_person_id": ["p", "other"], **PLAN, "send_person_id": "other"},
    ),
    *(
        Scenario(
            f"closure, {name}{' and assessed' if assessed else ''}",
            ("C035", "C036"),
            ("cine_close_reason",),
            {
                **REFERRAL,
                **person,
                **({**ASSESSED} if assessed else {**ASSESSED, "cina_referral_id": "other"}),
            },
        )
        for name, person in (("dead", DEAD), ("alive", ALIVE), ("unborn", UNBORN))
        for assessed in (False, True)
    ),
    Scenario(
        "cin visit",
        ("C059",),
        ("cinv_cin_visit_seen", "cinv_cin_visit_seen_alone", "cinv_cin_visit_bedroom"),
        {"cinv_cin_visit_id": "v"},
    ),
    Scenario(
        "cp visit",
        ("C059",),
        ("cppv_cp_visit_seen", "cppv_cp_visit_seen_alone", "cppv_cp_visit_bedroom"),
        {"cppv_cp_visit_id": "v"},
    ),
    Scenario(
        "cla visit",
        ("C059",),
        ("clav_cla_visit_seen", "clav_cla_visit_seen_alone"),
        {"clav_cla_visit_id": "v"},
    ),
    *(
        Scenario(f"{prefix} review, born {born}", ("C073",), (column,), _review(prefix, born), _PN0)
        for prefix, column in (
            ("cppr", "cppr_cp_review_participation"),
            ("clar", "clar_cla_review_participation"),
        )
        for born in ("2018-01-01", "2008-01-01", None)
    ),
    Scenario("first episode", ("C077",), (START,), _episodes(None)),
    Scenario("followed", ("C076", "C078", "C079"), (CEASED,), {**_episodes("2020-02-02"), **ALIVE}),
    Scenario(
        "last, alive",
        ("C076", "C078", "C079"),
        (CEASED,),
        {**_episodes(None), **ALIVE},
        "dying is left to those who died that day",
    ),
    Scenario(
        "last, dead that day", ("C076", "C078", "C079"), (CEASED,), {**_episodes(None), **DEAD}
    ),
    Scenario(
        "last, adult",
        ("C076", "C078", "C079"),
        (CEASED,),
        {**_episodes(None), **_person(pers_dob="2001-01-01", pers_death_date=[None])},
        "dying is left to those who died that day",
    ),
    Scenario(
        "order of another day",
        ("C093",),
        (CEASED,),
        {**_episodes(None), **_order("2019-01-01"), **ALIVE},
        _REASON,
    ),
    Scenario(
        "placement",
        ("C085", "C086"),
        ("clap_cla_placement_type", "clap_cla_placement_provider"),
        {"clap_cla_placement_id": "l", "clap_cla_placement_urn": [None]},
    ),
    Scenario(
        "placement with URN",
        ("C085", "C086"),
        ("clap_cla_placement_type", "clap_cla_placement_provider"),
        {"clap_cla_placement_id": "l", "clap_cla_placement_urn": "SC123456"},
        "the sources name no uninspected types but P1",
    ),
    Scenario(
        "adopters",
        ("C094",),
        ("perm_adopter_sex", "perm_adopter_legal_status", "perm_number_of_adopters"),
        {"perm_table_id": "o"},
    ),
    Scenario(
        "siblings",
        ("C095",),
        (
            "perm_part_of_sibling_group",
            "perm_siblings_placed_together",
            "perm_siblings_placed_apart",
        ),
        {"perm_table_id": "o"},
        "a blank count is no group, in the words of the rule",
    ),
    Scenario(
        "siblings, counted",
        ("C095",),
        (
            "perm_part_of_sibling_group",
            "perm_siblings_placed_together",
            "perm_siblings_placed_apart",
        ),
        {"perm_table_id": "o"},
        whole=True,
    ),
    Scenario(
        "previous order",
        ("C099",),
        ("lapp_previous_permanence_option",),
        {"lapp_table_id": "l", "lapp_previous_permanence_la": "Anywhere"},
    ),
    Scenario(
        "no previous order",
        ("C099",),
        ("lapp_previous_permanence_option",),
        {"lapp_table_id": "l", "lapp_previous_permanence_la": [None]},
    ),
    Scenario(
        "return interview",
        ("C104",),
        ("miss_missing_rhi_offered", "miss_missing_rhi_accepted"),
        {"miss_table_id": "m"},
    ),
    *(
        Scenario(
            f"in touch, {name}, contact {contact}",
            ("C105",),
            ("clea_care_leaver_in_touch",),
            {
                **person,
                "clea_table_id": "t",
                "clea_person_id": "p",
                "clea_care_leaver_latest_contact": [contact],
            },
        )
        for name, person in (("dead", DEAD), ("alive", ALIVE))
        for contact in ("2020-01-01", None)
    ),
    *(
        Scenario(
            f"accommodation, born {born}",
            ("C108",),
            ("clea_care_leaver_accommodation",),
            {
                **_person(pers_dob=born),
                "clea_table_id": "t",
                "clea_person_id": "p",
                "clea_care_leaver_latest_contact": "2020-06-01",
            },
            narrower,
        )
        for born, narrower in (
            ("2002-12-01", ""),
            ("2001-01-01", ""),
            ("2004-01-01", "not before seventeen either"),
        )
    ),
    Scenario(
        "in court",
        ("C124",),
        ("prep_pre_pro_outcome",),
        {"prep_table_id": "t", "prep_court_reference": "x"},
    ),
    Scenario(
        "out of court",
        ("C124",),
        ("prep_pre_pro_outcome",),
        {"prep_table_id": "t", "prep_court_reference": [None]},
    ),
    Scenario(
        "plan approved",
        ("C124",),
        ("prep_la_final_care_plan",),
        {"prep_table_id": "t", "prep_la_final_plan_approved": "Y"},
    ),
    *(
        Scenario(
            f"request dated {day}",
            ("C127",),
            ("ehcr_ehcp_req_outcome",),
            {"ehcr_ehcp_request_id": "q", "ehcr_ehcp_req_outcome_date": [day]},
        )
        for day in ("2020-01-01", None)
    ),
    *(
        Scenario(
            f"assessment dated {day}",
            ("C128",),
            ("ehca_ehcp_assessment_outcome",),
            {"ehca_ehcp_assessment_id": "a", "ehca_ehcp_assessment_outcome_date": [day]},
        )
        for day in ("2020-01-01", None)
    ),
    *(
        Scenario(
            f"ceased plan, {name}",
            ("C129",),
            ("ehcn_named_plan_ceased_reason",),
            {
                **person,
                **PLAN,
                "ehcn_named_plan_id": "n",
                "ehcn_ehcp_asmt_id": "a",
                "ehca_ehcp_assessment_id": "a",
                "ehca_ehcp_request_id": "q",
                "ehcn_named_plan_ceased_date": "2020-01-01",
            },
        )
        for name, person in (("dead", DEAD), ("alive", ALIVE))
    ),
)


def _lists(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    return {c: choices(SHIPPED[owner(c).table][c], ssd()) for c in scenario.drawn}


def _with(scenario: Scenario, codes: Mapping[str, str | None]) -> Values:
    """The dataset with ``codes`` in the first row; the other rows of the table say nothing."""
    table = owner(scenario.drawn[0]).table
    rows = max(
        len(v) if isinstance(v, list) else 1
        for c, v in scenario.values.items()
        if owner(c).table == table
    )
    return {**scenario.values, **{c: [codes.get(c)] + [None] * (rows - 1) for c in scenario.drawn}}


def _combinations(scenario: Scenario, filled: tuple[str, ...]) -> set[tuple[str, ...]]:
    """What comes out for the first row, over many copies of the dataset side by side."""
    lists = _lists(scenario)
    once = _with(scenario, {c: lists[c][0] for c in filled})
    tables: dict[str, dict[str, list[str | None]]] = {}
    for name, value in once.items():
        spec = owner(name)
        values = value if isinstance(value, list) else [value]
        tied = SHIPPED[spec.table][name].treatment == "identifier"
        copies = [
            f"{one}{n:04}" if tied and one is not None and name != "clap_cla_placement_urn" else one
            for n in range(COPIES)
            for one in values
        ]
        tables.setdefault(spec.table, {})[name] = copies
    table = owner(scenario.drawn[0]).table
    after = staged(tables).scramble(table)
    firsts = after.gather_every(after.height // COPIES).select(filled)
    drawn = [tuple(map(str, row)) for row in firsts.rows()]
    assert even(drawn, sorted(set(drawn)))
    return set(drawn)


def _allowed(scenario: Scenario, filled: tuple[str, ...]) -> set[tuple[str, ...]]:
    lists = _lists(scenario)
    allowed = set()
    for codes in product(*(lists[c] for c in filled)):
        dataset = _dataset(scenario, _with(scenario, dict(zip(filled, codes, strict=True))))
        counts = [check(dataset) for rule in scenario.rules if (check := _RULES[rule].violations)]
        assert None not in counts
        if not any(counts):
            allowed.add(codes)
    return allowed


def _dataset(scenario: Scenario, values: Values) -> Mapping[str, pl.LazyFrame]:
    """All tables that the rules read, with all their columns, in the types of the spec."""
    tables: dict[str, dict[str, list[str | None]]] = {}
    for name, value in values.items():
        tables.setdefault(owner(name).table, {})[name] = (
            value if isinstance(value, list) else [value]
        )
    needed = {table for rule in scenario.rules for table in _RULES[rule].tables}
    return {
        table: pl.LazyFrame(
            [
                pl.Series(c.name, held.get(c.name, [None] * height), dtype=pl.String)
                for c in ssd().tables[table].columns.values()
            ]
        ).with_columns(
            pl.col(c.name).str.to_datetime("%Y-%m-%d")
            if c.dtype == pl.Datetime
            else pl.col(c.name).cast(c.dtype)
            for c in ssd().tables[table].columns.values()
        )
        for table in needed | set(tables)
        for held in [tables.get(table, {})]
        for height in [len(next(iter(held.values()), []))]
    }


def _fillings(scenario: Scenario) -> list[tuple[str, ...]]:
    sizes = range(len(scenario.drawn) if scenario.whole else 1, len(scenario.drawn) + 1)
    return list(chain.from_iterable(combinations(scenario.drawn, size) for size in sizes))


CASES = [
    pytest.param(scenario, filled, id=f"{scenario}-{'+'.join(filled)}")
    for scenario in SCENARIOS
    for filled in _fillings(scenario)
]


@pytest.mark.parametrize(("scenario", "filled"), CASES)
def test_what_is_drawn_is_what_the_rules_allow(scenario: Scenario, filled: tuple[str, ...]) -> None:
    drawn, allowed = _combinations(scenario, filled), _allowed(scenario, filled)
    hard = all(_RULES[rule].hard for rule in scenario.rules)
    if hard and allowed:
        assert drawn <= allowed
    if not scenario.narrower and hard and allowed:
        assert drawn == allowed


def test_every_group_that_forbids_something_has_a_scenario() -> None:
    seen = {column for scenario in SCENARIOS for column in scenario.drawn}
    forbidding = {
        c for group in GROUPS for c in group.columns if group.allows.__name__ != "_anything"
    }
    assert forbidding == seen
