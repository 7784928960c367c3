from typing import Any

import polars as pl
import pytest

from scrambler.ssd import ssd
from tests.columns import each_column, treated
from tests.contexts import SHIPPED, Local, staged
from tests.law import even, independent

ROWS = 20_000
LISTS = ssd().code_lists


def _persons(column: str, values: list[Any], local: Local | None = None, **more: Any) -> list[Any]:
    keys = [f"p{n}" for n in range(len(values))]
    tables = {"ssd_person": {"pers_person_id": keys, column: values, **more}}
    return staged(tables, local=local).column("ssd_person", column)


HANGING: list[tuple[str, str, dict[str, str], set[str]]] = [
    ("ssd_person", "pers_upn_unknown", {}, {"UN2", "UN3", "UN4", "UN5", "UN6"}),
    # Nothing hangs on the referral, nor is a need recorded.
    ("ssd_cin_episodes", "cine_referral_nfa", {}, {"Y"}),
    ("ssd_cin_episodes", "cine_referral_nfa", {"cine_cin_primary_need_code": "N1"}, {"Y", "N"}),
    # An open status of somebody who is not looked after: neither order nor protection.
    ("ssd_legal_status", "lega_legal_status", {}, {"C1", "V2"}),
    (
        "ssd_permanence",
        "perm_permanence_order_type",
        {},
        {"Special Guardianship Order", "Child Arrangements/ Residence Order"},
    ),
    # No plan hangs on the conference; nobody was placed for adoption.
    ("ssd_initial_cp_conference", "icpc_icpc_outcome_cp_flag", {}, {"N"}),
    ("ssd_permanence", "perm_adopted_by_carer_flag", {}, {"N"}),
    # The plan goes on after the review; nobody took part in what was cancelled.
    ("ssd_cp_reviews", "cppr_cp_review_outcome_continue_cp", {}, {"Y"}),
    ("ssd_cla_reviews", "clar_cla_review_cancelled", {}, {"Y"}),
    (
        "ssd_cla_reviews",
        "clar_cla_review_cancelled",
        {"clar_cla_review_participation": "PN1"},
        {"N"},
    ),
]
"""Columns whose draw hangs on the row: table, column, what stands beside it, what is drawn then."""


def _alone() -> list[tuple[str, str]]:
    """Columns drawn evenly from their whole list, whatever stands beside them."""
    grouped = {
        "pers_sex", "pers_is_mother", "pers_send_flag", "cine_close_reason",
        "clae_cla_episode_start_reason", "clae_cla_episode_ceased_reason",
        "clap_cla_placement_type", "clap_cla_placement_provider",
        "cppr_cp_review_participation", "clar_cla_review_participation",
        "perm_part_of_sibling_group", "perm_adopter_sex", "perm_adopter_legal_status",
        "lapp_previous_permanence_option", "miss_missing_rhi_offered", "miss_missing_rhi_accepted",
        "clea_care_leaver_in_touch", "clea_care_leaver_accommodation", "prep_pre_pro_outcome",
        "prep_la_final_care_plan", "ehcr_ehcp_req_outcome", "ehca_ehcp_assessment_outcome",
        "ehcn_named_plan_ceased_reason", *(column for _, column, _, _ in HANGING),
    }  # fmt: skip
    return [
        (table, name)
        for table, name in treated("code")
        if not {"within", "follows", "fixed"} & SHIPPED[table][name].parameters.keys()
        and name not in grouped
        and not name.endswith(("_seen_alone", "_bedroom"))
    ]


@each_column(_alone())
def test_every_lone_column_is_even_and_independent(table: str, column: str) -> None:  # T7
    codes = LISTS[SHIPPED[table][column].parameters["list"]].codes
    # Far more of the first code than of the others, as real columns are.
    before = [codes[0] if n % 3 else codes[n % len(codes)] for n in range(ROWS)]
    key = ssd().tables[table].primary_key[0]
    stage = staged({table: {key: [f"k{n}" for n in range(ROWS)], column: before}})
    after = stage.column(table, column)
    if after and isinstance(after[0], bool):
        after = [str(int(one)) for one in after]
    assert even(after, codes)
    assert independent(before, after)


