"""What all batches of a run share."""

from __future__ import annotations

from dataclasses import dataclass, field

from scrambler.batch.dates import DateShift
from scrambler.keys.lookup import Indexes
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.ssd import Spec


@dataclass(frozen=True)
class RunContext:
    """What all batches of a run share: the dataset, the pseudonyms, the indexes, the offsets.

    ``indexes`` are the facts about the whole source that one batch cannot see. ``shift``
    says how dates move.
    """

    spec: Spec
    pseudonyms: Pseudonyms
    shift: DateShift = field(default_factory=DateShift)
    indexes: Indexes = field(default_factory=Indexes)
