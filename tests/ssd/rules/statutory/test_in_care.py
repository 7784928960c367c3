"""The SSDA903 return: reviews, forms, going missing, asylum, leaving care, workers."""

from typing import Any

from .dataset import Case, another, breaking, change


def _missing(code: str, at: int = 0, **changes: Any) -> Case:
    return change(
        code, "missing", at, **{f"miss_missing_episode_{name}": v for name, v in changes.items()}
    )


def _form(code: str, at: int, **changes: Any) -> Case:
    return change(code, "sdq_scores", at, **{f"csdq_sdq_{name}": v for name, v in changes.items()})


def _leaver(code: str, **changes: Any) -> Case:
    return change(
        code, "care_leavers", **{f"clea_care_leaver_{name}": v for name, v in changes.items()}
    )


def _earlier(code: str, at: int, **changes: Any) -> Case:
    return change(
        code, "cla_previous_permanence", at,
        **{f"lapp_previous_permanence_{name}": v for name, v in changes.items()},
    )  # fmt: skip


ASYLUM = {"immi_immigration_status": "U"}

CASES = (
    change("166", "cla_reviews", clar_cla_review_date=None),
    change("167", "cla_reviews", clar_cla_review_participation=None),
    change("440", "cla_reviews", clar_cla_review_participation="PN0"),
    change("441", "cla_reviews", 1, clar_cla_review_participation="PN1"),
    _form("180", 0, score=41),
    _form("196", 1, reason="SDQ9"),
    _form("197a", 0, reason="SDQ2"),
    _form("157", 1, reason="SDQ1"),
    _form("188", 0, completed_date="2013-12-01"),
    _form("189", 0, completed_date="2027-02-03"),
    _form("197B", 0, score=None),
    change("192", "cla_substance_misuse", clas_intervention_received=None),
    change("193", "cla_substance_misuse", clas_substance_misused=None),
    change("542", "cla_convictions", clac_cla_conviction_date="2020-01-01"),
    change("303", "immigration_status", immi_immigration_status=None),
    change("304", "immigration_status", **ASYLUM, immi_immigration_status_end_date="2028-03-08"),
    change("231", "immigration_status", **ASYLUM, immi_immigration_status_start_date="2020-03-08"),
    _missing("1006", type="Q"),
    _missing("564", start_date=None),
    _missing("565", type=None),
    _missing("566", type=None),
    _missing("567", end_date="2023-03-07"),
    another("574", "missing", miss_missing_episode_start_date="2023-03-09"),
    _missing("575", end_date="2023-06-02"),
    _missing("577", 1, end_date="2022-07-06"),
    _missing("577", 1, end_date=None),
    _missing("578", 1, start_date="2022-07-06"),
    Case("580", "missing", 1, {"miss_missing_episode_end_date": "2022-07-05"}),
    _missing("581", start_date="2023-01-09"),
    _missing("586", start_date="2010-01-31"),
    _earlier("630", 1, la=None),
    _earlier("631", 0, option="P9"),
    _earlier("632", 1, order_date="zz/05/2021"),
    _earlier("635", 0, la="Anyshire"),
    _leaver("131", in_touch="SURE"),
    _leaver("132", activity="F3"),
    _leaver("133", accommodation="S"),
    _leaver("153", activity=None),
    _leaver("344", in_touch="RHOM"),
    _leaver("345", accommodation=None),
    _leaver("347", accommodation="T", latest_contact="2022-07-01"),
    _leaver("3001", accommodation="Z", latest_contact="2022-07-01"),
    Case("348", "person", 4, {"pers_death_date": "2023-07-01"}, {"care_leavers": [
        {"clea_person_id": "5", "clea_care_leaver_in_touch": "DIED"}
    ]}),
    change("1000", "cla_episodes", 5, clae_cla_episode_ceased_reason="E2"),
    change("1011", "cla_episodes", 5, clae_cla_episode_ceased_reason="E3"),
    change("1001", "cla_episodes", 5, clae_cla_episode_start_date="2022-06-05"),
    change("SW01aSTG1", "involvements", invo_professional_id=None),
    change("SW01bSTG1", "involvements", invo_worker_change_reason=None),
    change("SW02STG1", "professionals", prof_social_worker_registration_no="RN1234"),
    change("SW13STG1", "involvements", invo_worker_change_reason="WHIM"),
    change("SW08STG2", "involvements", invo_involvement_end_date=None),
    change("SW09STG2", "involvements", invo_involvement_end_date="2023-01-10"),
    another("SW10STG2", "involvements", invo_involvement_start_date="2023-03-10"),
    change("SW17STG2", "involvements", 1, invo_involvement_end_date="2024-01-10"),
)  # fmt: skip

test_rule = breaking("SSDA903", CASES)
