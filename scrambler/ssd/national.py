"""How common codes are in England, from the Department for Education's published national tables.

A list stands here whole or not at all: one whose figures were not found is drawn evenly. No
authority's own data are behind any figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import lcm
from typing import Literal

from scrambler.ssd.read_facts import facts

Codes = Literal["even", "national"]
"""What codes are drawn by: all that are allowed alike, or as common as in England."""


@cache
def national_weights() -> Mapping[str, Mapping[str, int]]:
    """Return whole weights by code list and code, in proportion to the published numbers.

    Codes that the table counts together share their number: of 52,290 referrals by individuals
    each of the four codes has a quarter. So every weight is twelve times what was published, since
    four and six codes are counted together.
    """
    rows = [(row["code_list"], row["codes"].split("|"), row) for row in facts("national_weights")]
    whole = lcm(*(len(codes) for _, codes, _ in rows))
    weights: dict[str, dict[str, int]] = {}
    for code_list, codes, row in rows:
        share = int(row["number"]) * whole // len(codes)
        weights.setdefault(code_list, {}).update(dict.fromkeys(codes, share))
    return weights
