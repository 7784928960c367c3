"""The groups of children looked after: episodes, placements, statuses and permanence."""

from __future__ import annotations

from scrambler.ssd.sampling import care_constraints
from scrambler.ssd.sampling.conditions import (
    Aged,
    DiedOn,
    HasValue,
    Known,
    Number,
    OrderOn,
    Reached,
)
from scrambler.ssd.sampling.group import SUBJECT, Group

PERMANENCE_ORDER = "permanence order"
"""The group whose draw the condition OrderOn repeats."""

ORDER_TYPES = 3
"""Adoption, special guardianship, child arrangements: in the order of their code list."""

IN_CARE = (
    Group(
        "start reason",
        "ssd_cla_episodes",
        ("clae_cla_episode_start_reason",),
        care_constraints.start_reason,
        {
            "first": Number("episodes", "first", default=2),
            "change": Number("episodes", "change"),
        },
    ),
    Group(
        "ceased reason",
        "ssd_cla_episodes",
        ("clae_cla_episode_ceased_reason",),
        care_constraints.ceased_reason,
        {
            "followed": Number("episodes", "followed", default=2),
            "order": OrderOn("clae_cla_episode_ceased_date"),
            "died": DiedOn("clae_cla_episode_ceased_date"),
            "age": Aged("clae_cla_episode_ceased_date", (14, 16, 18)),
            "last": Number("episodes", "last", default=2),
            "leaver": Known("care leavers", "clae_person_id"),
            "adopted": Number("episodes", "adopted"),
        },
    ),
    Group(
        "primary need",
        "ssd_cla_episodes",
        ("clae_cla_primary_need_code",),
        keyed_by="clae_cla_id",  # C081
    ),
    Group(
        "placement",
        "ssd_cla_placement",
        ("clap_cla_placement_type", "clap_cla_placement_provider"),
        care_constraints.placement,
        {
            "urn": HasValue(("clap_cla_placement_urn",)),
            "adoptive": Number("placements", "adoptive"),
            "home": Number("placements", "home"),
            "turn": Number("placements", "turn"),
            "age": Aged("clap_cla_placement_start_date", (4, 10, 14, 16)),
            "turn of the list": Reached(
                "clap_cla_placement_end_date", care_constraints.PLACED.turns
            ),
        },
    ),
    Group(
        "change of placement",
        "ssd_cla_placement",
        ("clap_cla_placement_change_reason",),
        care_constraints.change_reason,
        {"age": Aged("clap_cla_placement_end_date", (10,))},
    ),
    Group(
        "legal status",
        "ssd_legal_status",
        ("lega_legal_status",),
        care_constraints.legal_status,
        {
            "turn": Number("statuses", "turn"),
            "span": Number("statuses", "span", default=3),
            "ordered": Number("statuses", "ordered"),
            "with parents": Known("with parents", "lega_person_id"),
            "age": Aged("lega_legal_status_start_date", (10,)),
        },
    ),
    Group(
        "adopters",
        "ssd_permanence",
        ("perm_adopter_sex", "perm_adopter_legal_status", "perm_number_of_adopters"),
        care_constraints.adopters,
    ),
    Group(
        "siblings",
        "ssd_permanence",
        (
            "perm_part_of_sibling_group",
            "perm_siblings_placed_together",
            "perm_siblings_placed_apart",
        ),
        care_constraints.siblings,
    ),
    # OrderOn repeats this draw, so that episode and order agree.
    Group(
        PERMANENCE_ORDER,
        "ssd_permanence",
        ("perm_permanence_order_type",),
        care_constraints.order_type,
        {"adopted": Number("adoptions", "adopted")},
        keyed_by=SUBJECT,
    ),
    Group(
        "adopted by carer",
        "ssd_permanence",
        ("perm_adopted_by_carer_flag",),
        care_constraints.by_carer,
    ),
    Group(
        "previous permanence",
        "ssd_cla_previous_permanence",
        ("lapp_previous_permanence_option",),
        care_constraints.previous,
        {
            "told": HasValue(
                (
                    "lapp_previous_permanence_order_date",
                    "lapp_previous_permanence_la",
                )
            )
        },
    ),
)
