"""Pre-proceedings: one case a family, the same court reference and dates for all its children."""

from __future__ import annotations

import numpy as np

from scrambler.ssd import ssd
from scrambler.synthetic.block import NEVER, TODAY, between, chance, pick, spread, taken, text
from scrambler.synthetic.cases import PROTECTION, Cases
from scrambler.synthetic.frames import Frames, frame, joined, kept
from scrambler.synthetic.people import People


def pre_proceedings(who: People, cases: Cases) -> Frames:
    """Return a row a child in a fifth of the protection and care cases.

    Court reference, hearings and the letter before care proceedings belong to cases that went to
    court; an outcome has a date, and a case without one is still in pre-proceedings.
    """
    rng, block, lists = who.block.rng("courts"), who.block, ssd().code_lists
    families = len(cases.family)
    heavy = np.zeros(families, dtype=np.bool_)
    heavy[pick(rng, cases.path >= PROTECTION, 0.22)] = True
    decision = cases.enquiry + between(rng, 10, 40, families)
    meeting = decision + between(rng, 10, 30, families)
    agreed = meeting + between(rng, 30, 150, families)
    court = chance(rng, 0.55, families)
    row = np.flatnonzero(heavy[cases.c_case] & (cases.of(meeting) <= cases.c_until))
    case, n = cases.c_case[row], len(row)
    done = agreed[case] <= cases.c_until[row]
    issued = done & court[case]
    final = np.where(issued, spread(rng, (4, 2, 2, 2, 3, 1, 1, 4), n), -1)
    approved = (final >= 0) & (final != 7)
    codes = lists["yes_no_unknown"].codes
    short = spread(rng, (15, 80, 5), n)
    return {"ssd_pre_proceedings": frame(
        "ssd_pre_proceedings", prep_table_id=block.ids("prep_row", n),
        prep_person_id=who.id(cases.c_child[row]),
        prep_plo_family_id=block.ids("plo_family", families).gather(case),
        prep_pre_pro_decision_date=decision[case], prep_initial_pre_pro_meeting_date=meeting[case],
        prep_pre_pro_outcome=taken(
            lists["preproc_outcome"].codes, np.where(done, 1 - court[case], -1)
        ),
        prep_agree_stepdown_issue_date=np.where(done, agreed[case], NEVER),
        prep_cp_plans_referral_period=between(rng, 0, 2, n),
        prep_legal_gateway_outcome=taken(
            lists["legal_gateway_outcome"].codes, spread(rng, (2, 6, 2, 1), families)[case]
        ),
        prep_prev_pre_proc_child=between(rng, 0, 1, n),
        prep_prev_care_proc_child=between(rng, 0, 1, n),
        prep_pre_pro_letter_date=np.minimum(decision[case] + 3, TODAY),
        prep_care_pro_letter_date=np.where(issued, agreed[case], NEVER),
        prep_pre_pro_meetings_num=between(rng, 1, 5, n),
        prep_pre_pro_parents_legal_rep=taken(codes, spread(rng, (7, 2, 1), n)),
        prep_parents_legal_rep_point_of_issue=taken(
            lists["yes_no_unknown_not_cp"].codes, np.where(issued, spread(rng, (7, 2, 1), n), -1)
        ),
        prep_court_reference=kept(
            joined("CT26C", text(10_000 + block.number * 5_000 + case)), issued
        ),
        prep_care_proc_court_hearings=kept(text(between(rng, 1, 9, n)), issued),
        prep_care_proc_short_notice=taken(
            lists["yes_no_unknown_not_cp"].codes, np.where(issued, short, -1)
        ),
        prep_proc_short_notice_reason=taken(
            lists["short_notice_reason"].codes,
            np.where(issued & (short == 0), spread(rng, (4, 2, 2), n), -1),
        ),
        prep_la_inital_plan_approved=taken(
            codes, np.where(issued, spread(rng, (8, 1, 1), n), -1)
        ),
        prep_la_initial_care_plan=taken(
            lists["la_initial_care_plan"].codes,
            np.where(issued, spread(rng, (6, 2, 1, 2, 1, 1, 1), n), -1),
        ),
        prep_la_final_plan_approved=taken(
            codes, np.where(approved, spread(rng, (8, 1, 1), n), -1)
        ),
        prep_la_final_care_plan=taken(lists["la_final_care_plan"].codes, final),
    )}  # fmt: skip
