"""Columns that are drawn together, so that no draw contradicts another or what is kept.

A group names its columns and what they allow; its distribution, worked out from that, is both what
the draws follow and what the verification expects.
"""

from scrambler.treatments.sampling.drawing import (
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
from scrambler.treatments.sampling.group import EMPTY, Drawn, SamplingDistribution

__all__ = [
    "EMPTY",
    "Drawn",
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
