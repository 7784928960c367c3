"""Who a child is: the person row, family, mothers, disabilities, status, linked identifiers."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.ssd import ssd
from scrambler.synthetic import numbers
from scrambler.synthetic.block import (
    NEVER,
    TODAY,
    Ints,
    Mask,
    between,
    birthday,
    chance,
    expand,
    pick,
    spread,
    taken,
    text,
)
from scrambler.synthetic.frames import Frames, frame, joined, yn
from scrambler.synthetic.people import SEXES, YEAR, People, issued

_GENDERS = ("01", "02", "00")
_NATIONAL = (None, "PL", "RO", "AF", "SY", "IR", "ER", "SD", "PK", "IN")


def persons(who: People, mothers: Ints, planned: Mask, unserved: Mask) -> Frames:
    """Return ssd_person and ssd_family.

    ``planned`` marks children with an active EHC plan, ``unserved`` those whose every referral came
    to no further action.
    """
    rng, block = who.block.rng("persons"), who.block
    n = block.size
    mother = np.zeros(n, dtype=np.bool_)
    mother[mothers] = True
    young = birthday(who.dob, 5) > TODAY
    reason = np.where(young, 0, np.array([1, 2, 4])[spread(rng, (2, 2, 1), n)])
    reason = np.where(unserved & ~young & chance(rng, 0.5, n), 6, reason)
    without = ~who.has_upn & (who.dob > NEVER)
    listed = [code for code in _NATIONAL if code in {None, *ssd().code_lists["nationality"].codes}]
    foreign = np.where(who.asylum, 3 + spread(rng, (1, 1, 1), n),
                       np.where(chance(rng, 0.1, n), 1 + spread(rng, (1, 1), n), 0))  # fmt: skip
    common = (62, 1, 5, 1, 1, 3, 2, 2, 4, 1, 4, 2, 1, 2, 2, 5, 2, 3, 1, 3)
    family = block.ids("family", int(who.family.max()) + 1)
    again = np.concatenate([np.arange(n), pick(rng, ~mother, 0.2)])
    return {
        "ssd_person": frame(
            "ssd_person", pers_legacy_id=who.legacy, pers_person_id=who.ids, pers_upn=who.upn,
            pers_forename=who.forename, pers_surname=who.surname,
            pers_sex=taken(SEXES, who.sex), pers_gender=taken(_GENDERS, who.sex),
            pers_ethnicity=taken(ssd().code_lists["ethnicity"].codes, spread(rng, common, n)),
            pers_dob=who.dob, pers_single_unique_id=who.nhs,
            pers_upn_unknown=taken(ssd().code_lists["upn_unknown"].codes,
                                   np.where(without, reason, -1)),
            pers_send_flag=yn(planned, planned | ~chance(rng, 0.1, n)),
            pers_expected_dob=who.expected, pers_death_date=who.death,
            pers_is_mother=yn(mother, who.dob > NEVER),
            pers_nationality=taken(listed, foreign),
        ),
        "ssd_family": frame(
            "ssd_family", fami_table_id=block.ids("contact_external", len(again)),
            fami_family_id=family.gather(who.family[again]), fami_person_id=who.id(again),
        ),
    }  # fmt: skip


def mothers(who: People) -> tuple[Ints, Frames]:
    """Return the children who are mothers, and ssd_mother: a baby of the block for each.

    A mother is at least 15 years older than her child, and left care, if she was in it, before the
    year that is returned.
    """
    rng, age = who.block.rng("mothers"), TODAY - who.dob
    women = np.flatnonzero((who.sex == 1) & (age > 19.2 * YEAR) & (who.death == NEVER))
    babies = np.flatnonzero((who.dob > NEVER) & (age < 3 * YEAR))
    wanted = min(len(women), len(babies), 1 + who.block.size // 100)
    parent, child = rng.permutation(women)[:wanted], rng.permutation(babies)[:wanted]
    return parent, {"ssd_mother": frame(
        "ssd_mother", moth_table_id=who.block.ids("relation_row", wanted),
        moth_person_id=who.id(parent), moth_childs_person_id=who.id(child),
        moth_childs_dob=who.dob[child],
    )}  # fmt: skip


def conditions(who: People) -> Frames:
    """Return disabilities (NONE stands alone) of every child born, and immigration statuses.

    An unaccompanied child is one from 11 to 17.
    """
    rng, block = who.block.rng("conditions"), who.block
    codes = ssd().code_lists["disability"].codes
    alive = who.dob > NEVER
    disabled, none = np.zeros(block.size, dtype=np.bool_), np.zeros(block.size, dtype=np.bool_)
    disabled[pick(rng, alive, 0.14)] = True
    none[alive & ~disabled] = True
    some = np.flatnonzero(disabled)
    child, nth = expand(1 + spread(rng, (60, 28, 12), len(some)))
    step, begin = between(rng, 1, 3, len(some)), between(rng, 0, 11, len(some))
    code = 1 + (begin[child] + nth * step[child]) % 12
    who_has = np.concatenate([some[child], np.flatnonzero(none)])
    code = np.concatenate([code, np.zeros(int(none.sum()), dtype=np.int64)])

    settled = np.zeros(block.size, dtype=np.bool_)
    settled[pick(rng, alive & ~who.asylum, 0.02)] = True
    migrant = np.flatnonzero(who.asylum | settled)
    alone, adult = who.asylum[migrant], who.adult[migrant]
    first = np.maximum(who.born, who.last - 1500)[migrant]
    first = np.where(alone, np.maximum(first, birthday(who.dob, 11)[migrant] + 2), first)
    latest = np.where(alone, np.minimum(who.last[migrant], adult - 30), who.last[migrant])
    begun = np.minimum(between(rng, first, latest), latest)
    over = begun + between(rng, 100, 900, len(migrant))
    over = np.where(alone, np.minimum(over, adult - 1), over)
    other = ssd().code_lists["other_immigration_status"].codes
    status = np.where(who.asylum[migrant], 0, 1 + spread(rng, [1] * len(other), len(migrant)))
    return {
        "ssd_disability": frame(
            "ssd_disability", disa_table_id=block.ids("disability_row", len(code)),
            disa_person_id=who.id(who_has), disa_disability_code=taken(codes, code),
        ),
        "ssd_immigration_status": frame(
            "ssd_immigration_status",
            immi_immigration_status_id=block.ids("immigration_row", len(migrant)),
            immi_person_id=who.id(migrant), immi_immigration_status_start_date=begun,
            immi_immigration_status_end_date=np.where(over <= who.last[migrant], over, NEVER),
            immi_immigration_status=taken(("U", *other), status),
        ),
    }  # fmt: skip


def linked(who: People) -> Frames:
    """Return the other numbers a child is known by; UPN and NHS number as in ssd_person."""
    rng, block, child = who.block.rng("linked"), who.block, np.arange(who.block.size)
    number = block.children()
    ni = numbers.ni_numbers(number)
    old = TODAY - who.born > 16 * YEAR
    parts: list[tuple[str, Mask, pl.Series]] = [
        ("Unique Pupil Number", who.has_upn & chance(rng, 0.6, len(child)), who.upn),
        ("NHS Number", who.nhs.is_not_null().to_numpy() & chance(rng, 0.7, len(child)), who.nhs),
        ("Former Unique Pupil Number", who.has_upn & chance(rng, 0.05, len(child)),
         numbers.upns(number, issued(who.dob) + 2)),
        ("Former Unique Pupil Number", who.has_upn & chance(rng, 0.02, len(child)),
         numbers.upns(number, issued(who.dob) + 3)),
        ("Case Number", chance(rng, 0.2, len(child)), joined("CF", text(400_000 + number))),
        ("Home Office Registration", who.asylum, joined("HO", text(70_000 + number))),
        ("National Insurance Number", old & chance(rng, 0.3, len(child)), ni),
        ("YOT Number", old & chance(rng, 0.05, len(child)), joined("YOT", text(20_000 + number))),
        ("Court Case Number", chance(rng, 0.02, len(child)), joined("CC26-", text(5_000 + number))),
        ("RAA ID", chance(rng, 0.01, len(child)), joined("RAA", text(8_000 + number))),
        ("Incident ID", chance(rng, 0.02, len(child)), joined("INC", text(60_000 + number))),
    ]  # fmt: skip
    tables = []
    for place, (kind, has, value) in enumerate(parts):
        rows = np.flatnonzero(has)
        low = np.maximum(who.born, who.last - 3000)[rows]
        # Two former numbers of one pupil never start on one day: each kind has its own weekday.
        start = low + between(rng, 0, np.maximum(who.last[rows] - low - 14, 0) // 14) * 14 + place
        start = np.minimum(start, who.last[rows])
        over = start + between(rng, 30, 2000, len(rows))
        tables.append(frame(
            "ssd_linked_identifiers", link_table_id=numbers.uuids(rng, len(rows)),
            link_person_id=who.id(rows), link_identifier_type=kind,
            link_identifier_value=value.gather(rows), link_valid_from_date=start,
            link_valid_to_date=np.where(over <= who.last[rows], over, NEVER),
        ))  # fmt: skip
    return {"ssd_linked_identifiers": pl.concat(tables)}


def voices(who: People) -> Frames:
    """Return the questionnaires that a fifth of the children filled in."""
    rng, block = who.block.rng("voices"), who.block
    rows = pick(rng, TODAY - who.born > 6 * YEAR, 0.35)
    known = [~chance(rng, 0.1, len(rows)) for _ in range(5)]
    answers = [yn(~chance(rng, 0.25, len(rows)), answered) for answered in known]
    questions = ("explained_worries", "story_help_understand", "agree_worker", "plan_safe",
                 "tablet_help_explain")  # fmt: skip
    return {"ssd_voice_of_child": frame(
        "ssd_voice_of_child", voch_table_id=block.ids("voice_row", len(rows)),
        voch_person_id=who.id(rows),
        **{f"voch_{question}": answer for question, answer in zip(questions, answers, strict=True)},
    )}  # fmt: skip