@pytest.mark.parametrize(("table", "column", "beside", "allowed"), HANGING)
def test_what_hangs_on_a_row_is_even_over_what_that_allows_and_independent(
    table: str, column: str, beside: dict[str, str], allowed: set[str]
) -> None:  # T7
    codes = LISTS[SHIPPED[table][column].parameters["list"]].codes
    assert allowed <= set(codes)
    before = [codes[0] if n % 3 else codes[n % len(codes)] for n in range(ROWS)]
    key = ssd().tables[table].primary_key[0]
    columns = {key: [f"k{n}" for n in range(ROWS)], column: before}
    stage = staged({table: columns | {name: [code] * ROWS for name, code in beside.items()}})
    after = stage.column(table, column)
    assert even(after, sorted(allowed))
    assert independent(before, after)


def test_nulls_blanks_and_sentinels_stay() -> None:
    values = [None, "", "  ", "SSD_PH", "-1", "0"]
    assert _persons("pers_nationality", values) == [None, "", "", "SSD_PH", "-1", "0"]


def test_a_sentinel_that_is_a_code_of_the_list_is_drawn() -> None:
    column = "perm_part_of_sibling_group"
    keys = [f"k{n}" for n in range(400)]
    counts = {"perm_siblings_placed_together": [1] * 400}
    stage = staged({"ssd_permanence": {"perm_table_id": keys, column: ["0"] * 400, **counts}})
    assert set(stage.column("ssd_permanence", column)) == {"0", "1"}


@pytest.mark.parametrize("value", ["not in the list", "free text about Ann", "ZZ", "?"])
def test_what_is_no_code_never_stays(value: str) -> None:
    after = _persons("pers_ethnicity", [value] * 200)
    assert set(after) <= set(LISTS["ethnicity"].codes)
    assert len(set(after)) > 10


def test_padding_does_not_matter() -> None:
    assert _persons("pers_ethnicity", ["WBRI  "]) == _persons("pers_ethnicity", ["AIND"])


def test_the_value_decides_nothing() -> None:  # T3
    first, other = (_persons("pers_ethnicity", [code] * 50) for code in ("WBRI", "AIND"))
    assert first == other


def test_the_same_row_draws_differently_in_each_column() -> None:
    keys = [f"k{n}" for n in range(ROWS)]
    flags = {c: ["Y"] * ROWS for c in ("voch_explained_worries", "voch_plan_safe")}
    stage = staged({"ssd_voice_of_child": {"voch_table_id": keys, **flags}})
    one, other = (stage.column("ssd_voice_of_child", name) for name in flags)
    assert independent(one, other)


def test_code_description_and_both_keep_their_form() -> None:
    listed = LISTS["worker_change_reason"]
    code, label = listed.codes[0], listed.labels[0]
    both = {f"{c} {text}" for c, text in zip(listed.codes, listed.labels, strict=True)}
    forms = {
        code: set(listed.codes),
        label: set(listed.labels),
        label.upper(): set(listed.labels),
        f"{code} {label}": both,
        f"{code} - {label}": both,
    }
    keys = [f"k{n}" for n in range(600)]
    for value, allowed in forms.items():
        table = {"invo_involvements_id": keys, "invo_worker_change_reason": [value] * 600}
        after = staged({"ssd_involvements": table}).column(
            "ssd_involvements", "invo_worker_change_reason"
        )
        assert set(after) == allowed


