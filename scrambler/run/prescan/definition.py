"""The type of an index that the prescan makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scrambler.batch import Batch

Arrays = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class IndexDefinition:
    """One index: what to gather from each batch of ``table``, and how to finish it.

    Only rows of the tables ``asked_by`` may ask for it: it is let go when these are done.
    ``gather`` returns arrays of one length, ``token`` among them. An index is left out when the
    source lacks the table or the first of ``columns``; the others count as empty where they are
    missing. Indexes are made in the order of their ``stage``, and may ask those of earlier ones;
    routes over other tables are there from stage 1 on. With ``by_row`` the tokens are those of
    rows, for which all that may stand in for a key is read.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    gather: Callable[[Batch], Arrays]
    asked_by: tuple[str, ...]
    finish: Callable[[Arrays], Arrays] = lambda arrays: arrays
    stage: int = 0
    by_row: bool = False
