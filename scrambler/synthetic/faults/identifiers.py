"""Identifiers that are not what their column says: names, staff ids, glued and swapped ids."""

from __future__ import annotations

import polars as pl

from scrambler.synthetic.faults.injector import FaultInjector

_GLUED = 0.15


def pupils(injector: FaultInjector) -> None:
    """Swap UPN and reason: UN codes as UPN, and the beginning of a UPN as the reason (trap 3)."""
    reason, upn = pl.col("pers_upn_unknown"), pl.col("pers_upn")
    injector.change("ssd_person", 0.3, reason.is_not_null(), pers_upn=reason, pers_upn_unknown=None)
    # The column is six wide: what does not fit was cut.
    injector.change(
        "ssd_person", 0.1, upn.str.len_chars() == 13, pers_upn_unknown=upn.str.slice(0, 6)
    )


def workers(injector: FaultInjector) -> None:
    """Put staff ids and names where professional ids belong, and trailing blanks (trap 2)."""
    known = injector.professionals
    ids = known["prof_professional_id"]

    def turned(column: str, into: str) -> pl.Expr:
        return pl.col(column).replace_strict(ids, known[into], default=pl.col(column))

    staff, name = "prof_staff_id", "prof_professional_name"
    for table, column in (
        ("ssd_s47_enquiry", "s47e_s47_completed_by_worker_id"),
        ("ssd_initial_cp_conference", "icpc_icpc_worker_id"),
    ):
        injector.change(table, 1.0, **{column: turned(column, staff)})
    for table, column, share in (
        ("ssd_cin_episodes", "cine_referral_worker_id", 0.8),
        ("ssd_care_leavers", "clea_care_leaver_personal_advisor", 0.2),
    ):
        injector.change(table, share, **{column: turned(column, name)})
    injector.change("ssd_missing", 0.5, miss_person_id=pl.col("miss_person_id") + "  ")


def glued(injector: FaultInjector) -> None:
    """Glue the person id to assessment, factor, conference and referral ids (trap 4).

    Factors and plans go on holding the bare id, and most tables the bare referral id, so those
    references lead nowhere, as they do in Eclipse and Mosaic.
    """
    person, bare = pl.col("cina_person_id"), pl.col("cina_assessment_id")
    factors, row = "ssd_assessment_factors", pl.col("cinf_table_id")
    owner = injector.frames["ssd_cin_assessments"].select(bare.alias("cinf_assessment_id"), person)
    wide = injector.frames[factors].join(
        owner, on="cinf_assessment_id", how="left", maintain_order="left"
    )
    injector.frames[factors] = wide
    injector.change(factors, _GLUED, cinf_table_id=person + row)
    injector.frames[factors] = injector.frames[factors].drop("cina_person_id")
    injector.change("ssd_cin_assessments", _GLUED, cina_assessment_id=person + bare)
    injector.change("ssd_initial_cp_conference", _GLUED,
                icpc_icpc_id=pl.col("icpc_icpc_id") + pl.col("icpc_person_id"))  # fmt: skip

    referral = injector.frames["ssd_cin_episodes"].filter(
        pl.Series(injector.some("ssd_cin_episodes", _GLUED))
    )
    before, after = (
        referral["cine_referral_id"],
        referral.select(pl.col("cine_person_id") + pl.col("cine_referral_id")).to_series(),
    )
    for table, column in (
        ("ssd_cin_episodes", "cine_referral_id"),
        ("ssd_cin_assessments", "cina_referral_id"),
        ("ssd_cin_plans", "cinp_referral_id"),
        ("ssd_cp_plans", "cppl_referral_id"),
    ):
        known = pl.col(column).replace_strict(before, after, default=pl.col(column))
        injector.change(table, 1.0, **{column: known})


def misled(injector: FaultInjector) -> None:
    """Fill the permanence person from the legacy id where that is another child's id (trap 2).

    Fill some placement URNs with the property number (Eclipse), and a team id with the team name.
    """
    person = injector.frames["ssd_person"].select("pers_person_id", "pers_legacy_id")
    clash = person.filter(pl.col("pers_legacy_id").is_in(person["pers_person_id"].implode()))
    mapped = pl.col("perm_person_id").replace_strict(
        clash["pers_person_id"], clash["pers_legacy_id"], default=pl.col("perm_person_id")
    )
    injector.change("ssd_permanence", 1.0, perm_person_id=mapped)
    urn = pl.col("clap_cla_placement_urn")
    injector.change("ssd_cla_placement", 0.1, urn.str.starts_with("SC"),
                clap_cla_placement_urn="99" + urn.str.slice(2) + "0042")  # fmt: skip
    injector.change("ssd_involvements", 0.02, invo_professional_team="North Assessment Team 1")


def typed(injector: FaultInjector) -> None:
    """Fill teams and registration numbers as System C does: copied from what was typed."""
    number = pl.col("prof_social_worker_registration_no")
    injector.change("ssd_professionals", 0.1, number.is_not_null(),
                prof_social_worker_registration_no=number.str.to_lowercase())  # fmt: skip
    injector.change("ssd_professionals", 0.1, prof_agency_worker_flag=None)
    injector.change("ssd_department", 0.3, dept_team_parent_id="910",
                dept_team_parent_name="Social care department")  # fmt: skip
