"""The live staging table as the two known builders write it, beside what the schema allows."""

from __future__ import annotations

import polars as pl

from scrambler.ssd import ssd
from scrambler.synthetic.faults.injector import FaultInjector
from scrambler.synthetic.live_table import earlier

_TABLE = "ssd_api_data_staging"
_PAYLOAD = pl.col("json_payload").str


def states(injector: FaultInjector) -> None:
    """Write states and statuses as the senders do, in lower case, and pad some."""
    injector.change(_TABLE, 0.5,
                submission_status=pl.col("submission_status").str.to_lowercase(),
                row_state=pl.col("row_state").str.to_lowercase())  # fmt: skip
    injector.change(_TABLE, 0.1, row_state=pl.col("row_state").str.pad_end(10))


def nulls(injector: FaultInjector) -> None:
    """Copy the nulls of factors (both builders), and write those of a row (PostgreSQL's)."""
    _rewrite(injector, 0.3, '("factors":\\[")', '"factors":[null,"')
    _rewrite(
        injector,
        0.5,
        r'("adoption":\{"initial_decision_date":"[^"]*"),"purge"',
        '${1},"matched_date":null,"placed_date":null,"purge"',
    )


def codes(injector: FaultInjector) -> None:
    """Write descriptions (PostgreSQL's builder), and what a cut leaves of a code (SQL Server's)."""
    listed = ssd().code_lists["ethnicity"]
    pairs = dict(zip(listed.codes, listed.labels, strict=True))
    spelt = {f'"ethnicity":"{code}"': f'"ethnicity":"{label}"' for code, label in pairs.items()}
    described = _PAYLOAD.replace_many(list(spelt), list(spelt.values()))
    injector.change(_TABLE, 0.2, json_payload=described)
    _rewrite(injector, 0.2, r'"placement_type":"(\w\d)"', '"placement_type":"${1} "')


def gaps(injector: FaultInjector) -> None:
    """Leave out what is empty (PostgreSQL's builder), and send placeholders as they are."""
    _rewrite(injector, 0.2, r'"disabilities":\["NONE"\],', "")
    _rewrite(injector, 0.2, r'"factors":\[\],', "")
    _rewrite(injector, 0.1, r'"worker_id":"[^"]*"', '"worker_id":"SSD_PH"')
    nobody = _PAYLOAD.replace(r'"mis_child_id":"[^"]*"', '"mis_child_id":"SSD_SUI"')
    injector.change(_TABLE, 0.03, json_payload=nobody, legacy_id="SSD_SUI")


def history(injector: FaultInjector) -> None:
    """Keep an older row of some children: PostgreSQL's builder adds a row for each change."""
    rows = injector.frames[_TABLE]
    some = injector.some(_TABLE, 0.05)
    older = rows.filter(pl.Series(some)).with_columns(
        json_payload=earlier(rows["json_payload"].filter(pl.Series(some)))
    )
    newer = rows.with_columns(
        pl.when(pl.Series(some))
        .then(pl.col("id") + injector.block.size)
        .otherwise("id")
        .alias("id")
    )
    injector.frames[_TABLE] = pl.concat([newer, older])


def _rewrite(injector: FaultInjector, share: float, pattern: str, into: str) -> None:
    there = _PAYLOAD.contains(pattern)
    injector.change(_TABLE, share, there, json_payload=_PAYLOAD.replace_all(pattern, into))
