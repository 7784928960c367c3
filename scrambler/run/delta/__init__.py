"""Deltas: what changed since an output's last commit, told by keyed fingerprints of its rows."""

from scrambler.run.delta.agreement import ensure_compatible
from scrambler.run.delta.changes import Changes
from scrambler.run.delta.state import STATE, state_of

__all__ = ["STATE", "Changes", "ensure_compatible", "state_of"]
