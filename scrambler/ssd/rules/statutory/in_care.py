"""The return on children looked after, about what happens in care: reviews, forms, absences."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.rules.condition import aged, implies, in_order, under
from scrambler.ssd.rules.statutory.links import beside, met_by, next_of, summed
from scrambler.ssd.rules.statutory.rule import Record, Tables, codes_of, looked_after

_EPISODES = (
    "clae_person_id",
    "clae_cla_episode_start_date",
    "clae_cla_episode_ceased_date",
    "clae_cla_episode_ceased_reason",
)
_BEGUN, _CEASED = col("clae_cla_episode_start_date"), col("clae_cla_episode_ceased_date")


def with_person(rows: pl.LazyFrame, child: str, tables: Tables) -> pl.LazyFrame:
    """Return rows with the facts of their child, and when the child was in care."""
    rows = beside(rows, child, tables["ssd_person"], "pers_person_id")
    return summed(
        rows, child, tables["ssd_cla_episodes"], "clae_person_id",
        first_day=_BEGUN.min(), last_day=_CEASED.max(), is_in_care=_CEASED.is_null().any(),
        last_way_out=col("clae_cla_episode_ceased_reason").sort_by(_BEGUN).last(),
    )  # fmt: skip


REVIEWS = Record(
    "review of care", "clar_cla_person_id",
    (
        "clar_cla_review_id", "clar_cla_person_id", "clar_cla_review_date",
        "clar_cla_review_cancelled", "clar_cla_review_participation", "pers_person_id",
        "pers_dob", *_EPISODES,
    ),
    lambda tables: with_person(tables["ssd_cla_reviews"], "clar_cla_person_id", tables),
)  # fmt: skip

_REVIEWED, _PART = col("clar_cla_review_date"), col("clar_cla_review_participation")
_HELD = col("clar_cla_review_cancelled").ne_missing("Y") & _REVIEWED.is_not_null()

FORMS = Record(
    "strengths and difficulties form", "csdq_person_id",
    (
        "csdq_table_id", "csdq_person_id", "csdq_sdq_completed_date", "csdq_sdq_score",
        "csdq_sdq_reason", "pers_person_id", "pers_dob", *_EPISODES,
    ),
    lambda tables: with_person(tables["ssd_sdq_scores"], "csdq_person_id", tables),
)  # fmt: skip

_ASKED, _SCORE, _UNSCORED = (
    "csdq_sdq_completed_date",
    col("csdq_sdq_score"),
    col("csdq_sdq_reason"),
)
_YEAR_IN_CARE = "A form counts after a year in care: which year that is, the return says."


def _spells(tables: Tables) -> pl.LazyFrame:
    rows = with_person(tables["ssd_missing"], "miss_person_id", tables)
    ended = col("miss_missing_episode_end_date")
    rows = met_by(
        rows, tables["ssd_cla_placement"], ("miss_person_id", "clap_person_id"),
        outlasts_placement=(
            (col("clap_cla_placement_start_date") <= col("miss_missing_episode_start_date"))
            & (col("miss_missing_episode_start_date") < col("clap_cla_placement_end_date"))
            & (ended.is_null() | (ended > col("clap_cla_placement_end_date")))
        ),
    )  # fmt: skip
    rows = met_by(
        rows, tables["ssd_cla_episodes"], ("miss_person_id", "clae_person_id"),
        is_during_care=(col("miss_missing_episode_start_date") >= _BEGUN)
        & (_CEASED.is_null() | (col("miss_missing_episode_start_date") <= _CEASED)),
    )  # fmt: skip
    start = "miss_missing_episode_start_date"
    return rows.with_columns(next_start=next_of(start, "miss_person_id", start))


SPELLS = Record(
    "missing episode", "miss_person_id",
    (
        "miss_table_id", "miss_person_id", "miss_missing_episode_start_date",
        "miss_missing_episode_type", "miss_missing_episode_end_date", "pers_person_id",
        "pers_dob", "clap_person_id", "clap_cla_placement_start_date",
        "clap_cla_placement_end_date", *_EPISODES,
    ),
    _spells,
)  # fmt: skip

_GONE, _BACK = col("miss_missing_episode_start_date"), col("miss_missing_episode_end_date")
_KIND = col("miss_missing_episode_type")
_CARED_FOR = col("first_day").is_not_null()

STATUSES_OF_ASYLUM = Record(
    "immigration status", "immi_person_id",
    (
        "immi_person_id", "immi_immigration_status", "immi_immigration_status_start_date",
        "immi_immigration_status_end_date", "pers_person_id", "pers_dob", *_EPISODES,
    ),
    lambda tables: with_person(tables["ssd_immigration_status"], "immi_person_id", tables),
)  # fmt: skip

_IS_UASC = col("immi_immigration_status").str.contains("(?i)^U$|UASC|^unaccompanied asylum")
_UASC_IN_CARE = _IS_UASC & _CARED_FOR

EARLIER = Record(
    "previous permanence", "lapp_person_id",
    (
        "lapp_person_id", "lapp_previous_permanence_option", "lapp_previous_permanence_la",
        "lapp_previous_permanence_order_date", "pers_person_id", *_EPISODES,
    ),
    lambda tables: with_person(
        tables["ssd_cla_previous_permanence"], "lapp_person_id", tables
    ).with_columns(
        year=col("lapp_previous_permanence_order_date").str.extract(r"(\d{4})$").cast(pl.Int32)
    ),
)  # fmt: skip

_OPTION, _DATE = col("lapp_previous_permanence_option"), col("lapp_previous_permanence_order_date")
_BY = col("lapp_previous_permanence_la")

MISUSE = Record(
    "substance misuse", "clas_person_id",
    ("clas_person_id", "clas_substance_misused", "clas_intervention_received"),
    lambda tables: tables["ssd_cla_substance_misuse"],
)  # fmt: skip

CONVICTIONS = Record(
    "conviction", "clac_person_id",
    ("clac_person_id", "clac_cla_conviction_date", "pers_person_id", "pers_dob"),
    lambda tables: beside(
        tables["ssd_cla_convictions"], "clac_person_id", tables["ssd_person"], "pers_person_id"
    ),
)  # fmt: skip

IN_CARE = (
    looked_after("166", REVIEWS, _REVIEWED.is_not_null() | col("clar_cla_review_id").is_null()),
    looked_after("167", REVIEWS, implies(
        _HELD, _PART.is_in(codes_of("review_participation")).fill_null(False)
    )),
    looked_after("440", REVIEWS, implies(_PART == "PN0", under(4, "clar_cla_review_date"))),
    looked_after("441", REVIEWS, implies(
        _PART.is_not_null() & (_PART != "PN0"), aged(4, "clar_cla_review_date")
    )),
    looked_after("180", FORMS, _SCORE.is_between(0, 40)),
    looked_after("196", FORMS, _UNSCORED.is_in(codes_of("sdq_reason"))),
    looked_after("197a", FORMS, _SCORE.is_null() | _UNSCORED.is_null()),
    looked_after("157", FORMS, implies(
        _UNSCORED == "SDQ1", under(4, _ASKED) | aged(17, _ASKED)
    )),
    looked_after("188", FORMS, implies(_SCORE.is_not_null(), aged(4, _ASKED))),
    looked_after("189", FORMS, implies(_SCORE.is_not_null(), under(17, _ASKED))),
    looked_after("186"),
    looked_after("197B", FORMS, implies(
        col("csdq_table_id").is_not_null(), _SCORE.is_not_null() | _UNSCORED.is_not_null()
    )),
    looked_after("185", why=_YEAR_IN_CARE),
    looked_after("198", why=_YEAR_IN_CARE),
    looked_after("192", MISUSE, implies(
        col("clas_substance_misused").is_not_null(), col("clas_intervention_received").is_not_null()
    )),
    looked_after("193", MISUSE, implies(
        col("clas_intervention_received") == "Y", col("clas_substance_misused").is_not_null()
    )),
    looked_after("542", CONVICTIONS, aged(10, "clac_cla_conviction_date")),
    looked_after("303", STATUSES_OF_ASYLUM, implies(
        col("immi_immigration_status_end_date").is_not_null() & _CARED_FOR,
        col("immi_immigration_status").is_not_null(),
    )),
    looked_after("304", STATUSES_OF_ASYLUM, implies(
        _UASC_IN_CARE, under(18, "immi_immigration_status_end_date")
        | (col("immi_immigration_status_end_date")
           <= col("pers_dob").dt.offset_by("18y").dt.offset_by("1d"))
    )),
    looked_after("231", STATUSES_OF_ASYLUM, implies(
        _UASC_IN_CARE, aged(11, "immi_immigration_status_start_date")
    )),
    looked_after("1006", SPELLS, _KIND.is_in(codes_of("missing_type"))),
    looked_after("564", SPELLS, _KIND.is_null() == _GONE.is_null()),
    looked_after("565", SPELLS, implies(_GONE.is_not_null(), _KIND.is_not_null())),
    looked_after("566", SPELLS, implies(_BACK.is_not_null(), _KIND.is_not_null())),
    looked_after("567", SPELLS, in_order(
        "miss_missing_episode_start_date", "miss_missing_episode_end_date"
    )),
    looked_after("574", SPELLS, (col("next_start") >= _BACK).fill_null(
        col("next_start").is_null()
    )),
    looked_after("575", SPELLS, ~col("outlasts_placement")),
    looked_after("577", SPELLS, implies(
        _CARED_FOR & ~col("is_in_care"), (col("last_day") >= _BACK).fill_null(False)
    )),
    looked_after("578", SPELLS, implies(_CARED_FOR & ~col("is_in_care"), col("last_day") >= _GONE)),
    looked_after("580", SPELLS, implies(
        ~col("is_in_care") & (col("last_day") == _BACK) & aged(18, "last_day"),
        col("last_way_out") == "E8",
    )),
    looked_after("581", SPELLS, col("first_day") <= _GONE),
    looked_after("586", SPELLS, in_order("pers_dob", "miss_missing_episode_start_date")),
    looked_after("630", EARLIER, implies(
        _OPTION != "Z1", _DATE.is_not_null() & _BY.is_not_null()
    )),
    looked_after("631", EARLIER, _OPTION.is_in(codes_of("previous_permanence_option"))),
    looked_after("632", EARLIER, _DATE.str.contains(
        r"(?i)^(?:zz|\d{2})/(?:zz|\d{2})/(?:zzzz|\d{4})$"
    ) & (col("year") <= col("first_day").dt.year()).fill_null(True)),
    looked_after("633"),
    looked_after("635", EARLIER, implies(_OPTION == "Z1", _DATE.is_null() & _BY.is_null())),
)  # fmt: skip
