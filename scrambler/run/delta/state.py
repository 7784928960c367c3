"""The state of an output: one key and one fingerprint a row, in the order of its tables' rows."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from kernels.draw import mix
from kernels.fingerprint import fingerprint
from scrambler.batch import Batch

STATE = pa.schema([("key", pa.uint64()), ("fingerprint", pa.binary(16))])
"""A state file's columns. A key stands for the source row, a fingerprint for its scrambled form."""


def state_of(batch: Batch, scrambled: pl.DataFrame) -> pl.DataFrame:
    """Return the state of a batch's scrambled rows, in their order.

    Keys are numbers of the epoch: rows of one table share a key where they share their primary key,
    or, without one, all their identifiers and dates. A key follows from its row alone: another row
    of the same key changes nothing about it.
    """
    epoch = batch.context.pseudonyms.epoch
    # One mix can be undone up to its key, which would show how the secret seeds of two rows differ.
    keys = mix(mix(batch.keys, epoch.number("key of rows")), epoch.number("key of rows, sealed"))
    prints = fingerprint(scrambled, epoch.subkey("fingerprint of rows"))
    return pl.DataFrame({"key": keys, "fingerprint": prints})
