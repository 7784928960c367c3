"""Numbers rows as a database does: in the order in which they are recorded."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.ssd import ssd
from scrambler.synthetic.frames import Frames, columns
from scrambler.synthetic.people import People

_BY = {
    "ssd_contacts": "cont_contact_date",
    "ssd_early_help_episodes": "earl_episode_start_date",
    "ssd_cin_episodes": "cine_referral_date",
    "ssd_cin_assessments": "cina_assessment_start_date",
    "ssd_s47_enquiry": "s47e_s47_start_date",
    "ssd_cin_plans": "cinp_cin_plan_start_date",
    "ssd_cp_plans": "cppl_cp_plan_start_date",
    "ssd_involvements": "invo_involvement_start_date",
    "ssd_cla_episodes": "clae_cla_episode_start_date",
    "ssd_cla_placement": "clap_cla_placement_start_date",
    "ssd_cla_visits": "clav_cla_visit_date",
    "ssd_missing": "miss_missing_episode_start_date",
    "ssd_ehcp_requests": "ehcr_ehcp_req_date",
}
_LAG = 1.5
"""The mean days until what happened is recorded."""

_DAY = 86_400_000_000


def numbered(who: People, frames: Frames) -> Frames:
    """Return the tables of a block with keys in order of recording, and rows in order of keys.

    What refers to a key follows it.
    """
    numbers = dict[str, pl.DataFrame]()
    ordered = dict(frames)
    for table, day in _BY.items():
        key = ssd().tables[table].columns[ssd().tables[table].primary_key[0]]
        rows = frames[table]
        lag = who.block.rng(f"recorded {table}").exponential(_LAG * _DAY, rows.height)
        by = np.argsort(rows[day].to_physical().to_numpy() + lag, kind="stable")
        held = rows[key.name]
        assert key.domain is not None  # noqa: S101 - keys are identifiers
        numbers[key.domain] = pl.DataFrame(
            {"held": held.gather(by), "number": held.cast(pl.Int64).sort().cast(pl.String)}
        )
        ordered[table] = rows[by]
    return {table: _renumbered(table, rows, numbers) for table, rows in ordered.items()}


def _renumbered(table: str, rows: pl.DataFrame, numbers: dict[str, pl.DataFrame]) -> pl.DataFrame:
    for column in columns(table):
        if column.domain in numbers:
            known = numbers[column.domain]
            rows = rows.with_columns(pl.col(column.name).replace(known["held"], known["number"]))
    return rows
