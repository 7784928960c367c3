"""Addresses as plain text, postcodes without blanks, and wording nobody expected."""

from __future__ import annotations

import polars as pl

from scrambler.synthetic import places
from scrambler.synthetic.faults.injector import FaultInjector

_LONG = 12_000
_PICTURES = " \U0001f600\U0001f9d2\U00020bb7"
_ACCENTED = "Zo\u00eb\U00020bb7"


def addresses(injector: FaultInjector) -> None:
    """Replace some address objects by the comma text of Mosaic, postcode included; squeeze others.

    People at one address keep one text.
    """
    table = "ssd_address"
    number = pl.col("addr_address_json").str.extract(r'"UPRN": "(\d+)"')
    numbers = injector.frames[table].select(number.cast(pl.Int64)).to_series() - 990_000_000_000
    plain = places.plain_addresses(numbers.to_numpy())
    chosen = pl.Series(numbers % 6 == 0)
    injector.frames[table] = injector.frames[table].with_columns(
        pl.when(pl.lit(chosen)).then(pl.lit(plain)).otherwise("addr_address_json")
        .alias("addr_address_json")
    )  # fmt: skip
    squeezed = pl.col("addr_address_postcode").str.replace_all(" ", "")
    injector.change(table, 0.3, addr_address_postcode=squeezed)
    squeezed = pl.col("clap_cla_placement_postcode").str.replace_all(" ", "")
    injector.change("ssd_cla_placement", 0.3, clap_cla_placement_postcode=squeezed)


def wording(injector: FaultInjector) -> None:
    """Add pictures and characters of four bytes, and very long notes; care plans in plain words."""
    reason, offence = pl.col("earl_episode_reason"), pl.col("clac_cla_conviction_offence")
    injector.change("ssd_early_help_episodes", 0.05, earl_episode_reason=reason + _PICTURES)
    repeated = (reason + " ").repeat_by(_LONG // 100).list.join("")
    injector.change("ssd_early_help_episodes", 0.005, earl_episode_reason=repeated)
    injector.change("ssd_cla_convictions", 0.3, clac_cla_conviction_offence=offence + _PICTURES)
    injector.change("ssd_person", 0.004, pers_forename=_ACCENTED)
    told = "Long term fostering; returns home at weekends"
    injector.change("ssd_cla_care_plan", 0.1, lacp_cla_care_plan_json=told)
    injector.change("ssd_pre_cla_care_plan", 0.02, ANSWER="see the notes of Mrs O'Neill")
