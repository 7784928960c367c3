"""Columns that are drawn together, so that no draw contradicts another or what is kept.

A group names its columns and what they allow; its distribution, worked out from that, is both what
the draws follow and what the verification expects.
"""

from scrambler.treatments.sampling.drawing import (
    RANKS,
    choices,
    code_index,
    derived_from,
    drawn,
    embedded_identifier,
    exact,
    fixed,
    has_code,
    is_sampled,
)
from scrambler.treatments.sampling.group import EMPTY, Drawn, Group, SamplingDistribution
from scrambler.treatments.sampling.groups import GROUPS

__all__ = [
    "EMPTY",
    "GROUPS",
    "RANKS",
    "Drawn",
    "Group",
    "SamplingDistribution",
    "choices",
    "code_index",
    "derived_from",
    "drawn",
    "embedded_identifier",
    "exact",
    "fixed",
    "has_code",
    "is_sampled",
]
