"""Columns that are drawn together, so that no draw contradicts another or what is kept.

A group names its columns and what they allow; its law, worked out from that, is both what the draws
follow and what the verification expects.
"""

from scrambler.coherence.drawing import (
    RANKS,
    choices,
    coded,
    disguised,
    drawn,
    exact,
    fixed,
    following,
    listed,
    redrawn,
)
from scrambler.coherence.group import EMPTY, Drawn, Group, Law
from scrambler.coherence.ssd import GROUPS

__all__ = [
    "EMPTY",
    "GROUPS",
    "RANKS",
    "Drawn",
    "Group",
    "Law",
    "choices",
    "coded",
    "disguised",
    "drawn",
    "exact",
    "fixed",
    "following",
    "listed",
    "redrawn",
]
