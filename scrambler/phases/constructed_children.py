"""Phases 1 and 2: constructed children, about nobody, to prove the way into staging."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from scrambler.errors.boundary import fault_at
from scrambler.files.scratch import scratch_folder
from scrambler.payload.tables import Tables
from scrambler.phases.evidence import handed_over, received
from scrambler.phases.phase import Outcome, Phase, Request
from scrambler.staging.stage_payloads import constructed_tables, payloads, stage_built
from scrambler.synthetic import AS_OF
from scrambler.synthetic.fake import fake

_A_FEW = 64
_MANY = 10_000


def _one(request: Request) -> Outcome:
    """Stage the child with the longest payload of a few: it has the most to prove."""
    as_of = request.as_of or AS_OF
    with _constructed(_A_FEW, request) as tables, fault_at("payloads"):
        built = pl.concat(payloads(tables, as_of))
        length = pl.col("json_payload").str.len_bytes()
        child = built.sort(length, "person_id", descending=True).head(1)
    target = request.target(1)
    done = stage_built(iter([child]), target, as_of, request.staging)
    return Outcome(
        (*handed_over(done, target), received(target, child)), {"constructed": _A_FEW} | done.counts
    )


def _volume(request: Request) -> Outcome:
    as_of, children = request.as_of or AS_OF, request.children or _MANY
    target = request.target(2)
    with _constructed(children, request) as tables:
        done = stage_built(
            payloads(tables, as_of, request.progress),
            target,
            as_of,
            request.staging,
        )
    return Outcome(handed_over(done, target), {"constructed": children} | done.counts)


@contextmanager
def _constructed(children: int, request: Request) -> Iterator[Tables]:
    with scratch_folder() as folder:
        fake(str(folder), children, progress=request.progress)
        yield constructed_tables(folder)


ONE_CONSTRUCTED = Phase(1, "one constructed child", _one)
CONSTRUCTED_VOLUME = Phase(2, "constructed children in volume", _volume)
