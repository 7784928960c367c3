"""Every rule that can be checked holds on clean data, over two blocks; and some held by hand."""

from __future__ import annotations

import json
from datetime import timedelta

import polars as pl
import pytest

from scrambler.ssd import ssd
from scrambler.ssd.rules import check
from scrambler.ssd.rules.statutory import STATUTORY, evaluate
from scrambler.synthetic import AS_OF
from scrambler.synthetic.outcomes import flags
from tests.synthetic.conftest import Tables, whole

OUTCOMES = {
    "ssd_contacts": "cont_contact_outcome_json",
    "ssd_cin_episodes": "cine_referral_outcome_json",
    "ssd_cin_assessments": "cina_assessment_outcome_json",
    "ssd_s47_enquiry": "s47e_s47_outcome_json",
    "ssd_initial_cp_conference": "icpc_icpc_outcome_json",
}


def test_every_rule_holds_that_can_be_checked(clean: Tables) -> None:
    outcomes = check({table: frame.lazy() for table, frame in clean.items()})
    assert [(one.rule.id, one.violations) for one in outcomes if one.violations != 0] == []


def _broken(tables: Tables) -> list[str]:
    frames = {table: frame.lazy() for table, frame in tables.items()}
    failures = evaluate(frames, STATUTORY, AS_OF - timedelta(days=1)).failures
    return [rule.code for rule in STATUTORY if failures.get(rule.id)]


def test_no_statutory_rule_fails(clean: Tables) -> None:
    assert _broken(clean) == []


@pytest.mark.parametrize(("children", "seed"), [(1, 1), (20, 2), (300, 5), (300, 6), (300, 7)])
def test_no_statutory_rule_fails_at_any_size_and_seed(children: int, seed: int) -> None:
    assert _broken(whole(children, seed)) == []


def test_structures_of_real_systems_are_there(clean: Tables) -> None:
    referrals, enquiries = clean["ssd_cin_episodes"], clean["ssd_s47_enquiry"]
    open_without_action = (pl.col("cine_referral_nfa") == "Y") & pl.col("cine_close_date").is_null()
    assert referrals.filter(open_without_action).height > 100
    conferences = clean["ssd_initial_cp_conference"]
    needed = pl.col("s47e_s47_outcome_json").str.contains('"CP_CONFERENCE_FLAG":"Y"')
    waiting = enquiries.filter(needed).join(
        conferences, left_on="s47e_s47_enquiry_id", right_on="icpc_s47_enquiry_id", how="anti"
    )
    assert waiting.height
    assert conferences["icpc_s47_enquiry_id"].null_count()
    people = clean["ssd_person"]
    assert (people["pers_expected_dob"].cast(pl.Date) > AS_OF).any()
    assert (people["pers_upn_unknown"] == "UN7").any()


def test_siblings_share_family_address_and_meetings(clean: Tables) -> None:
    families = clean["ssd_family"].group_by("fami_family_id").agg(
        pl.col("fami_person_id").n_unique()
    )  # fmt: skip
    assert 1.3 < families["fami_person_id"].mean() < 2.5
    homes = clean["ssd_address"].group_by("addr_address_json").agg(
        pl.col("addr_person_id").n_unique(), pl.col("addr_address_postcode").n_unique()
    )  # fmt: skip
    assert (homes["addr_person_id"] > 1).sum() > 500
    assert (homes["addr_address_postcode"] == 1).all()
    meetings = clean["ssd_cp_reviews"].group_by("cppr_cp_review_meeting_id").agg(
        pl.col("cppr_cp_review_date").n_unique(), pl.len()
    )  # fmt: skip
    assert (meetings["cppr_cp_review_date"] == 1).all()
    assert (meetings["len"] > 1).any()


def test_the_latest_address_and_the_latest_former_upn_are_single_rows(clean: Tables) -> None:
    former = clean["ssd_linked_identifiers"].filter(
        pl.col("link_identifier_type") == "Former Unique Pupil Number"
    )
    for rows, keys in (
        (clean["ssd_address"], ["addr_person_id", "addr_address_start_date"]),
        (former, ["link_person_id", "link_valid_from_date"]),
        (clean["ssd_care_leavers"].drop_nulls("clea_care_leaver_latest_contact"),
         ["clea_person_id", "clea_care_leaver_latest_contact"]),
        (clean["ssd_permanence"], ["perm_person_id"]),
    ):  # fmt: skip
        assert rows.select(keys).is_unique().all()