@each_column((t, c) for t, c in treated("code") if "prefixed" in SHIPPED[t][c].parameters)
def test_where_the_payload_cuts_a_description_starts_with_its_code(table: str, column: str) -> None:
    assignment = SHIPPED[table][column]
    listed = LISTS[assignment.parameters["list"]]
    width = assignment.column.width
    spelled = [f"{c} {text}" for c, text in zip(listed.codes, listed.labels, strict=True)]
    fits = width is None or max(map(len, spelled)) <= width
    allowed = set(spelled if fits else listed.codes)
    keys = [f"k{n}" for n in range(300)]
    key = ssd().tables[table].primary_key[0]
    label = next(
        text for code, text in zip(listed.codes, listed.labels, strict=True) if text != code
    )
    stage = staged({table: {key: keys, column: [label] * 300}})
    assert set(stage.column(table, column)) <= allowed


@pytest.mark.parametrize(
    ("table", "column"),
    [(t, c) for t, columns in SHIPPED.items() for c, a in columns.items() if a.treatment == "code"],
    ids=lambda name: name,
)
def test_nothing_drawn_is_wider_than_its_column(table: str, column: str) -> None:
    assignment = SHIPPED[table][column]
    if assignment.column.width is None:
        return
    listed = LISTS[assignment.parameters["list"]]
    pairs = list(zip(listed.codes, listed.labels, strict=True))
    values = [form for c, text in pairs for form in (c, text, f"{c} {text}")]
    key = ssd().tables[table].primary_key[0]
    keys = [f"k{n}" for n in range(len(values))]
    after = staged({table: {key: keys, column: values}}).column(table, column)
    assert max(len(one) for one in after if one) <= assignment.column.width


@pytest.mark.parametrize("values", [[True, False, None], [1, 0, None]])
def test_bits_stay_bits(values: list[Any]) -> None:
    keys = [f"k{n}" for n in range(len(values) * 100)]
    stage = staged({"ssd_cohort": {"dim_person_id": keys, "has_contact": values * 100}})
    after = stage.column("ssd_cohort", "has_contact")
    assert set(after[::3]) == set(after[1::3]) == {True, False}
    assert set(after[2::3]) == {None}


def test_uasc_keeps_its_meaning_and_nothing_else_gains_it() -> None:  # C026
    values = [
        "U",
        "UASC",
        "Former UASC (18+)",
        "unaccompanied asylum seeking child",
        "Refugee Status",
    ]
    keys = [f"k{n}" for n in range(len(values) * 50)]
    stage = staged(
        {
            "ssd_immigration_status": {
                "immi_immigration_status_id": keys,
                "immi_immigration_status": values * 50,
            }
        }
    )
    after = stage.column("ssd_immigration_status", "immi_immigration_status")
    assert set(after[0::5]) == {"U"}
    assert set(after[1::5]) == set(after[2::5]) == {"UASC"}
    assert set(after[3::5]) == {"Unaccompanied Asylum Seeking Child"}
    assert not any("UASC" in one or one == "U" for one in after[4::5])


def test_cw_stays_and_no_other_role_becomes_it() -> None:  # C116
    keys = [f"k{n}" for n in range(300)]
    roles = ["CW", "IRO", "16PLUS"] * 100
    stage = staged(
        {"ssd_involvements": {"invo_involvements_id": keys, "invo_professional_role_id": roles}}
    )
    after = stage.column("ssd_involvements", "invo_professional_role_id")
    assert [one == "CW" for one in after] == [role == "CW" for role in roles]


def test_gender_as_a_letter_follows_sex() -> None:  # C021
    keys = [f"p{n}" for n in range(400)]
    sexes = ["M", "F", None, ""] * 100
    genders = ["M", "F", "F", "01"] * 100
    stage = staged(
        {"ssd_person": {"pers_person_id": keys, "pers_sex": sexes, "pers_gender": genders}}
    )
    sex, gender = (stage.column("ssd_person", c) for c in ("pers_sex", "pers_gender"))
    assert gender[0::4] == sex[0::4]
    assert gender[1::4] == sex[1::4]
    # Where there is no sex to follow, the own list is drawn from.
    assert set(gender[2::4]) == set(gender[3::4]) == set(LISTS["gender"].codes)


