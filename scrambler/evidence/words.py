"""What treatments do, in the words of somebody who has to agree to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """The ``kind`` that a treatment is of, and what it does in a sentence."""

    kind: str
    said: str


IDENTIFIERS, DATES, DRAWN = "Identifiers", "Dates", "Codes and numbers"
INVENTED, CLEARED, KEPT = "Names and texts", "Emptied", "Kept"
KINDS = (IDENTIFIERS, DATES, DRAWN, INVENTED, CLEARED, KEPT)
"""The kinds in the order in which pages show them."""

_CODE = "Drawn anew from the published list, whatever it was before."

TREATMENTS: Mapping[str, Words] = {
    "identifier": Words(
        IDENTIFIERS,
        "Replaced by a pseudonym that only a secret key could lead back; the same one everywhere, "
        "so that records still belong together.",
    ),
    "date": Words(DATES, "Moved back together with all other dates of the same child."),
    "code": Words(DRAWN, _CODE),
    "code_list_json": Words(DRAWN, "Several codes, drawn anew from the published list."),
    "flags_json": Words(DRAWN, "Each answer drawn anew; comments replaced by filler."),
    "number": Words(DRAWN, "A number drawn anew, whatever it was before."),
    "label": Words(INVENTED, "The description of the new code, or an invented text."),
    "name": Words(INVENTED, "An invented name."),
    "postcode": Words(INVENTED, "An invented postcode in an area that is not used."),
    "address_json": Words(INVENTED, "An invented address."),
    "free_text": Words(INVENTED, "Filler whose length says nothing of what somebody wrote."),
    "clear": Words(CLEARED, "Emptied."),
    "keep": Words(KEPT, "Left as it was, because it is about nobody."),
}

DATES_KEPT: Mapping[str, str] = {
    "working-days": (
        "All dates of one child move back by the same secret number of working days. Order, times "
        "of day and intervals in working days stay."
    ),
    "intervals": (
        "All dates of one child move back by the same secret number of days. Intervals in days "
        "stay exactly as they were."
    ),
    "order": (
        "All dates of one child move back by a secret number of days that changes slowly. Their "
        "order stays; intervals come out wrong by up to four weeks."
    ),
}
"""How dates moved, by what the manifest calls it."""


def words_of(treatment: str) -> Words:
    """Return what is said of a treatment; of one that this version does not know, its name."""
    return TREATMENTS.get(treatment, Words(KEPT, f"Treated as “{treatment}”."))
