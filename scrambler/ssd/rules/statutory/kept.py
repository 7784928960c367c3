"""Which statutory rules scrambling does not keep, and why. What is not named here is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from scrambler.ssd.rules.rule import LASTING, SHORT, WEEKDAYS, Lost

T = TypeVar("T")

_APART = "The codes that it compares stand in two tables and are drawn apart."
_BLANK = "Which girls are not said to be mothers, or not, is not known when sex is drawn."
_EXTRACT = "The dates of a child move back, and the day of the extract stays."
_FAMILY = "Mother and child move by different offsets."

_NOT_KEPT: Mapping[str, Mapping[str, str]] = {
    "CIN": {
        "8873Q": _APART,
        "8530Q 8670Q 8736 8770Q 8775Q": _EXTRACT,
        "1530": "UPNs are made in a range that no authority issues, so that none is a real "
        "child's.",
    },
    "SSDA903": {
        "393 607": _BLANK,
        "359 580": _APART,
        "632": "A year alone can tie with the year in which care began.",
        "351 186": _EXTRACT,
        "625": _FAMILY,
        "633": "The SSD holds the name of the authority, and scrambling invents one.",
    },
}  # fmt: skip

_LOST: Mapping[str, Mapping[str, Lost]] = {
    "CIN": {
        "8870Q 8875": WEEKDAYS,
        "4012Q 4014 4016 4017 8840 8841 8863Q 8940": SHORT,
    },
    "SSDA903": {
        "142 355 388 431 432 433 434 436 501 574 575 577 579 582 SW09STG2 SW10STG2": SHORT,
        "1001": LASTING,
    },
}


def _spread(by_census: Mapping[str, Mapping[str, T]]) -> dict[tuple[str, str], T]:
    return {
        (census, code): said
        for census, by_codes in by_census.items()
        for codes, said in by_codes.items()
        for code in codes.split()
    }


NOT_KEPT = _spread(_NOT_KEPT)
"""(census, code) of a rule that is not kept: why."""

LOST = _spread(_LOST)
"""(census, code) of a rule that is kept by some of what dates may keep: why not by the others."""
