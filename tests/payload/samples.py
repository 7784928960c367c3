"""Small random SSD tables with the awkward rows of real ones, as rows and as frames.

Everything follows from the seed and the day. Dates cluster around the edges of its window, which
for ``AS_OF`` are ``START`` and ``END``.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from scrambler.ssd import ssd

from .reference import window

AS_OF = date(2025, 5, 20)
START, END = datetime(2023, 4, 1), datetime(2025, 5, 21)
HOSTILE = [
    'quote " and \\ backslash',
    "line\nbreak\r\ttab",
    "\U0001f9d2 child",
    "u\u2028v\u2029w",
    "bell\x07 nul\x00 del\x7f",
    "Zoë-O'Brien",
    '","purge":true,"x":"',
    '{"la_child_id":"x"}',
    "}{][",
    "\\u0041",
    "/slash/ <b>&amp;",
    " padded ",
]

Rows = dict[str, list[dict[str, Any]]]


def frames(rows: Rows) -> dict[str, pl.LazyFrame]:
    """Return rows as lazy frames with the types of the spec, only the columns that rows name."""
    return {table: frame(table, found) for table, found in rows.items()}


def frame(table: str, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    columns = ssd().tables[table].columns
    names = {name: None for row in rows for name in row}
    return pl.LazyFrame(rows, schema={name: columns[name].dtype for name in names}, orient="row")


def sample(seed: int, children: int = 40, as_of: date = AS_OF) -> Rows:
    """Return tables of ``children`` with every trap often enough to be met."""
    return _Sample(random.Random(seed), as_of).tables(children)


class _Sample:
    def __init__(self, draw: random.Random, as_of: date) -> None:
        self.draw = draw
        self.start, self.end = window(as_of)
        self.rows: Rows = {}
        self.serial = 0

    def tables(self, children: int) -> Rows:
        for number in range(12):
            swe = self.maybe(f"SW{number:010d}9", " SW1 ", "", "SW22", "-1", "SSD_PH")
            self.add(
                "ssd_professionals",
                prof_professional_id=f"w{number}",
                prof_social_worker_registration_no=swe,
            )
        for number in range(children):
            self.child(f"p{number:03d}")
        for found in self.rows.values():
            self.draw.shuffle(found)
        return self.rows

    def add(self, table: str, **columns: Any) -> None:
        self.rows.setdefault(table, []).append(columns)

    def key(self, prefix: str) -> str:
        self.serial += 1
        # Not in the order of creation, and some beyond the 36 characters of the payload.
        return f"{prefix}{self.serial * 7919 % 1009}-{self.serial}" + "y" * (
            40 if self.draw.random() < 0.1 else 0
        )

    def maybe(self, *values: Any) -> Any:
        return self.draw.choice((*values, None))

    def day(self) -> datetime:
        edge = self.draw.choice(
            [
                *(self.start, self.start, self.end, self.end),
                datetime(self.end.year, 3, 31),
                datetime(2024, 2, 29),
            ]
        )
        spread = self.draw.choice([1, 1, 40, 900])
        return edge + timedelta(
            days=self.draw.randint(-spread, spread), hours=self.draw.choice([0, 0, 0, 15])
        )

    def spell(self) -> tuple[datetime | None, datetime | None]:
        start = self.maybe(self.day(), self.day(), self.day())
        return start, self.maybe(self.day(), self.day())

    def some(self, most: int) -> range:
        return range(self.draw.randint(0, most))

    def child(self, person: str) -> None:
        text = self.draw.choice(HOSTILE)
        born = self.maybe(
            self.day(),
            datetime(self.start.year - 26, 4, self.draw.randint(1, 2)),
            datetime(2010, 2, 2),
        )
        self.add(
            "ssd_person",
            pers_person_id=person,
            pers_legacy_id=self.maybe("L" + person, "  ", " padded ", "l" * 40),
            pers_upn=self.maybe("B801200005001", "un3", "UN10 ", " ", "0", "SSD_PH "),
            pers_upn_unknown=self.maybe("UN1", " UN10 ", "", "-1"),
            pers_forename=self.maybe(text, "Ann", ""),
            pers_surname=self.maybe(text[::-1], "Smith"),
            pers_dob=born,
            pers_expected_dob=self.maybe(self.day()) if born is None else None,
            pers_sex=self.maybe("M", "F", "Female", "U", " M "),
            pers_ethnicity=self.maybe("WBRI", " MWBC extra", "", "SSD_PH"),
        )
        for _ in self.some(3):
            self.add(
                "ssd_linked_identifiers",
                link_table_id=self.key("l"),
                link_person_id=person,
                link_identifier_type=self.maybe("Former Unique Pupil Number", "NHS Number"),
                link_identifier_value=self.maybe("B801200005001", "short", " C801200005001 "),
                link_valid_from_date=self.maybe(self.day(), self.start),
            )
        for _ in self.some(3):
            self.add(
                "ssd_address",
                addr_table_id=self.key("a"),
                addr_person_id=person,
                addr_address_start_date=self.maybe(self.day(), self.start),
                addr_address_postcode=self.maybe("ZZ99 1AA", "ZZ991AB", "", text),
            )
        for _ in self.some(16) if self.draw.random() < 0.3 else self.some(2):
            self.add(
                "ssd_disability",
                disa_table_id=self.key("d"),
                disa_person_id=person,
                disa_disability_code=self.draw.choice(
                    [*ssd().code_lists["disability"].codes, "mob ", " ", "hearing", "0"]
                ),
            )
        for _ in self.some(3):
            start, end = self.spell()
            self.add(
                "ssd_immigration_status",
                immi_immigration_status_id=self.key("i"),
                immi_person_id=person,
                immi_immigration_status_start_date=start,
                immi_immigration_status_end_date=end,
                immi_immigration_status=self.maybe(
                    "U",
                    " u ",
                    "UASC",
                    "U - UASC",
                    "Asylum (uasc)",
                    "Unaccompanied Asylum Seeking Child",
                    "Refugee Status",
                    "Uncertain",
                    "Adult Asylum Seeker",
                ),
            )
        for _ in self.some(3):
            self.add(
                "ssd_sdq_scores",
                csdq_table_id=self.key("q"),
                csdq_person_id=person,
                csdq_sdq_completed_date=self.maybe(self.day(), self.day()),
                csdq_sdq_score=self.maybe(0, 17, 40),
            )
        for _ in self.some(2):
            self.add(
                "ssd_care_leavers",
                clea_table_id=self.key("c"),
                clea_person_id=person,
                clea_care_leaver_latest_contact=self.maybe(self.day(), self.start),
                clea_care_leaver_activity=self.maybe("F2 full time", "P1", ""),
                clea_care_leaver_accommodation=self.maybe("B With parents", " U", ""),
            )
        for _ in self.some(3):
            self.referral(person)

    def referral(self, person: str) -> None:
        referral = self.key("r")
        start, end = self.spell()
        self.add(
            "ssd_cin_episodes",
            cine_referral_id=referral,
            cine_person_id=person,
            cine_referral_date=start,
            cine_referral_source_code=self.maybe(
                "1A", "10", "3F Other", "5E", "2", " 7", "63", "x"
            ),
            cine_close_date=end,
            cine_close_reason=self.maybe("RC1", " RC8 Case closed", ""),
            cine_referral_nfa=self.maybe("Y", "n", "T", "0", " "),
        )
        other = referral if self.draw.random() < 0.95 else None
        for _ in self.some(3):
            self.assessment(person, other)
        for _ in self.some(2):
            start, end = self.spell()
            self.add(
                "ssd_cin_plans",
                cinp_cin_plan_id=self.key("n"),
                cinp_referral_id=other,
                cinp_person_id=person,
                cinp_cin_plan_start_date=start,
                cinp_cin_plan_end_date=end,
            )
            start, end = self.spell()
            self.add(
                "ssd_cp_plans",
                cppl_cp_plan_id=self.key("k"),
                cppl_referral_id=other,
                cppl_person_id=person,
                cppl_cp_plan_start_date=start,
                cppl_cp_plan_end_date=end,
            )
            start, end = self.spell()
            self.add(
                "ssd_involvements",
                invo_involvements_id=self.key("v"),
                invo_professional_id=self.maybe(*(f"w{number}" for number in range(14))),
                invo_professional_role_id=self.maybe("CW", "CW", " cw ", "IRO"),
                invo_person_id=person,
                invo_involvement_start_date=start,
                invo_involvement_end_date=end,
                invo_referral_id=other,
            )
        for _ in self.some(2):
            self.enquiry(person, other)
        for _ in self.some(2):
            self.period(person, other)

    def assessment(self, person: str, referral: str | None) -> None:
        assessment = self.key("s")
        start, end = self.spell()
        self.add(
            "ssd_cin_assessments",
            cina_assessment_id=assessment,
            cina_person_id=person,
            cina_referral_id=referral,
            cina_assessment_start_date=start,
            cina_assessment_auth_date=end,
        )
        for _ in self.some(2):
            self.add(
                "ssd_assessment_factors",
                cinf_table_id=self.key("f"),
                cinf_assessment_id=assessment,
                cinf_assessment_factors_json=self.maybe(
                    '["2B","1A"]', ' [ "1A" , null ,"3C" ] ', "[]", "null", "", "1A, 2B", "[1A]",
                    '{"1A":"Yes"}', "[null]", "SSD_PH",
                ),
            )  # fmt: skip

    def enquiry(self, person: str, referral: str | None) -> None:
        enquiry = self.key("e")
        start, end = self.spell()
        self.add(
            "ssd_s47_enquiry",
            s47e_s47_enquiry_id=enquiry,
            s47e_referral_id=referral,
            s47e_person_id=person,
            s47e_s47_start_date=start,
            s47e_s47_end_date=end,
            s47e_s47_outcome_json=self.maybe(
                '{"CP_CONFERENCE_FLAG":"Y","OUTCOME_COMMENTS":"x"}', '{"CP_CONFERENCE_FLAG":false}',
                '{"CP_CONFERENCE_FLAG":""}', '{"NFA_FLAG":"Y"}', "plain text", "", '{"A":"x"y"}',
                '{"CP_CONFERENCE_FLAG":1}', '{"CP_CONFERENCE_FLAG":"N"}',
            ),
        )  # fmt: skip
        for _ in self.some(2):
            self.add(
                "ssd_initial_cp_conference",
                icpc_icpc_id=self.key("o"),
                icpc_s47_enquiry_id=enquiry,
                icpc_person_id=person,
                icpc_icpc_date=self.maybe(self.day(), self.day()),
            )

    def period(self, person: str, referral: str | None) -> None:
        period = self.maybe(self.key("x"), self.key("x"), self.key("x"))
        for _ in range(self.draw.randint(1, 3)):
            self.add(
                "ssd_cla_episodes",
                clae_cla_episode_id=self.key("z"),
                clae_person_id=person,
                clae_cla_id=period,
                clae_referral_id=self.maybe(referral, referral, referral),
                clae_cla_episode_start_reason=self.maybe("S Started", " P", "B", "", "-1"),
                clae_cla_episode_ceased_reason=self.maybe(
                    "X1 Ends", "E4A", "E11 Adopted", " E2", " ", "ssd_ph"
                ),
            )
        for _ in self.some(3):
            start, end = self.spell()
            self.add(
                "ssd_cla_placement",
                clap_cla_placement_id=self.key("m"),
                clap_cla_id=period,
                clap_person_id=person,
                clap_cla_placement_start_date=start,
                clap_cla_placement_end_date=end,
                clap_cla_placement_type=self.maybe("U1", "H5a Home", " K2 ", "SSD_PH"),
                clap_cla_placement_postcode=self.maybe("ZZ99 3CZ", " ", "PLACEHOLDER_DATA"),
                clap_cla_placement_change_reason=self.maybe("CHILD", "PLACE", "", "0"),
            )
        for _ in self.some(2):
            self.add(
                "ssd_permanence",
                perm_table_id=self.key("t"),
                perm_person_id=self.maybe(person, "p001", "nobody"),
                perm_cla_id=period,
                perm_adm_decision_date=self.maybe(self.day()),
                perm_matched_date=self.maybe(self.day()),
                perm_placed_for_adoption_date=self.maybe(self.day()),
            )
