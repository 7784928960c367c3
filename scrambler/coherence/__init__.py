"""Columns that are drawn together, so that no draw contradicts another or what is kept.

A group names its columns and what they allow; its law, worked out from that, is both what the draws
follow and what the verification expects.
"""

from scrambler.coherence.group import Drawn, Group, Law, draw
from scrambler.coherence.ssd import GROUPS

__all__ = ["GROUPS", "Drawn", "Group", "Law", "draw"]
