"""The live staging table: what the payload builder makes of the tables of a block, as they are.

The known builder keeps a row a child, and the sender writes beside it what was answered: of what
was sent the previous payload is the payload, and of a child that changed it is an earlier one.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.payload import build, content_hash, partial
from scrambler.ssd.row_states import DELETED, NEW, UNCHANGED, UPDATED
from scrambler.synthetic.block import AS_OF, BLOCK, NEVER, TODAY, between, spread, taken
from scrambler.synthetic.frames import Frames, either, frame, joined, kept, moments
from scrambler.synthetic.numbers import uuids
from scrambler.synthetic.people import People

ID_STRIDE = 2 * BLOCK
"""Row ids a block: one a child, and as many for builders that add a row for each change."""

_SECOND = 1_000_000
_STATES = (NEW, UPDATED, UNCHANGED, DELETED)
_STATUSES = ("Pending", "Sent", "Error")
_SURNAME = r'"surname":"((?:[^"\\]|\\.)*)"'


def live_table(who: People, frames: Frames, workforce: Frames) -> Frames:
    """Return a row for each child who has a payload on ``AS_OF``.

    ``frames`` are all tables of the block, ``workforce`` those that blocks share.
    """
    rng, block = who.block.rng("staging"), who.block
    tables = {name: rows.lazy() for name, rows in (frames | workforce).items()}
    built = build(tables, AS_OF)
    n, payload = built.height, built["json_payload"]
    state = spread(rng, (15, 20, 63, 2), n)
    status = np.where(state == 2, 1, spread(rng, (90, 0, 10), n))
    updated = pl.Series(state == 1, dtype=pl.Boolean)
    previous = kept(earlier(payload).zip_with(updated, payload), state > 0)
    part = kept(partial(previous, payload).payloads, state == 1)
    late = between(rng, 0, 36_000, n) * _SECOND
    sent = np.where(status > 0, TODAY - between(rng, 1, 6, n), NEVER)
    receipt = joined("2026-03-30_09:00:00.00_", uuids(rng, n).str.to_lowercase(), ".json")
    refused = joined("400 malformed request: record of ", _names(who, built), " has no episode")
    return {"ssd_api_data_staging": frame(
        "ssd_api_data_staging", id=1 + block.number * ID_STRIDE + np.arange(n),
        person_id=built["person_id"], legacy_id=built["legacy_id"],
        previous_json_payload=previous, json_payload=payload, partial_json_payload=part,
        current_hash=built["current_hash"], previous_hash=_hashes(previous),
        submission_status=taken(_STATUSES, status), submission_timestamp=moments(sent, late),
        api_response=kept(either(status == 2, refused, receipt), status > 0),
        row_state=taken(_STATES, state),
        last_updated=moments(TODAY - between(rng, 1, 6, n), late),
    )}  # fmt: skip


def earlier(payloads: pl.Series) -> pl.Series:
    """Return what the payloads were before each child's name changed."""
    return payloads.str.replace(_SURNAME, '"surname":"${1}-Bell"')


def _names(who: People, built: pl.DataFrame) -> pl.Series:
    known = pl.DataFrame({"person_id": who.ids, "name": who.names(np.arange(who.block.size))})
    return built.join(known, on="person_id", how="left", maintain_order="left")["name"]


def _hashes(payloads: pl.Series) -> pl.Series:
    return payloads.to_frame("text").select(content_hash(pl.col("text"))).to_series()
