"""What is recorded while a child is looked after: reviews, visits, health, going missing."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.ssd import ssd
from scrambler.synthetic import names
from scrambler.synthetic.block import (
    NEVER,
    Ints,
    between,
    chance,
    expand,
    pick,
    spread,
    taken,
)
from scrambler.synthetic.care import Periods
from scrambler.synthetic.frames import Frames, frame, moments, yn
from scrambler.synthetic.people import People
from scrambler.synthetic.plans import participation, review_days, visits

_CHECKS, _SDQ_FORMS = 183, 365
_FAR = 10**6


def reviews_and_visits(who: People, care: Periods) -> Frames:
    """Return statutory reviews (after 20 working days, three and then every six months), visits."""
    rng, block = who.block.rng("reviews"), who.block
    of, _, day = review_days(care.start, care.until, 28, 170)
    seen = visits(rng, care.start, care.until, 42)
    n = len(of)
    return {
        "ssd_cla_reviews": frame(
            "ssd_cla_reviews", clar_cla_review_id=block.ids("cla_review", n),
            clar_cla_id=care.ids.gather(of), clar_cla_person_id=who.id(care.child[of]),
            clar_cla_review_due_date=day - between(rng, 0, 6, n), clar_cla_review_date=day,
            clar_cla_review_cancelled=chance(rng, 0.03, n),
            clar_cla_review_participation=participation(rng, who, care.child[of], day),
        ),
        "ssd_cla_visits": frame(
            "ssd_cla_visits", clav_cla_visit_id=block.ids("cla_visit", len(seen.row)),
            clav_cla_id=care.ids.gather(seen.row), clav_person_id=who.id(care.child[seen.row]),
            clav_cla_visit_date=seen.day, clav_cla_visit_seen=seen.seen,
            clav_cla_visit_seen_alone=yn(seen.alone, seen.alone),
        ),
    }  # fmt: skip


def health(who: People, care: Periods) -> Frames:
    """Return health and dental checks, immunisations (one row a child), substances, SDQ scores."""
    rng, block = who.block.rng("health"), who.block
    of, _, day = review_days(care.start, care.until, 20, _CHECKS)
    of, day = np.repeat(of, 2), np.repeat(day, 2)
    n = len(of)
    checks = frame(
        "ssd_cla_health", clah_health_check_id=block.ids("health_check", n),
        clah_person_id=who.id(care.child[of]),
        clah_health_check_type=taken(ssd().code_lists["health_check_type"].codes, np.arange(n) % 2),
        clah_health_check_date=day,
        clah_health_check_status=taken(
            ssd().code_lists["health_check_status"].codes, spread(rng, (5, 6, 4, 85), n)
        ),
    )  # fmt: skip
    child = np.unique(care.child)
    latest = np.full(block.size, NEVER)
    np.maximum.at(latest, care.child, care.until)
    when = latest[child] - between(rng, 0, 5, len(child))
    late = between(rng, 8 * 3600, 18 * 3600, len(child)) * 1_000_000
    immunised = frame(
        "ssd_cla_immunisations", clai_person_id=who.id(child),
        clai_immunisations_status=~chance(rng, 0.15, len(child)),
        clai_immunisations_status_date=moments(when - 1, late),
    )  # fmt: skip
    of = pick(rng, (who.age(care.child, care.until) >= 13) & (care.until > care.start + 30), 0.12)
    names_used = ssd().code_lists["substance"].codes
    misuse = frame(
        "ssd_cla_substance_misuse",
        clas_substance_misuse_id=block.ids("substance_row", len(of)),
        clas_person_id=who.id(care.child[of]),
        clas_substance_misuse_date=between(
            rng, np.maximum(care.until[of] - 300, care.start[of]), care.until[of]
        ),
        clas_substance_misused=taken(names_used, between(rng, 0, len(names_used) - 1, len(of))),
        clas_intervention_received=chance(rng, 0.6, len(of)),
    )  # fmt: skip
    return {
        "ssd_cla_health": checks,
        "ssd_cla_immunisations": immunised,
        "ssd_cla_substance_misuse": misuse,
        "ssd_sdq_scores": _questionnaires(who, care),
    }


def _questionnaires(who: People, care: Periods) -> pl.DataFrame:
    """Return an SDQ form a year in care at the ages 4 to 16: a score, or the reason for none."""
    rng = who.block.rng("sdq")
    of, _, day = review_days(care.start, care.until, 60, _SDQ_FORMS)
    age = who.age(care.child[of], day)
    asked = (age >= 4) & (age <= 16)
    of, day = of[asked], day[asked]
    scored = ~chance(rng, 0.12, len(of))
    score = np.round(rng.beta(2, 3.4, len(of)) * 40).astype(np.int64)
    why = np.where(scored, -1, 1 + spread(rng, (3, 1, 2, 4), len(of)))
    return frame(
        "ssd_sdq_scores", csdq_table_id=who.block.ids("form", len(of)),
        csdq_person_id=who.id(care.child[of]), csdq_sdq_completed_date=day,
        csdq_sdq_score=pl.Series(score).set(pl.Series(~scored), None),
        csdq_sdq_reason=taken(ssd().code_lists["sdq_reason"].codes, why),
    )  # fmt: skip


def trouble(who: People, care: Periods, placements: pl.DataFrame) -> Frames:
    """Return missing episodes (over by the 18th birthday) and convictions.

    One is over when the next begins, and when the placement ends that the child was missing from.
    """
    rng, block = who.block.rng("missing"), who.block
    age = who.age(care.child, care.until)
    prone = pick(rng, (age >= 11) & (care.until - care.start > 40), 0.3)
    counts = 1 + spread(rng, (40, 25, 15, 10, 10), len(prone))
    first = np.maximum(care.start[prone], care.until[prone] - 700)
    room = care.until[prone] - 8 - first
    counts = np.minimum(counts, 1 + room // 16)
    which, nth = expand(counts)
    of = prone[which]
    n, child = len(of), care.child[of]
    slot = room[which] // counts[which]
    start = first[which] + nth * slot + between(rng, 0, np.maximum(slot - 8, 0))
    end = np.minimum(start + between(rng, 0, 6, n), who.adult[child])
    placed_until = _placed_until(care.ids.gather(of), start, placements)
    end = np.minimum(end, placed_until)
    final = nth == counts[which] - 1
    recent = (care.end[of] == NEVER) & (start > care.until[of] - 40)
    back = ~(final & recent & (placed_until == _FAR) & chance(rng, 0.3, n))
    offered = spread(rng, (80, 12, 8), n)
    accepted = np.where(offered == 0, spread(rng, (65, 35), n), 2)
    flags = ssd().code_lists["rhi_flag"].codes
    missing = frame(
        "ssd_missing", miss_table_id=block.ids("missing", n), miss_person_id=who.id(child),
        miss_missing_episode_start_date=start,
        miss_missing_episode_type=taken(
            ssd().code_lists["missing_type"].codes, spread(rng, (85, 15), n)
        ),
        miss_missing_episode_end_date=np.where(back, end, NEVER),
        miss_missing_rhi_offered=taken(flags, offered),
        miss_missing_rhi_accepted=taken(flags, accepted),
    )  # fmt: skip
    of = pick(rng, (age >= 12) & (care.until - care.start > 40), 0.1)
    day = between(rng, np.maximum(care.start[of], care.until[of] - 500), care.until[of])
    convictions = frame(
        "ssd_cla_convictions", clac_cla_conviction_id=block.ids("conviction", len(of)),
        clac_person_id=who.id(care.child[of]), clac_cla_conviction_date=day,
        clac_cla_conviction_offence=names.offences(rng, who.names(care.child[of])),
    )  # fmt: skip
    return {"ssd_missing": missing, "ssd_cla_convictions": convictions}


def _placed_until(periods: pl.Series, days: Ints, placements: pl.DataFrame) -> Ints:
    """Return the day on which the placement ends that a child is in on a day; far ahead if open."""
    asked = pl.DataFrame({"period": periods, "day": days}).with_row_index().sort("day")
    begun, ended = "clap_cla_placement_start_date", "clap_cla_placement_end_date"
    spans = placements.select(
        period="clap_cla_id",
        **{name: pl.col(column).cast(pl.Date).cast(pl.Int64)
           for name, column in (("begun", begun), ("ended", ended))},
    ).sort("begun")  # fmt: skip
    held = asked.join_asof(
        spans, left_on="day", right_on="begun", by="period", check_sortedness=False
    )
    return held.sort("index")["ended"].fill_null(_FAR).to_numpy()


def costs(who: People, placements: pl.DataFrame) -> Frames:
    """Return a finance placeholder for two placements in five."""
    rng = who.block.rng("costs")
    rows = pick(rng, np.ones(placements.height, dtype=np.bool_), 0.4)
    return {"ssd_s251_finance": frame(
        "ssd_s251_finance", s251_table_id=who.block.ids("s251_row", len(rows)),
        s251_cla_placement_id=placements["clap_cla_placement_id"].gather(rows),
    )}  # fmt: skip
