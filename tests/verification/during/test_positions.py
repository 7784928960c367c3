"""Rows stand where their keys say, and leave in that order."""

from __future__ import annotations

import numpy as np
import pytest

from scrambler.errors import VerificationError
from scrambler.keys.epoch import FORMAT
from scrambler.run.order import PLACE, placed
from scrambler.verification.during.derivation import Secrets
from scrambler.verification.during.positions import Ascending, displaced
from tests.contexts import epoch, staged


def test_places_are_those_of_the_run_and_any_other_is_counted() -> None:
    batch = staged(
        {
            "ssd_contacts": {
                "cont_contact_id": [f"c{n}" for n in range(50)],
                "cont_person_id": [f"p{n % 7}" if n % 5 else None for n in range(50)],
            }
        }
    ).batch("ssd_contacts")
    places = placed(batch, batch.frame)[PLACE].to_numpy()
    secrets, keys = Secrets(epoch().key, FORMAT), (batch.rows, batch.subjects)
    assert displaced(secrets, places, *keys) == 0
    assert displaced(secrets, np.arange(50, dtype=np.uint64), *keys) == 50
    two = places.copy()
    two[[3, 40]] = two[[40, 3]]
    assert displaced(secrets, two, *keys) == 2
    assert displaced(Secrets(epoch(2).key, FORMAT), places, *keys) == 50


@pytest.mark.parametrize(
    ("pieces", "ascends"),
    [
        ([[1, 2, 2], [2, 9]], True),
        ([[], [5], []], True),
        ([[1, 3, 2]], False),
        ([[1, 3], [2]], False),
    ],
)
def test_rows_leave_in_ascending_order(pieces: list[list[int]], ascends: bool) -> None:
    watched = Ascending("ssd_contacts")

    def follow() -> None:
        for piece in pieces:
            watched.follow(np.array(piece, dtype=np.uint64))

    if ascends:
        follow()
        return
    with pytest.raises(VerificationError, match="ssd_contacts: rows leave in an order"):
        follow()
