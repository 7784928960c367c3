"""One line of a policy: a column and the treatment it gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scrambler.policy.traits import Traits, traits_of
from scrambler.ssd import ColumnSpec

_MIXING = ("codes", "names", "type")


@dataclass(frozen=True)
class Assignment:
    """``column`` gets ``treatment`` with ``parameters``; ``reason`` says why where it must be said.

    ``place`` is where the line stands, as ``file:line``, for messages.
    """

    column: ColumnSpec
    treatment: str
    parameters: Mapping[str, str]
    reason: str
    place: str

    @property
    def traits(self) -> Traits:
        """What rooms have to know of the treatment."""
        return traits_of(self.treatment)

    @property
    def is_mixed(self) -> bool:
        """Whether a column of identifiers holds something else, too: codes, names, other types."""
        return self.traits.is_key and not self.parameters.keys().isdisjoint(_MIXING)
