"""The SSDA903 return: placements, decisions to place for adoption, adopters."""

from typing import Any

from .dataset import BASE, Case, another, breaking, change

FIRST, NOW, FOSTERED, ADOPTIVE, LEFT = range(5)


def _type(code: str, at: int, kind: str, **changes: Any) -> Case:
    return change(code, "cla_placement", at, clap_cla_placement_type=kind, **changes)


def _by(code: str, provider: str | None, kind: str) -> Case:
    return _type(code, FIRST, kind, clap_cla_placement_provider=provider)


def _decision(code: str, **changes: Any) -> Case:
    return change(
        code, "permanence", 0, **{f"perm_{name}": value for name, value in changes.items()}
    )


CASES = (
    _type("146", FIRST, "Q1"),
    _type("371", FIRST, "H5"),
    _type("372", FOSTERED, "R5"),
    _type("373", FOSTERED, "S1"),
    _type("374", FIRST, "P3"),
    _type("375", FIRST, "T1"),
    _type("376", FIRST, "T3"),
    _type("379", FIRST, "T4"),
    Case("377", added={"cla_placement": [
        {**BASE["ssd_cla_placement"][0], "clap_cla_placement_type": "T3",
         "clap_cla_placement_id": f"t{n}"} for n in range(3)
    ]}),
    _type("383", FIRST, "T4"),
    _by("178", "PR9", "U6"),
    _by("526", None, "U6"),
    _by("213", "PR1", "T0"),
    _by("527", "PR1", "R2"),
    _by("528", "PR2", "R5"),
    _by("529", "PR3", "K1"),
    _by("530", "PR4", "P1"),
    _by("531", "PR5", "P1"),
    _by("550", "PR0", "U6"),
    change("218", "cla_placement", FIRST, clap_cla_placement_urn=None),
    _type("222", FIRST, "R2"),
    _type("226", FIRST, "T0"),
    change("233", "cla_placement", FIRST, clap_cla_placement_end_date=None),
    change("234", "cla_placement", FOSTERED, clap_cla_placement_change_reason="CUSTOD"),
    change("1009", "cla_placement", FIRST, clap_cla_placement_change_reason="WHIM"),
    change("392b", "cla_placement", FIRST, clap_cla_placement_postcode=None),
    change("392d", "cla_placement", FIRST, clap_cla_placement_postcode="XX11AA"),
    change("392a", "cla_placement", FIRST, clap_cla_placement_distance=None),
    change("454", "cla_placement", FIRST, clap_cla_placement_distance=351.0),
    change("406", "immigration_status", immi_immigration_status="U"),
    another("336", "cla_placement", NOW, clap_cla_placement_start_date="2024-01-01",
            clap_cla_placement_type="A3"),
    _type("335", ADOPTIVE, "A5"),
    _decision("552", adm_decision_date="2021-02-02"),
    _decision("521", adm_decision_date="2021-02-02"),
    _decision("331", matched_date="2021-02-02"),
    _decision("601", matched_date=None),
    change("602", "cla_episodes", 4, clae_cla_episode_ceased_reason="E4A"),
    _decision("558", decision_reversed_date="2021-03-01"),
    _decision("525", decision_reversed_date="2021-03-01"),
    _decision("119", decision_reversed_date="2021-03-01"),
    _decision("120", decision_reversed_reason="RD9"),
    _decision("117", adm_decision_date="2021-11-02"),
    change("118", "permanence", 1, perm_decision_reversed_date="2023-01-09"),
    _decision("184", adm_decision_date="2019-01-09"),
    _decision("1003", adm_decision_date="2020-01-09"),
    _decision("334", adm_decision_date="2020-01-09"),
    change("522", "permanence", 1, perm_decision_reversed_date="2023-09-09"),
    change("563", "permanence", 1, perm_adm_decision_date=None),
    another("579", "permanence", 1, perm_adm_decision_date="2023-12-01"),
    Case("583", "permanence", 1, {"perm_decision_reversed_date": None}, {"permanence": [
        {**BASE["ssd_permanence"][1], "perm_adm_decision_date": "2024-12-01"}
    ]}),
    _decision("333", matched_date="2020-09-01"),
    _decision("582", matched_date="2021-11-01"),
    _decision("151", adopted_by_carer_flag=None),
    _decision("114", adopted_by_carer_flag="Perhaps"),
    _decision("175", number_of_adopters=3),
    _decision("176", adopter_sex="XX"),
    _decision("177", adopter_legal_status="L99"),
    _decision("511", adopter_sex="M1"),
    _decision("514", adopter_legal_status="L0"),
    _decision("517", adopter_legal_status="L3", adopter_sex="FF"),
    _decision("518", adopter_legal_status="L4"),
    _decision("519", adopter_legal_status="L2", adopter_sex="F1"),
    _decision("520", adopter_sex="FF"),
    _decision("524", adopter_legal_status="L12"),
)  # fmt: skip

test_rule = breaking("SSDA903", CASES)