def test_a_mother_is_fifteen_years_older(clean: Tables) -> None:
    born = clean["ssd_person"].select("pers_person_id", "pers_dob", "pers_is_mother")
    pairs = clean["ssd_mother"].join(born, left_on="moth_person_id", right_on="pers_person_id")
    assert (pairs["pers_is_mother"] == "Y").all()
    assert ((pairs["moth_childs_dob"] - pairs["pers_dob"]).dt.total_days() > 15 * 365).all()
    assert (born["pers_is_mother"] == "Y").sum() == pairs.height


def test_episodes_chain_without_a_gap(clean: Tables) -> None:
    rows = clean["ssd_cla_episodes"].sort("clae_cla_id", "clae_cla_episode_start_date")
    following = rows.with_columns(
        later=pl.col("clae_cla_episode_start_date").shift(-1).over("clae_cla_id")
    )
    chained = following.filter(pl.col("later").is_not_null())
    assert (chained["later"] == chained["clae_cla_episode_ceased_date"]).all()
    assert (chained["clae_cla_episode_ceased_reason"] == "X1").all()
    last = following.filter(pl.col("later").is_null())
    assert (last["clae_cla_episode_ceased_reason"].fill_null("") != "X1").all()
    first = rows.group_by("clae_cla_id", maintain_order=True).first()
    assert (first["clae_cla_episode_start_reason"] == "S").all()
    assert rows.height > 1.8 * first.height


def test_some_casenotes_are_in_both_visit_tables_alike(clean: Tables) -> None:
    both = clean["ssd_cp_visits"].join(
        clean["ssd_cin_visits"], left_on="cppv_cp_visit_id", right_on="cinv_cin_visit_id"
    )
    assert both.height > 100
    for kind in ("date", "seen", "seen_alone", "bedroom"):
        assert both[f"cppv_cp_visit_{kind}"].equals(both[f"cinv_cin_visit_{kind}"])


def test_outcomes_have_every_key_and_count_their_flags(clean: Tables) -> None:
    for table, column in OUTCOMES.items():
        for text in clean[table][column].head(400):
            outcome = json.loads(text)
            missing = set(flags(table)) - set(outcome)
            assert missing <= ({"NFA_FLAG"} if table == "ssd_cin_episodes" else set())
            total = outcome.get("NUMBER_OF_OUTCOMES", outcome.get("TOTAL_NO_OF_OUTCOMES"))
            assert total == sum(outcome.get(flag) == "Y" for flag in flags(table))


def test_comments_name_the_child(clean: Tables) -> None:
    named = clean["ssd_contacts"].join(
        clean["ssd_person"], left_on="cont_person_id", right_on="pers_person_id"
    )
    full = named.select(pl.concat_str("pers_forename", pl.lit(" "), "pers_surname")).to_series()
    assert named["cont_contact_outcome_json"].str.contains(full, literal=True).all()


def test_factors_are_in_list_order(clean: Tables) -> None:
    order = {code: place for place, code in enumerate(ssd().code_lists["assessment_factors"].codes)}
    sizes = set()
    for text in clean["ssd_assessment_factors"]["cinf_assessment_factors_json"].head(2_000):
        places = [order[code] for code in json.loads(text)]
        assert places == sorted(set(places))
        sizes.add(len(places))
    assert {1, 2, 3, 4} <= sizes


def test_addresses_are_objects_of_ten_keys_in_no_real_place(clean: Tables) -> None:
    sizes = {len(json.loads(text)) for text in clean["ssd_address"]["addr_address_json"].unique()}
    assert sizes == {10}
    form = r"^XX\d{1,2} \d[A-Z]{2}$"
    assert clean["ssd_address"]["addr_address_postcode"].str.contains(form).all()
    assert clean["ssd_cla_placement"]["clap_cla_placement_postcode"].str.contains(form).all()


def test_proportions_are_those_of_an_authority(clean: Tables) -> None:
    persons, n = clean["ssd_person"], clean["ssd_person"].height
    assert persons["pers_dob"].null_count() / n == pytest.approx(0.01, abs=0.005)
    assert persons["pers_death_date"].count() / n == pytest.approx(0.005, abs=0.003)
    assert 0.7 < clean["ssd_cin_episodes"]["cine_person_id"].n_unique() / n < 0.95
    assert 0.05 < clean["ssd_cp_plans"]["cppl_person_id"].n_unique() / n < 0.25
    assert 0.1 < clean["ssd_cla_episodes"]["clae_person_id"].n_unique() / n < 0.25
    assert clean["ssd_cin_episodes"]["cine_close_date"].null_count() > n * 0.1
