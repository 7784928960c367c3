"""Codes: descriptions in their place, other spellings, local codes, padding and placeholders."""

from __future__ import annotations

import polars as pl

from scrambler.ssd import ssd
from scrambler.synthetic.faults.injector import FaultInjector

_BOTH = {
    "ssd_cla_episodes": (
        ("clae_cla_episode_start_reason", " - "),
        ("clae_cla_episode_ceased_reason", " "),
    ),
    "ssd_care_leavers": (
        ("clea_care_leaver_accommodation", " "),
        ("clea_care_leaver_accom_suitable", " - "),
        ("clea_care_leaver_activity", " "),
    ),
    "ssd_cla_reviews": (("clar_cla_review_participation", " "),),
}
"""Columns that System C fills with the code and its description."""


def _labels(column: pl.Expr, code_list: str, joint: str | None = None) -> pl.Expr:
    """Return the description of a code, after the code itself where there is a ``joint``."""
    listed = ssd().code_lists[code_list]
    label = column.replace_strict(
        list(listed.codes), list(listed.labels), default=None, return_dtype=pl.String
    )
    return label if joint is None else pl.concat_str(column, pl.lit(joint), label)


def described(injector: FaultInjector) -> None:
    """Put descriptions beside or in place of codes; gender in the letters of sex."""
    for table, columns in _BOTH.items():
        for name, joint in columns:
            listed = ssd().tables[table].columns[name].code_list or ""
            spelt = _labels(pl.col(name), listed, joint)
            injector.change(table, 0.7, pl.col(name).is_not_null(), **{name: spelt})
    person = "ssd_person"
    injector.change(person, 1.0, pers_gender=pl.col("pers_sex"))
    sex = _labels(pl.col("pers_sex"), "sex")
    injector.change(person, 0.1, pers_sex=sex, pers_gender=sex)
    injector.change(person, 0.1, pers_ethnicity=_labels(pl.col("pers_ethnicity"), "ethnicity"))
    for usual, variant in (("MWBA", "MWBa"), ("CHNE", "CNHE"), ("NOBT", "??"), ("OOTH", "ORAB")):
        injector.change(person, 0.6, pl.col("pers_ethnicity") == usual, pers_ethnicity=variant)
    injector.change("ssd_legal_status", 0.5,
                lega_legal_status=_labels(pl.col("lega_legal_status"), "legal_status"))  # fmt: skip
    injector.change("ssd_immigration_status", 1.0, pl.col("immi_immigration_status") == "U",
                immi_immigration_status="Unaccompanied Asylum Seeking Child")  # fmt: skip


def missing(injector: FaultInjector) -> None:
    """Put placeholders, zeros and empty text where a value is not known."""
    injector.change("ssd_person", 0.03, pers_single_unique_id="SSD_SUI")
    injector.change("ssd_linked_identifiers", 0.04, link_identifier_value="SSD_PH")
    injector.change("ssd_early_help_episodes", 0.5, earl_episode_worker_id="SSD_PH")
    injector.change("ssd_sdq_scores", 0.8, pl.col("csdq_sdq_score").is_not_null(),
                csdq_sdq_reason="SSD_PH")  # fmt: skip
    injector.change("ssd_s251_finance", 0.5, s251_placeholder_1="PLACEHOLDER_DATA")
    for unknown in ("0", "", "-1"):
        injector.change("ssd_cin_plans", 0.04, cinp_cin_plan_team=unknown,
                    cinp_cin_plan_worker_id=unknown)  # fmt: skip
    injector.change(
        "ssd_cin_episodes", 0.5, pl.col("cine_close_date").is_null(), cine_close_reason=""
    )
    injector.change("ssd_cla_reviews", 0.1, clar_cla_review_participation="")
    injector.change("ssd_address", 0.03, addr_address_postcode="")
    injector.change("ssd_cla_placement", 0.05, clap_cla_placement_distance=pl.lit(999.9))
    injector.change("ssd_cla_placement", 0.1, pl.col("clap_cla_placement_urn").is_not_null(),
                clap_cla_placement_urn="XXXXXXX")  # fmt: skip


def local(injector: FaultInjector) -> None:
    """Put codes that no list knows, and answers where flags belong."""
    injector.change("ssd_contacts", 0.05, cont_contact_source_code="LOCAL7")
    injector.change("ssd_contacts", 0.05, cont_contact_source_code=None)
    injector.change("ssd_address", 0.05, addr_address_type="LOCAL7")
    injector.change("ssd_cla_health", 0.03, clah_health_check_status="LOCAL7")
    injector.change("ssd_involvements", 0.03, pl.col("invo_professional_role_id") != "CW",
                invo_professional_role_id="LOCAL7")  # fmt: skip
    injector.change("ssd_cla_placement", 0.05,
                pl.col("clap_cla_placement_change_reason").is_not_null(),
                clap_cla_placement_change_reason="LOCAL7")  # fmt: skip
    injector.change("ssd_cp_reviews", 0.2, cppr_cp_review_quorate="Yes - quorate with two agencies")


def padded(injector: FaultInjector) -> None:
    """Pad NCHAR columns with blanks to their width."""
    injector.change("ssd_person", 1.0, pers_send_flag=pl.col("pers_send_flag").str.pad_end(5))
    name = "prep_parents_legal_rep_point_of_issue"
    injector.change("ssd_pre_proceedings", 1.0, **{name: pl.col(name).str.pad_end(2)})
