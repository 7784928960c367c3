"""What all batches of a run share."""

from __future__ import annotations

from dataclasses import dataclass, field

from scrambler.batch.dates import DateShift
from scrambler.keys.dates_key import DatesKey
from scrambler.keys.lookup import Indexes
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.keys.secret import Secret
from scrambler.ssd import Spec
from scrambler.ssd.national import Codes


@dataclass(frozen=True)
class RunContext:
    """What all batches of a run share: the dataset, the pseudonyms, the indexes, the offsets.

    ``indexes`` are the facts about the whole source that one batch cannot see. ``shift``
    says how dates move, ``dates_key`` what that follows from where it outlives the epoch, ``codes``
    what codes are drawn by.
    """

    spec: Spec
    pseudonyms: Pseudonyms
    shift: DateShift = field(default_factory=DateShift)
    indexes: Indexes = field(default_factory=Indexes)
    dates_key: DatesKey | None = None
    codes: Codes = "even"

    @property
    def secret_of_dates(self) -> Secret:
        """What the moves of dates follow from: the dates key, without one the epoch."""
        return self.dates_key or self.pseudonyms.epoch
