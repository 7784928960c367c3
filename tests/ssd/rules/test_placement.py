from .cases import Case, judged

DAY, LATER, LAST, BEFORE = "2020-03-02", "2020-03-09", "2020-04-09", "2020-02-24"
PLACEMENTS = {
    "clap_cla_id": ["c", "c", "d"],
    "clap_cla_placement_start_date": [LATER, DAY, LAST],
    "clap_cla_placement_end_date": [LAST, LATER, None],
}
TYPES = {
    "clap_cla_placement_type": ["P1", "U4", "T0", "U1"],
    "clap_cla_placement_provider": ["PR0", "PR1", "", None],
}
CHANGED = {
    "clap_cla_id": "c",
    "clap_cla_placement_end_date": DAY,
    "clap_cla_placement_change_reason": "PLACE",
    "clae_cla_id": "c",
    "clae_cla_episode_start_date": DAY,
    "clae_cla_episode_start_reason": "T",
}
ORDERED = {
    "clap_person_id": ["1", "2"],
    "clap_cla_placement_type": ["A5", "A6"],
    "clap_cla_placement_start_date": [DAY, DAY],
    "lega_person_id": "1",
    "lega_legal_status": "Placement order granted",
    "lega_legal_status_start_date": BEFORE,
    "perm_person_id": "2",
    "perm_placement_order_date": DAY,
}
URN = {
    "clap_cla_placement_urn": ["SC123456", "1234567", "XXXXXXX", None],
    "clap_cla_placement_type": ["U4", "K2", "P1", "P1"],
}
DISTANCE = {
    "clap_cla_placement_distance": [0.0, 12.5, 999.9, None],
    "clap_cla_placement_postcode": ["ZZ99 3AA", "ZZ993AA", "", None],
}

CASES = (
    Case("C083", PLACEMENTS, {"clap_cla_placement_end_date": [LATER, LATER, None]}),
    Case("C083", PLACEMENTS, {"clap_cla_placement_start_date": [LAST, DAY, LAST]}),
    Case(
        "C084",
        {"clap_cla_placement_change_reason": "CARPL", "clap_cla_placement_end_date": DAY},
        {"clap_cla_placement_end_date": None},
    ),
    Case("C085", TYPES, {"clap_cla_placement_provider": ["PR1", "PR1", "", None]}),
    Case("C085", TYPES, {"clap_cla_placement_provider": [None, "PR1", "", None]}),
    Case("C085", TYPES, {"clap_cla_placement_provider": ["PR0", "PR0", "", None]}),
    Case("C085", TYPES, {"clap_cla_placement_provider": ["PR0", "PR1", "PR2", None]}),
    Case("C086", URN, {"clap_cla_placement_type": ["P1", "K2", "P1", "P1"]}),
    Case("C086", URN, {"clap_cla_placement_urn": ["SC12345", "1234567", "", None]}),
    Case("C087", DISTANCE, {"clap_cla_placement_distance": [-1.0, 12.5, 999.9, None]}),
    Case("C087", DISTANCE, {"clap_cla_placement_distance": [0.0, 12.5, 5.0, None]}),
    Case(
        "C088",
        {"clap_cla_placement_postcode": ["ZZ99 3AA", "m11ae", None]},
        {"clap_cla_placement_postcode": ["ZZ99", "M1 1AE", ""]},
    ),
    Case("C089", CHANGED, {"clae_cla_episode_start_reason": "P"}),
    Case("C090", ORDERED, {"lega_legal_status": "C2"}),
    Case("C090", ORDERED, {"perm_placement_order_date": LATER}),
)

test_rule = judged(CASES)