@pytest.mark.parametrize("local", [{"pers_sex": ("clear", {})}, {"pers_is_mother": ("clear", {})}])
def test_a_neighbour_that_is_cleared_is_not_drawn_from(local: Local) -> None:
    tables = {
        "ssd_person": {
            "pers_person_id": ["1", "2"],
            "pers_sex": ["M", "F"],
            "pers_gender": ["M", "F"],
            "pers_is_mother": ["N", "Y"],
            "pers_forename": ["Ann", "Bob"],
        }
    }
    after = staged(tables, local=local).scramble("ssd_person")
    (cleared,) = local
    assert after[cleared].null_count() == 2
    assert after.drop(cleared).null_count().sum_horizontal()[0] == 0


UPN, TEMPORARY = "B801200005001", "A80120000511B"


def test_a_upn_as_its_own_reason_becomes_the_persons_upn() -> None:  # C009
    values = {"pers_upn": [UPN, TEMPORARY, None], "pers_upn_unknown": [UPN, TEMPORARY, "UN4"]}
    after = staged({"ssd_person": {"pers_person_id": ["1", "2", "3"], **values}}).scramble(
        "ssd_person"
    )
    assert after["pers_upn"].to_list()[:2] == after["pers_upn_unknown"].to_list()[:2]
    assert not {UPN, TEMPORARY} & set(after["pers_upn"])
    assert after["pers_upn_unknown"][2] in LISTS["upn_unknown"].codes


def test_disability_codes_differ_and_none_stands_alone() -> None:  # C023
    persons = [f"p{n % 700}" for n in range(2_000)] + [f"lone{n}" for n in range(2_000)]
    keys = [f"k{n}" for n in range(len(persons))]
    stage = staged(
        {
            "ssd_disability": {
                "disa_table_id": keys,
                "disa_person_id": persons,
                "disa_disability_code": ["MOB"] * len(persons),
            }
        }
    )
    codes = stage.column("ssd_disability", "disa_disability_code")
    frame = pl.DataFrame({"person": persons, "code": codes})
    groups = frame.group_by("person").agg(pl.col("code"))
    several = groups.filter(pl.col("code").list.len() > 1)
    assert several.filter(pl.col("code").list.n_unique() < pl.col("code").list.len()).is_empty()
    assert several.filter(pl.col("code").list.contains("NONE")).is_empty()
    others = [code for code in LISTS["disability"].codes if code != "NONE"]
    assert even(
        frame.filter(pl.col("person").str.starts_with("lone"))["code"].to_list(), [*others, "NONE"]
    )
    assert even([c for c, p in zip(codes, persons, strict=True) if p[0] == "p"], others)


def test_ranks_number_the_needs_of_a_plan_and_types_differ() -> None:  # C130
    plans = [f"e{n // 2}" for n in range(1_000)] + [f"one{n}" for n in range(100)]
    keys = [f"k{n}" for n in range(len(plans))]
    stage = staged(
        {
            "ssd_sen_need": {
                "senn_table_id": keys,
                "senn_active_ehcp_id": plans,
                "senn_active_ehcp_need_type": ["ASD"] * len(plans),
                "senn_active_ehcp_need_rank": ["1"] * len(plans),
            }
        }
    )
    ranks = stage.column("ssd_sen_need", "senn_active_ehcp_need_rank")
    types = stage.column("ssd_sen_need", "senn_active_ehcp_need_type")
    assert all({a, b} == {"1", "2"} for a, b in zip(ranks[:1000:2], ranks[1:1000:2], strict=True))
    assert set(ranks[1000:]) == {"1"}
    assert all(a != b for a, b in zip(types[:1000:2], types[1:1000:2], strict=True))
    assert even(ranks[:1000:2], ["1", "2"])


def test_without_a_row_key_each_sibling_counts_as_alone() -> None:
    stage = staged(
        {"ssd_disability": {"disa_person_id": ["1", "2"], "disa_disability_code": ["MOB", "HAND"]}}
    )
    assert set(stage.column("ssd_disability", "disa_disability_code")) <= set(
        LISTS["disability"].codes
    )
