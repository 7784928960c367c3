"""How far each date must move: worked out from the child's token and the secrets of the epoch."""

from __future__ import annotations

import numpy as np

from scrambler.verification.during.check import Check
from scrambler.verification.during.derivation import Numbers, Seeds, mixed, scaled

_WARP = 28
_SPAN = 2 * _WARP


def due(check: Check, subjects: Seeds, days: Numbers) -> Numbers:
    """Return what to add to each of ``days`` (since 1970) of each subject: never positive.

    Where intervals hold it is one offset a subject. Where only the order does, the offset is up to
    28 days smaller, and a broken line comes on top that has a corner every 56 days.
    """
    secrets = check.secrets
    if check.keep == "intervals":
        bits = mixed(subjects, secrets.number("offset"))
        return -(check.least + scaled(bits, check.most - check.least + 1))
    bits = mixed(subjects, secrets.number("offset:order"))
    offset = check.least + scaled(bits, check.most - check.least - _WARP + 1)
    return -(offset + _line(days, subjects, secrets.number("warp")))


def _line(days: Numbers, subjects: Seeds, key: int) -> Numbers:
    course = mixed(subjects, key)
    along = days + scaled(course, _SPAN)
    corner = np.floor_divide(along, _SPAN)
    left, right = (
        scaled(mixed(course ^ number.astype(np.uint64), key), _WARP + 1)
        for number in (corner, corner + 1)
    )
    # Between corners the line is straight, rounded down.
    line: Numbers = left + np.floor_divide((right - left) * (along - corner * _SPAN), _SPAN)
    return line
