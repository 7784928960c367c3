"""The live staging table, scrambled leaf by leaf. It is only ever read."""

from scrambler.live_payload.live import read_live, scramble_live
from scrambler.live_payload.stage import stage_live

__all__ = ["read_live", "scramble_live", "stage_live"]
