"""What the groups of the SSD allow: one predicate a group, each stating rules of consistency.csv.

A predicate is asked about one combination of codes, empty columns left out, beside the facts that
its group is given. It answers whether the combination may be drawn.
"""

from __future__ import annotations

from scrambler.ssd.sampling.group import Codes, Given

_TEMPORARY = {"T0", "T1", "T2", "T3", "T4", "Z1"}
_UNINSPECTED = _TEMPORARY | {"P1", "P2", "P3"}
_ENDED_BY_ORDER = (
    {"E11", "E12"},
    {"E45", "E46", "E47", "E48"},
    {"E41"},
)  # in the order of the code list of order types


def motherhood(codes: Codes, given: Given) -> bool:
    """C017, C018, C020."""
    sex, mother = codes.get("pers_sex"), codes.get("pers_is_mother")
    if given["mother"]:
        return sex != "M" and mother in ("Y", None)
    return not (sex == "M" and mother == "Y")


def send(codes: Codes, given: Given) -> bool:
    """C022."""
    return not given["planned"] or (codes["pers_send_flag"] == "Y") == (given["planned"] == 2)


def closure(codes: Codes, given: Given) -> bool:
    """C035, C036."""
    reason = codes["cine_close_reason"]
    return (reason != "RC2" or bool(given["ended"])) and (
        reason not in ("RC8", "RC9") or bool(given["assessed"])
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


def start_reason(codes: Codes, given: Given) -> bool:
    """C077."""
    unknown = given["first"] not in (0, 1)
    return unknown or (codes["clae_cla_episode_start_reason"] == "S") == (given["first"] == 1)


def ceased_reason(codes: Codes, given: Given) -> bool:
    """C076, C078, C079, C093."""
    reason = codes["clae_cla_episode_ceased_reason"]
    if given["followed"] == 1 or reason == "X1":
        return given["followed"] == 1 and reason == "X1"
    if given["order"]:
        return reason in _ENDED_BY_ORDER[given["order"] - 1]
    return (reason != "E2" or bool(given["died"])) and (reason != "E17" or given["adult"] == 1)


def placement(codes: Codes, given: Given) -> bool:
    """C085, C086."""
    kind = codes.get("clap_cla_placement_type")
    provider = codes.get("clap_cla_placement_provider")
    if given["urn"] and kind in _UNINSPECTED:
        return False
    if provider is None or kind is None:
        return kind != "P1"
    return kind not in _TEMPORARY and (kind == "P1") == (provider == "PR0")


def adopters(codes: Codes, given: Given) -> bool:
    """C094."""
    sex = codes.get("perm_adopter_sex")
    status = codes.get("perm_adopter_legal_status")
    adopters = codes.get("perm_number_of_adopters")
    options = [
        (s, status_, n)
        for s, statuses, n in (
            ("F1", ("L0",), "1"),
            ("M1", ("L0",), "1"),
            ("FF", ("L12", "L2", "L4"), "2"),
            ("MM", ("L12", "L2", "L4"), "2"),
            ("MF", ("L11", "L2", "L3"), "2"),
        )
        for status_ in statuses
    ]
    return any(
        sex in (s, None) and status in (status_, None) and adopters in (n, None)
        for s, status_, n in options
    )


def siblings(codes: Codes, given: Given) -> bool:
    """C095."""
    group = codes.get("perm_part_of_sibling_group")
    together = codes.get("perm_siblings_placed_together")
    apart = codes.get("perm_siblings_placed_apart")
    if group == "1":
        return together not in (None, "0")
    alone = together in (None, "0", "1") and apart in (None, "0")
    return alone or (group is None and together != "0")


def previous(codes: Codes, given: Given) -> bool:
    """C099."""
    return codes["lapp_previous_permanence_option"] != "Z1" or not given["told"]


def return_interview(codes: Codes, given: Given) -> bool:
    """C104."""
    accepted = codes.get("miss_missing_rhi_accepted")
    return accepted not in ("Y", "N") or codes.get("miss_missing_rhi_offered") == "Y"


def in_touch(codes: Codes, given: Given) -> bool:
    """C105."""
    touch = codes["clea_care_leaver_in_touch"]
    return touch == "YES" if given["contact"] else touch != "DIED" or bool(given["died"])


def accommodation(codes: Codes, given: Given) -> bool:
    """C108."""
    return codes["clea_care_leaver_accommodation"] != "Z" or given["age"] not in (0, 1)


def outcome(codes: Codes, given: Given) -> bool:
    """C124."""
    return codes["prep_pre_pro_outcome"] != "Decision to step down" or not given["court"]


def final_plan(codes: Codes, given: Given) -> bool:
    """C124."""
    return codes["prep_la_final_care_plan"] != "H" or not given["approved"]


def request(codes: Codes, given: Given) -> bool:
    """C127."""
    return (codes["ehcr_ehcp_req_outcome"] in ("Y", "N")) == bool(given["dated"])


def assessment(codes: Codes, given: Given) -> bool:
    """C128."""
    outcome = codes["ehca_ehcp_assessment_outcome"]
    return outcome not in ("A", "W") if given["dated"] else outcome != "N"


def ceased_plan(codes: Codes, given: Given) -> bool:
    """C129."""
    return codes["ehcn_named_plan_ceased_reason"] != "8" or bool(given["died"])
