"""Which statutory rules scrambling does not keep, and why. What is not named here is kept."""

from __future__ import annotations

from collections.abc import Mapping

from scrambler.ssd.rules.rule import AGED, SHORT

_UNSEEN = "Codes are drawn without asking what hangs on the row."
_WEEKDAYS = "A shift of whole days moves conferences to weekends."
_EXTRACT = "The dates of a child move back, and the day of the extract stays."
_FAMILY = "Mother and child move by different offsets."

_NOT_KEPT: Mapping[str, Mapping[str, str]] = {
    "CIN": {
        "2886Q 2990 4000 8675Q 8740 8750 8770Q 8772 8815 8816 8820 8831 8832 8839 8868 8873Q 8890 "
        "8585Q 8610": _UNSEEN,
        "8870Q 8875": _WEEKDAYS,
        "8530Q 8670Q 8736 8775Q": _EXTRACT,
        "1530": "UPNs are made in a range that no authority issues, so that none is a real "
        "child's.",
    },
    "SSDA903": {
        "168 209 210 444 232 393 607 611 620 434 435 436 437 199 386 407 387 389 359 516 390 "
        "601 602 358 361 362 363 364 365 366 367 382 384 398 214 399 426 371 372 373 374 375 "
        "376 377 379 380 381 383 378 526 527 528 529 218 222 225 226 234 392d 217 336 335 408 "
        "551 552 553 554 557 558 331 521 157 133 344 345 347 348 1011 580 630 632 117 "
        "446": _UNSEEN,
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
        "188 189 231 304 352 542 1001": AGED,
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
