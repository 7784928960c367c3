"""Deltas: what changed since an output's last commit, told by keyed fingerprints of its rows."""

from scrambler.delta.agreement import agree
from scrambler.delta.changes import Changes
from scrambler.delta.state import STATE, state_of

__all__ = ["STATE", "Changes", "agree", "state_of"]
