"""What the groups of the SSD allow: one predicate a group, each stating rules of consistency.csv.

A predicate is asked about one combination of codes, empty columns left out, beside the facts that
its group is given. It answers whether the combination may be drawn.
"""

from __future__ import annotations

from scrambler.ssd.sampling.group import Codes, Given

_ASSESSED_ONLY = ("RC8", "RC9")


def motherhood(codes: Codes, given: Given) -> bool:
    """C017, C018, C020, CIN 2886Q and 8750, SSDA903 232, 611 and 612."""
    sex, mother = codes.get("pers_sex"), codes.get("pers_is_mother")
    unborn = bool(given["due"]) and not given["born"]
    right_sex = sex is None or (sex == "U") == unborn
    if given["mother"]:
        return right_sex and sex != "M" and mother in ("Y", None)
    return right_sex and mother != "Y"


def upn_reason(codes: Codes, given: Given) -> bool:
    """CIN 8770Q and 8772, SSDA903 168, 209, 210 and 444.

    UN1 and UN7 depend on the day of the extract and on what came of referrals, UN8 to UN10 belong
    to other returns.
    """
    allowed = {"UN2", "UN3", "UN5"} | (set() if given["cared for"] else {"UN4", "UN6"})
    return all(code in allowed for code in codes.values())


def no_action(codes: Codes, given: Given) -> bool:
    """CIN 4000, 8610, 8815, 8816, 8820, 8831 and 8832."""
    flag = codes["cine_referral_nfa"]
    if any(given[what] for what in FOLLOWED):
        return flag != "Y"
    return flag == "Y" or bool(given["need"] and not given["superseded"])


FOLLOWED = ("assessed", "enquired", "conferred", "in need", "protected")
"""What may hang on a referral."""


def enquiry_no_action(codes: Codes, given: Given) -> bool:
    """An enquiry with a conference did not come to no further action."""
    return codes["s47e_s47_nfa"] != "Y" or not given["conferred"]


def conference(codes: Codes, given: Given) -> bool:
    """C044: the outcome is a plan exactly where there is one."""
    planned = bool(given["plan"] or given["planned"])
    return (codes["icpc_icpc_outcome_cp_flag"] == "Y") == planned


def send(codes: Codes, given: Given) -> bool:
    """C022."""
    return not given["planned"] or (codes["pers_send_flag"] == "Y") == (given["planned"] == 2)


def closure(codes: Codes, given: Given) -> bool:
    """C035, C036, CIN 2990, 8585Q and 8825Q: who died that day is closed for that reason."""
    reason = codes["cine_close_reason"]
    if given["died that day"]:
        return reason == "RC2"
    only_assessed = given["assessed"] and not any(given[what] for what in FOLLOWED[1:])
    return (reason != "RC2" or bool(given["died"])) and (
        reason not in _ASSESSED_ONLY or bool(only_assessed)
    )


def visit(codes: Codes, given: Given) -> bool:
    """C059."""
    seen = next((code for name, code in codes.items() if name.endswith("_seen")), None)
    alone = next((code for name, code in codes.items() if name.endswith("_alone")), None)
    bedroom = next((code for name, code in codes.items() if name.endswith("_bedroom")), None)
    return (alone != "Y" or seen in ("Y", None)) and (bedroom != "Y" or seen is not None)


def participation(codes: Codes, given: Given) -> bool:
    """C073."""
    return all((code == "PN0") == (given["age"] == 0) for code in codes.values())


def form_reason(codes: Codes, given: Given) -> bool:
    """SSDA903 157."""
    return codes["csdq_sdq_reason"] != "SDQ1" or given["age"] != 1


def return_interview(codes: Codes, given: Given) -> bool:
    """C104."""
    accepted = codes.get("miss_missing_rhi_accepted")
    return accepted not in ("Y", "N") or codes.get("miss_missing_rhi_offered") == "Y"


def in_touch(codes: Codes, given: Given) -> bool:
    """C105, SSDA903 344 and 345."""
    touch = codes["clea_care_leaver_in_touch"]
    if given["contact"]:
        return touch == "YES"
    if touch in ("DIED", "RHOM"):
        return not (given["home"] or given["activity"]) and (touch == "RHOM" or bool(given["died"]))
    return touch != "YES" or bool(given["home"] and given["activity"])


def accommodation(codes: Codes, given: Given) -> bool:
    """C108, SSDA903 133, 347 and 3001."""
    home = codes.get("clea_care_leaver_accommodation")
    suited = codes.get("clea_care_leaver_accom_suitable")
    return (home not in ("T", "Z") or given["age"] not in (0, 1)) and (
        home not in ("S", "X") or suited in ("2", None)
    )


def eligibility(codes: Codes, given: Given) -> bool:
    """C107."""
    if given["age"] < 0:
        return True
    grown = codes["clea_care_leaver_eligibility"] in ("Former Relevant", "Qualifying")
    return grown == (given["age"] > 0)


def outcome(codes: Codes, given: Given) -> bool:
    """C124."""
    return codes["prep_pre_pro_outcome"] != "Decision to step down" or not given["court"]


def final_plan(codes: Codes, given: Given) -> bool:
    """C124."""
    return codes["prep_la_final_care_plan"] != "H" or not given["approved"]


def cp_review(codes: Codes, given: Given) -> bool:
    """C072: a plan goes on at every review but the last, and at that too where it has no end."""
    return codes["cppr_cp_review_outcome_continue_cp"] == "Y" or bool(given["closing"])


def cla_review(codes: Codes, given: Given) -> bool:
    """SSDA903 167: what somebody took part in was held, and else it was cancelled."""
    return (codes["clar_cla_review_cancelled"] == "N") == bool(given["taken part"])


def request(codes: Codes, given: Given) -> bool:
    """C127, C128: what was assessed had gone on to that."""
    outcome = codes["ehcr_ehcp_req_outcome"]
    dated = (outcome in ("Y", "N")) == bool(given["dated"])
    return dated and (outcome in ("Y", "H") or not given["assessed"])


def assessment(codes: Codes, given: Given) -> bool:
    """C128, and a plan that was made was to be issued."""
    outcome = codes["ehca_ehcp_assessment_outcome"]
    dated = outcome not in ("A", "W") if given["dated"] else outcome != "N"
    return dated and (outcome in ("Y", "H") or not given["plan"])


def ceased_plan(codes: Codes, given: Given) -> bool:
    """C129."""
    return codes["ehcn_named_plan_ceased_reason"] != "8" or bool(given["died"])
