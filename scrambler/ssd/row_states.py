"""What became of a row since the last time, as code_lists.csv spells it (row_state)."""

from __future__ import annotations

from scrambler.ssd.load import ssd

NEW, UPDATED, UNCHANGED, DELETED = ssd().code_lists["row_state"].codes
