"""Outcome columns: a JSON object a row in the form of System C, with the keys of json_columns.csv.

The number of outcomes is the number of Y flags, unquoted; comments carry the child's name.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from scrambler.ssd import OutcomeKeys, ssd
from scrambler.synthetic.block import Mask, text
from scrambler.synthetic.frames import joined


def flags(table: str) -> tuple[str, ...]:
    """Return the keys that hold Y or N."""
    return _found(table).flags


@cache
def _found(table: str) -> OutcomeKeys:
    columns = ssd().tables[table].columns
    (found,) = (ssd().outcomes[name] for name in columns if name in ssd().outcomes)
    return found


def outcomes(
    table: str,
    yes: dict[str, Mask],
    comments: pl.Series,
    without_nfa: Mask | None = None,
    no: str = "N",
) -> pl.Series:
    """Return the JSON text a row. Flags not in ``yes`` are ``no``, as the form ticks them.

    Rows marked ``without_nfa`` lack the key NFA_FLAG, as referrals of System C do.
    """
    height, found = len(comments), _found(table)
    unknown = yes.keys() - set(found.flags)
    if unknown:
        raise KeyError(f"{table} has no outcome {', '.join(sorted(unknown))}")
    total = np.zeros(height, dtype=np.int64)
    pieces: list[pl.Series | str] = ["{"]
    for position, key in enumerate(found.every):
        lead = f'{"," if position else ""}"{key}":'
        if key in found.flags:
            flag = yes.get(key, np.zeros(height, dtype=np.bool_))
            written = pl.Series([f'{lead}"{no}"', f'{lead}"Y"', ""])
            choice = flag.astype(np.int64)
            if key == "NFA_FLAG" and without_nfa is not None:
                choice = np.where(without_nfa, 2, choice)
            total += choice == 1
            pieces.append(written.gather(choice))
        elif key == found.comments:
            pieces += [f'{lead}"', comments, '"']
        else:
            pieces += [lead, text(total)]
    return joined(*pieces, "}")
