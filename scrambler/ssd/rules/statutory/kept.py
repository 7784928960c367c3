"""Which statutory rules scrambling does not keep, and why. What is not named here is kept."""

from __future__ import annotations

from collections.abc import Mapping

from scrambler.ssd.rules.rule import AGED, SHORT

_APART = "The codes that it compares stand in two tables and are drawn apart."
_BLANK = "Which girls are not said to be mothers, or not, is not known when sex is drawn."
_WEEKDAYS = "A shift of whole days moves conferences to weekends."
_EXTRACT = "The dates of a child move back, and the day of the extract stays."
_FAMILY = "Mother and child move by different offsets."

_NOT_KEPT: Mapping[str, Mapping[str, str]] = {
    "CIN": {
        "8873Q": _APART,
        "8870Q 8875": _WEEKDAYS,
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

_UNORDERED: Mapping[str, Mapping[str, str]] = {
    "CIN": {
        "4012Q 4014 4016 4017 8840 8841 8863Q 8940": SHORT,
        "8606": AGED,
    },
    "SSDA903": {
        "355 388 431 433 501 574 575 577 579 582 SW09STG2 SW10STG2": SHORT,
        "188 189 231 304 352 542 1001 361 362 363 364": AGED,
    },
}


def _spread(reasons: Mapping[str, Mapping[str, str]]) -> dict[tuple[str, str], str]:
    return {
        (census, code): why
        for census, by_codes in reasons.items()
        for codes, why in by_codes.items()
        for code in codes.split()
    }


NOT_KEPT = _spread(_NOT_KEPT)
"""(census, code) of a rule that is not kept: why."""

UNORDERED = _spread(_UNORDERED)
"""(census, code) of a rule that is kept, but not where dates keep their order only: why."""
