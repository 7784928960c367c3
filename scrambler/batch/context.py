"""What all batches of a run share."""

from __future__ import annotations

from dataclasses import dataclass, field

from scrambler.batch.dates import Dates
from scrambler.keys.lookup import Indexes
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.ssd import Spec


@dataclass(frozen=True)
class RunContext:
    """What all batches of a run share: the dataset, the pseudonyms, the indexes, the offsets.

    ``indexes`` are the facts about the whole source that one batch cannot see. ``offsets`` is the
    range of days back, both ends included, that dates move; ``dates`` says what they keep.
    """

    spec: Spec
    pseudonyms: Pseudonyms
    offsets: tuple[int, int]
    indexes: Indexes = field(default_factory=Indexes)
    dates: Dates = "intervals"
