"""What the groups of children looked after allow, each predicate by rules of consistency.csv.

A predicate is asked about one combination of codes, empty columns left out, beside the facts that
its group is given. It answers whether the combination may be drawn.
"""

from __future__ import annotations

from scrambler.ssd.load import ssd
from scrambler.ssd.sampling.group import Codes, Given

_ENDED_BY_ORDER = (
    {"E11", "E12"},
    {"E45", "E46", "E47", "E48"},
    {"E41"},
)  # in the order of the code list of order types
_REASONS = ({"L", "P", "T", "B", "U"}, {"L"}, {"P", "T"}, {"B", "U"})
"""Reasons for a new episode, by what starts with it: nothing known, status, placement, both."""


def start_reason(codes: Codes, given: Given) -> bool:
    """C077, SSDA903 434, 435 and 436."""
    reason = codes["clae_cla_episode_start_reason"]
    if given["first"] not in (0, 1):
        return True
    return reason == "S" if given["first"] else reason in _REASONS[given["change"]]


_NEVER_ALONE = {"E11", "E12", "E45", "E46"}
_FINAL = {"E2", "E15", "E11", "E12"}
_FROM = {"E5": 1, "E6": 1, "E7": 2, "E17": 3}
"""How many of the ages 14, 16 and 18 a child must have reached for a way out."""


def ceased_reason(codes: Codes, given: Given) -> bool:
    """C076, C078, C079, C093, SSDA903 199, 386 to 390, 407, 437, 460, 516, 557, 1000, 1011."""
    reason = codes["clae_cla_episode_ceased_reason"]
    if given["followed"] == 1 or reason == "X1":
        return given["followed"] == 1 and reason == "X1"
    if given["adopted"]:
        return reason in _ENDED_BY_ORDER[0]
    if given["order"]:
        # Who was with foster carers before is not known: E45 and E46 say it.
        return reason in _ENDED_BY_ORDER[given["order"] - 1] - {"E45", "E46"}
    if given["died"] and not given["leaver"]:
        return reason == "E2"
    age, grown = given["age"], given["age"] == 3
    return (
        reason not in _NEVER_ALONE
        and not (reason in _FINAL and given["last"] == 0)
        and (reason != "E2" or bool(given["died"] and not given["leaver"]))
        and (reason != "E3" or not given["leaver"])
        and (reason not in ("E47", "E48") or not grown)
        and (reason not in _FROM or age >= _FROM[reason] or (age < 0 and reason != "E17"))
    )


PLACED = ssd().code_lists["placement_type"]

_INSPECTED = ({"H5", "K1", "R3", "U1", "U2", "U3"}, {"K2", "P2", "S1", "U4", "U5", "U6"})
_UNINSPECTED = ({"R1", "R5"}, {"P3", "R2"})
"""Types with a URN and without, in two sets that take turns, so that a move is one (435, 436)."""

_PLACED_FROM = {"S1": 1, "R5": 2, "P3": 3, "H5": 4, "P2": 4}
"""How many of the ages 4, 10, 14 and 16 a child must have reached for a type of placement."""


def _provided(kind: str, provider: str) -> bool:
    """SSDA903 527 to 531 and 550."""
    if kind == "P1" or provider == "PR0":
        return kind == "P1" and provider == "PR0"
    if kind in ("R2", "R5"):
        return provider not in ("PR1", "PR2")
    return provider != "PR3" or kind[0] not in "AKU"


def placement(codes: Codes, given: Given) -> bool:
    """C085, C086, SSDA903 213, 218, 222, 371 to 374, 392d, 526 to 531 and 550 to 552.

    A placement for adoption is the one of the day on which the child was placed; temporary ones
    need a pattern of three placements and are never drawn. What no provider has is of type Z1: the
    return has others since April 2025, the SSD and the payload have none.
    """
    kind = codes.get("clap_cla_placement_type")
    provider = codes.get("clap_cla_placement_provider")
    if kind is None:
        return True
    if given["adoptive"]:
        fits = kind == ("A6" if given["adoptive"] == 2 else "A4")
    elif given["urn"]:
        fits = kind in _INSPECTED[given["turn"]]
    elif given["home"]:
        fits = kind == "P1"
    elif provider is None:
        fits = kind == "Z1"
    else:
        fits = kind in _UNINSPECTED[given["turn"]]
    old_enough = given["age"] < 0 or given["age"] >= _PLACED_FROM.get(kind, 0)
    in_use = kind == "Z1" or PLACED.in_use(kind, given["turn of the list"])
    return fits and old_enough and in_use and (provider is None or _provided(kind, provider))


def change_reason(codes: Codes, given: Given) -> bool:
    """SSDA903 234."""
    return codes["clap_cla_placement_change_reason"] != "CUSTOD" or given["age"] != 0


_EVEN_TURN, _ODD_TURN = {"C1", "V2", "L1", "L3", "J2"}, {"C2", "L2", "J1", "J3"}
_AT_MOST = {"L1": 0, "L3": 1, "L2": 2, "J2": 2}
"""Which span (up to 3, 7, 21 days, longer) a status may have at most."""


def legal_status(codes: Codes, given: Given) -> bool:
    """SSDA903 358, 361 to 367, 378, 408, 426, 434, 436, 553 and 554.

    Statuses of a child take turns between two sets of codes, so that none follows itself. Short
    breaks (V3, V4) need a pattern of their own and are never drawn.
    """
    status = codes["lega_legal_status"]
    if given["ordered"] == 1:
        return status == "E1"
    return (
        status in (_ODD_TURN if given["turn"] == 1 else _EVEN_TURN)
        and given["span"] <= _AT_MOST.get(status, given["span"])
        and (status[0] != "J" or given["age"] != 0)
        and (status != "V2" or not given["with parents"])
    )


def by_carer(codes: Codes, given: Given) -> bool:
    """SSDA903 335: whom a foster carer adopts is of type A3 or A5, which are never drawn."""
    return codes["perm_adopted_by_carer_flag"] == "N"


def order_type(codes: Codes, given: Given) -> bool:
    """SSDA903 390: adopted is who was placed for adoption, for good."""
    return (codes["perm_permanence_order_type"] == "Adoption") == bool(given["adopted"])


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
    """C099, SSDA903 630."""
    return (codes["lapp_previous_permanence_option"] == "Z1") != bool(given["told"])
