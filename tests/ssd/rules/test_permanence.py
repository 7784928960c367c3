import json
from typing import Any

from .cases import Case, judged

DAY, LATER, LAST, BEFORE = "2020-03-02", "2020-03-09", "2020-04-09", "2020-02-24"
STEPS = {
    "perm_adm_decision_date": BEFORE,
    "perm_matched_date": None,
    "perm_placed_for_adoption_date": DAY,
    "perm_permanence_order_date": DAY,
    "perm_ffa_cp_decision_date": DAY,
    "perm_placed_ffa_cp_date": DAY,
}
REVERSED = {
    "perm_decision_reversed_date": [DAY, DAY],
    "perm_decision_reversed_reason": ["RD1", "RD2"],
    "perm_permanence_order_date": [None, DAY],
    "perm_permanence_order_type": [None, "Special Guardianship"],
}
ORDERS = {
    "perm_permanence_order_date": [DAY, LATER],
    "perm_permanence_order_type": ["Adoption", "Special Guardianship"],
    "perm_cla_id": ["c", None],
    "perm_person_id": ["1", "2"],
    "clae_cla_id": ["c", "c", "d"],
    "clae_person_id": ["1", "1", "2"],
    "clae_cla_episode_ceased_date": [BEFORE, DAY, LATER],
    "clae_cla_episode_ceased_reason": ["X1", "E12", "E46"],
    "clap_cla_id": ["c", "c"],
    "clap_cla_placement_end_date": [BEFORE, DAY],
}
ADOPTERS = {
    "perm_adopter_sex": ["F1", "MM", "MF", None],
    "perm_adopter_legal_status": ["L0", "L12", "L11", "L4"],
    "perm_number_of_adopters": [1, 2, 2, None],
}
SIBLINGS = {
    "perm_part_of_sibling_group": ["0", "0", "1"],
    "perm_siblings_placed_together": [None, 1, 2],
    "perm_siblings_placed_apart": [0, None, 1],
}
NONE_BEFORE = {
    "lapp_previous_permanence_option": ["Z1", "P1"],
    "lapp_previous_permanence_order_date": ["", "zz/zz/2012"],
    "lapp_previous_permanence_la": [None, "Anyshire"],
}
KEYS = [
    "REMAINSUP",
    "RETURN1M",
    "RETURN6M",
    "RETURNEV",
    "LTRELFR",
    "LTFOST18",
    "RESPLMT",
    "SUPPLIV",
    "ADOPTION",
    "OTHERPLN",
]
PLAN = json.dumps(dict.fromkeys(KEYS, "Yes"))
OTHER_PLAN = json.dumps(dict.fromkeys(KEYS, "No"))
PLANS = {
    "lacp_person_id": ["1", "1", "2", "3"],
    "lacp_cla_care_plan_json": [PLAN, PLAN, OTHER_PLAN, "long term fostering"],
}


def _told(*dates: str | None) -> dict[str, Any]:
    return {"lapp_previous_permanence_order_date": list(dates)}


CASES = (
    Case("C091", STEPS, {"perm_adm_decision_date": LATER}),
    Case("C091", STEPS, {"perm_placed_ffa_cp_date": BEFORE}),
    Case("C092", REVERSED, {"perm_decision_reversed_reason": [None, "RD2"]}),
    Case("C092", REVERSED, {"perm_permanence_order_type": [None, "Adoption"]}),
    Case("C093", ORDERS, {"perm_permanence_order_type": ["", "Special Guardianship"]}),
    Case("C093", ORDERS, {"clae_cla_episode_ceased_reason": ["X1", "E41", "E46"]}),
    Case("C093", ORDERS, {"clae_cla_episode_ceased_reason": ["X1", "E1", "E3"]}),
    Case("C093", ORDERS, {"clap_cla_placement_end_date": [BEFORE, LAST]}),
    Case("C094", ADOPTERS, {"perm_adopter_sex": ["FF", "MM", "MF", None]}),
    Case("C094", ADOPTERS, {"perm_adopter_legal_status": ["L0", "L11", "L11", "L4"]}),
    Case("C094", ADOPTERS, {"perm_number_of_adopters": [2, 2, 2, None]}),
    Case("C094", ADOPTERS, {"perm_number_of_adopters": [1, 2, 2, 1]}),
    Case("C095", SIBLINGS, {"perm_siblings_placed_together": [2, 1, 2]}),
    Case("C095", SIBLINGS, {"perm_siblings_placed_together": [None, 1, 0]}),
    Case("C095", SIBLINGS, {"perm_siblings_placed_apart": [1, None, 1]}),
    Case(
        "C097",
        {"lega_legal_status_start_date": DAY, "lega_legal_status_end_date": DAY},
        {"lega_legal_status_end_date": BEFORE},
    ),
    Case(
        "C098",
        _told("01/02/2012", "5/06/2011", "zz/06/2011", "zz/zz/zzzz", "05/zz/2012", "zz/zz/", None),
        _told("2012-02-01"),
    ),
    Case("C099", NONE_BEFORE, _told("zz/zz/zzzz", "zz/zz/2012")),
    Case("C099", NONE_BEFORE, {"lapp_previous_permanence_la": ["Anyshire", "Anyshire"]}),
    Case("C100", PLANS, {"lacp_cla_care_plan_json": [PLAN, PLAN, '{"ADOPTION":"Yes"}', None]}),
    Case("C100", PLANS, {"lacp_cla_care_plan_json": [PLAN, OTHER_PLAN, OTHER_PLAN, None]}),
)

test_rule = judged(CASES)
