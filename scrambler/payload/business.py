"""What must hold of a payload beyond its schema: what follows from the DfE's rules for its sources.

An episode that came to no further action has nothing that follows a referral, one that closed after
its assessment no more than that, and what ended ended after it began. Real records break such rules
as well, so they are counted and stop nothing.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

import polars as pl
from polars import col, element

_DATED = pl.List(pl.Struct({"start_date": pl.String, "end_date": pl.String}))
_WORK = ("child_in_need_plans", "section_47_assessments", "child_protection_plans")
_LASTING = (*_WORK, "child_looked_after_placements")
_EPISODE = pl.Struct(
    {
        "referral_date": pl.String,
        "closure_date": pl.String,
        "closure_reason": pl.String,
        "referral_no_further_action_flag": pl.Boolean,
        "child_and_family_assessments": _DATED,
        **dict.fromkeys(_LASTING, _DATED),
    }
)
_READ = pl.Struct({"social_care_episodes": pl.List(_EPISODE)})
_PATH = "$.social_care_episodes[]"


def business_breaches(payloads: pl.Series) -> pl.DataFrame:
    """Return one row for each breach: ``index`` into ``payloads``, JSON ``path`` and ``rule``.

    Payloads that the schema does not allow are for `validate`: with such among them there may be no
    row. Nulls and what is absent break nothing. No column holds a value of a payload.
    """
    try:
        read = payloads.str.json_decode(_READ)
    except pl.exceptions.PolarsError:
        return pl.DataFrame(schema={"index": pl.UInt32, "path": pl.String, "rule": pl.String})
    episodes = (
        pl.DataFrame({"read": read})
        .with_row_index()
        .unnest("read")
        .explode("social_care_episodes")
        .unnest("social_care_episodes")
    )
    broken = [
        episodes.filter(breaks.fill_null(False)).select(
            col("index").cast(pl.UInt32), path=pl.lit(path), rule=pl.lit(rule)
        )
        for rule, path, breaks in _RULES
    ]
    return pl.concat(broken)


def _any(name: str) -> pl.Expr:
    return col(name).list.len().fill_null(0) > 0


def _reversed(name: str) -> pl.Expr:
    """Return whether anything of a list ended before it began: ISO dates sort as text."""
    item = element().struct
    return col(name).list.eval(item.field("end_date") < item.field("start_date")).list.any()


_FOLLOWED = reduce(or_, map(_any, _WORK))

_RULES = (
    (
        "nothing follows a referral without further action",
        f"{_PATH}.referral_no_further_action_flag",
        col("referral_no_further_action_flag") & (_FOLLOWED | _any("child_and_family_assessments")),
    ),
    (
        "nothing but an assessment before RC8 and RC9",
        f"{_PATH}.closure_reason",
        col("closure_reason").is_in(["RC8", "RC9"]) & _FOLLOWED,
    ),
    (
        "a reason where it was closed, and a day",
        f"{_PATH}.closure_reason",
        col("closure_reason").is_not_null() & col("closure_date").is_null(),
    ),
    (
        "closed after it was referred",
        f"{_PATH}.closure_date",
        col("closure_date") < col("referral_date"),
    ),
    *(("ended after it began", f"{_PATH}.{name}[].end_date", _reversed(name)) for name in _LASTING),
)
"""What a rule says, the path it is about, and which episodes break it."""
