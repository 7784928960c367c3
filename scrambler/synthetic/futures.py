"""Where looked after children go: care plans, earlier permanence, adoption, leaving care."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.ssd import ssd
from scrambler.synthetic.block import (
    NEVER,
    TODAY,
    Ints,
    Mask,
    Rng,
    between,
    birthday,
    chance,
    expand,
    following,
    pick,
    spread,
    taken,
)
from scrambler.synthetic.care import Periods
from scrambler.synthetic.cases import team_ids, worker_ids
from scrambler.synthetic.frames import Frames, either, frame, joined
from scrambler.synthetic.numbers import uuids
from scrambler.synthetic.people import People
from scrambler.synthetic.places import AUTHORITIES

_COUPLES = (("F1", "L0", 1), ("M1", "L0", 1), ("FF", "L12", 2), ("FF", "L2", 2), ("MM", "L4", 2),
            ("MM", "L12", 2), ("MF", "L11", 2), ("MF", "L2", 2), ("MF", "L3", 2))  # fmt: skip
_OTHER_PLANS = ("stays with aunt", "asked for a new plan", "sees brother weekly", "decides in May")
_FORMS = 40_000
_THIRTEEN_WEEKS = 91


def care_plans(who: People, care: Periods) -> Frames:
    """Return care plans and the form answers they repeat: the same on every row of a child."""
    rng, block = who.block.rng("care plans"), who.block
    child = np.unique(care.child)
    keys = ssd().code_lists["care_plan_permanence"].codes
    ticked = rng.random((len(child), len(keys))) < 0.18
    answers = [taken(("No", "Yes", ""), np.where(rng.random(len(child)) < 0.1, 2, ticked[:, k] * 1))
               for k in range(len(keys))]  # fmt: skip
    count = taken(("3", "6", "9", "12"), between(rng, 0, 3, len(child)))
    months = joined("Yes - ", count, " months")
    other = joined(who.forename.gather(child).str.slice(0, 20), " ",
                   taken(_OTHER_PLANS, between(rng, 0, 3, len(child))))  # fmt: skip
    answers[3] = either(ticked[:, 3], months, answers[3])
    answers[9] = either(ticked[:, 9], other, answers[9])
    pieces: list[pl.Series | str] = ["{"]
    for place, key in enumerate(keys):
        pieces += [f'{", " if place else ""}"{key}": "', answers[place], '"']
    form = joined(*pieces, "}")

    of, nth = expand(1 + np.minimum((care.until - care.start) // 250, 3))
    start = care.start[of] + nth * 250
    last = following(of, -1) != of
    end = np.where(last, care.end[of], following(start, 0))
    filled = np.full(block.size, NEVER)
    np.maximum.at(filled, care.child, care.until)
    row, question = expand(np.full(len(child), len(keys)))
    asked = ssd().code_lists["care_plan_question"].codes
    return {
        "ssd_cla_care_plan": frame(
            "ssd_cla_care_plan", lacp_table_id=block.ids("care_plan", len(of)),
            lacp_person_id=who.id(care.child[of]), lacp_cla_care_plan_start_date=start,
            lacp_cla_care_plan_end_date=end,
            lacp_cla_care_plan_json=form.gather(np.searchsorted(child, care.child[of])),
        ),
        "ssd_pre_cla_care_plan": frame(
            "ssd_pre_cla_care_plan",
            FACT_FORM_ID=block.ids("form", len(child), _FORMS).gather(row),
            DIM_PERSON_ID=who.id(child[row]), ANSWER_NO=taken(asked, question),
            ANSWER=pl.concat(answers).gather(question * len(child) + row),
            LatestResponseDate=filled[child][row],
        ),
        "ssd_cla_previous_permanence": _earlier(who, care, child, rng),
    }  # fmt: skip


def _earlier(who: People, care: Periods, child: Ints, rng: Rng) -> pl.DataFrame:
    """Return the question about earlier permanence: a date and an authority where it is yes."""
    n = len(child)
    first = np.full(who.block.size, TODAY)
    np.minimum.at(first, care.child, care.start)
    option = spread(rng, (4, 4, 3, 3, 86), n)
    had = option < 4
    day = between(rng, who.born[child], first[child])
    dates = pl.Series(day).cast(pl.Date)
    parts = spread(rng, (50, 20, 20, 10), n)
    written = pl.Series(["zz/zz/zzzz"]).gather(np.zeros(n, dtype=np.int64))
    for place, form in enumerate(("%d/%m/%Y", "zz/%m/%Y", "zz/zz/%Y")):
        written = either(parts == place, dates.dt.strftime(form), written)
    return frame(
        "ssd_cla_previous_permanence", lapp_table_id=who.block.ids("form", n, 2 * _FORMS),
        lapp_person_id=who.id(child),
        lapp_previous_permanence_option=taken(
            ssd().code_lists["previous_permanence_option"].codes, option
        ),
        lapp_previous_permanence_la=taken(
            AUTHORITIES, np.where(had, between(rng, 0, len(AUTHORITIES) - 1, n), -1)
        ),
        lapp_previous_permanence_order_date=written.set(pl.Series(~had), None),
    )  # fmt: skip


def permanence(who: People, care: Periods, placements: pl.DataFrame) -> Frames:
    """Return one row a child on the way to, or left by, adoption, guardianship or residence order.

    ``placements`` gives the day on which an adopted child moved in: that of the last placement.
    """
    rng, block = who.block.rng("permanence"), who.block
    adopted, guarded = care.left_by(adoption=True), care.left_by(guardian=True)
    ordered = adopted | guarded | care.left_by()
    young = (care.exit == -1) & (care.until - care.start > 150) & ~care.adopting
    decided = care.adopting.copy()
    decided[pick(rng, young & (who.age(care.child, care.until) < 10), 0.06)] = True
    rows = np.flatnonzero(decided | ordered)
    # One row a child: the latest.
    rows = rows[following(care.child[rows], -1) != care.child[rows]]
    n, child = len(rows), care.child[rows]
    placing, deciding, order = care.adopting[rows], decided[rows], ordered[rows]
    moved = placements.group_by("clap_cla_id").agg(pl.col("clap_cla_placement_start_date").max())
    moved = pl.DataFrame({"clap_cla_id": care.ids.gather(rows)}).join(
        moved, on="clap_cla_id", how="left", maintain_order="left"
    )
    day = moved["clap_cla_placement_start_date"].cast(pl.Date).cast(pl.Int64).to_numpy()
    start = care.start[rows]
    placed = np.where(placing, day, NEVER)
    matched = np.where(placing, np.maximum(start + 1, day - between(rng, 7, 30, n)), NEVER)
    decision = np.where(placing, np.maximum(start, matched - between(rng, 20, 120, n)),
                        between(rng, start, care.until[rows] - 20))  # fmt: skip
    early = placing & chance(rng, 0.15, n)
    reversal = deciding & ~placing & chance(rng, 0.6, n)
    couple = np.where(placing, spread(rng, (8, 2, 5, 3, 4, 4, 50, 6, 18), n), -1)
    sex, status, adopters = zip(*_COUPLES, strict=True)
    grouped = deciding & chance(rng, 0.4, n)
    kinds = ssd().code_lists["permanence_order_type"].codes
    kind = np.select([adopted[rows], guarded[rows], order], [0, 1, 2], -1)
    return {"ssd_permanence": frame(
        "ssd_permanence", perm_table_id=block.ids("permanence_row", n),
        perm_person_id=who.id(child), perm_cla_id=care.ids.gather(rows),
        perm_adm_decision_date=np.where(deciding, decision, NEVER),
        perm_part_of_sibling_group=taken("01", grouped * 1),
        perm_siblings_placed_together=np.where(grouped, between(rng, 1, 3, n), 0),
        perm_siblings_placed_apart=np.where(grouped, between(rng, 0, 2, n), 0),
        perm_ffa_cp_decision_date=np.where(early, decision, NEVER),
        perm_placement_order_date=placed, perm_matched_date=matched,
        perm_adopter_sex=taken(sex, couple), perm_adopter_legal_status=taken(status, couple),
        perm_number_of_adopters=taken([str(count) for count in adopters], couple).cast(pl.Int32),
        perm_placed_for_adoption_date=placed,
        perm_adopted_by_carer_flag=taken("NY", np.where(placing, care.by_carer[rows], -1)),
        perm_placed_ffa_cp_date=np.where(early, matched, NEVER),
        perm_placement_provider_urn=taken(
            [f"SC8{number}" for number in range(10_000, 10_030)],
            np.where(placing, between(rng, 0, 29, n), -1),
        ),
        perm_decision_reversed_date=np.where(reversal, decision + 15, NEVER),
        perm_decision_reversed_reason=taken(
            ssd().code_lists["permanence_reversed_reason"].codes,
            np.where(reversal, spread(rng, (4, 3, 2, 1), n), -1),
        ),
        perm_permanence_order_date=np.where(order, care.end[rows], NEVER),
        perm_permanence_order_type=taken(kinds, kind),
        perm_adoption_worker_id=worker_ids(
            np.where(deciding, between(rng, 0, block.workers - 1, n), -1)
        ),
    )}  # fmt: skip


def care_leavers(who: People, care: Periods) -> Frames:
    """Return one to three records of young people of 16 and more who were looked after.

    Eligibility goes by age on the day of the record; nobody is in touch without a day of contact.
    """
    rng, block = who.block.rng("care leavers"), who.block
    sixteen = birthday(who.dob, 16)
    due = np.flatnonzero((who.last[care.child] > sixteen[care.child] + 20)
                         & (care.until >= sixteen[care.child] + 1)
                         & (care.until - care.start >= _THIRTEEN_WEEKS)
                         & ~np.isin(care.reason, ("E2", "E3")))  # fmt: skip
    due = due[following(care.child[due], -1) != care.child[due]]
    of, nth = expand(1 + spread(rng, (30, 35, 35), len(due)))
    period = due[of]
    child, n = care.child[period], len(of)
    low = np.maximum(sixteen[child], care.start[period])
    room = np.maximum(who.last[child] - low, 3) // 3
    day = np.minimum(low + nth * room + between(rng, 0, room - 1), who.last[child])
    final = following(of, -1) != of
    died = final & (who.death[child] > NEVER)
    touch = np.where(died, 2, spread(rng, (80, 8, 0, 4, 5, 3), n))
    age = who.age(child, day)
    still = (care.end[period] == NEVER) | (care.end[period] > day)
    status = np.select([age >= 18, still], [1, 2], 0)
    # Nobody who died or went home for good has a home or an activity on record.
    known = (touch != 2) & (touch != 5)
    lists = ssd().code_lists
    home = spread(rng, (12, 6, 14, 12, 1, 1, 4, 4, 2, 3, 22, 3, 2, 3, 3, 8), n)
    codes = np.array(lists["care_leaver_accommodation"].codes)
    home = np.where(np.isin(codes[home], ("T", "Z")) & (age < 18), 0, home)
    suited = np.where(np.isin(codes[home], ("S", "X")), 1, spread(rng, (85, 15), n))
    activity = spread(rng, (4, 1, 22, 4, 6, 1, 20, 6, 12, 20, 4), n)
    reviewed = np.maximum(sixteen[child], day - between(rng, 1, 180, n))
    return {"ssd_care_leavers": frame(
        "ssd_care_leavers", clea_table_id=uuids(rng, n), clea_person_id=who.id(child),
        clea_care_leaver_eligibility=taken(lists["care_leaver_eligibility"].codes, status),
        clea_care_leaver_in_touch=taken(lists["care_leaver_in_touch"].codes, touch),
        clea_care_leaver_latest_contact=np.where(touch == 0, day, NEVER),
        clea_care_leaver_accommodation=_known(
            lists["care_leaver_accommodation"].codes, home, known
        ),
        clea_care_leaver_accom_suitable=_known(
            lists["care_leaver_suitability"].codes, suited, known
        ),
        clea_care_leaver_activity=_known(lists["care_leaver_activity"].codes, activity, known),
        clea_pathway_plan_review_date=np.where(known, reviewed, NEVER),
        clea_care_leaver_personal_advisor=worker_ids(between(rng, 0, block.workers - 1, n)),
        clea_care_leaver_allocated_team=team_ids(between(rng, 0, block.teams - 1, n)),
        clea_care_leaver_worker_id=worker_ids(between(rng, 0, block.workers - 1, n)),
    )}  # fmt: skip


def _known(codes: tuple[str, ...], places: Ints, known: Mask) -> pl.Series:
    return taken(codes, np.where(known, places, -1))
