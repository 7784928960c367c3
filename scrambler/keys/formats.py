"""The forms of pseudonyms: what columns can hold, and what an epoch has recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scrambler.errors import EpochError


@dataclass(frozen=True)
class Forms:
    """How pseudonyms look: the most characters of each id domain's map, and which are integers.

    The columns of the first source decide it. It is kept with the epoch, so that whoever scrambles
    another part of the source under the same epoch gives the same pseudonyms.
    """

    lengths: Mapping[str, int]
    numeric: frozenset[str]

    def under(self, recorded: Forms | None) -> Forms:
        """Return the recorded forms, and these for what was not recorded."""
        if recorded is None:
            return self
        fresh = self.numeric - recorded.lengths.keys()
        return Forms({**self.lengths, **recorded.lengths}, recorded.numeric | fresh)

    def fitting(self, recorded: Forms | None) -> Forms:
        """Return what was recorded of these maps, and these forms for the others.

        EpochError when the columns that these forms are of cannot hold the recorded ones: also
        where those are integers, since an identifier that is no whole number becomes text.
        """
        agreed = self.under(recorded)
        lengths = {name: agreed.lengths[name] for name in self.lengths}
        unfit = [name for name, length in lengths.items() if length > self.lengths[name]]
        unfit = sorted({*unfit, *(self.numeric - agreed.numeric)})
        if unfit:
            raise EpochError(
                f"Pseudonyms of {', '.join(unfit)} do not fit this source: the epoch recorded them "
                "for wider columns, or for text where there are integers now. Widen or change the "
                "columns, or start a new epoch."
            )
        return Forms(lengths, agreed.numeric & lengths.keys())
