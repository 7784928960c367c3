"""The payload rules written out over rows as dictionaries: slow, obvious, the measure of the rest.

Nothing here comes from `scrambler.payload`; code lists are the facts. A row is a dict of plain
Python values.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time, timedelta
from typing import Any

from scrambler.ssd import ssd

Row = dict[str, Any]
LOWEST = datetime.min
PLACEHOLDERS = ("0", "-1", "SSD_PH", "SSD_SUI", "PLACEHOLDER_DATA", "XXXXXXX")
UN_CODES = {f"UN{number}" for number in range(1, 11)}


class Tables:
    """Rows by table; a column that a row lacks is None."""

    def __init__(self, tables: dict[str, list[Row]]) -> None:
        self.tables = tables

    def rows(self, table: str, **equal: Any) -> list[Row]:
        """Return the rows whose columns equal the values; None equals nothing, as in SQL."""
        return [
            Default(row)
            for row in self.tables.get(table, [])
            if all(value is not None and row.get(name) == value for name, value in equal.items())
        ]


class Default(dict):  # type: ignore[type-arg]
    def __missing__(self, key: str) -> None:
        return None


def window(as_of: date) -> tuple[datetime, datetime]:
    april = date(as_of.year - 2, 4, 1)
    if as_of.month < 4:
        april = date(as_of.year - 3, 4, 1)
    return datetime.combine(april, time()), datetime.combine(as_of, time()) + timedelta(days=1)


def build(tables: dict[str, list[Row]], as_of: date) -> dict[str, dict[str, Any]]:
    """Return the payloads by person id."""
    return Builder(Tables(tables), *window(as_of)).payloads()


class Builder:
    def __init__(self, tables: Tables, start: datetime, end: datetime) -> None:
        self.tables, self.start, self.end = tables, start, end

    def inside(self, day: datetime | None) -> bool:
        return day is not None and self.start <= day <= self.end

    def overlaps(self, start: datetime | None, end: datetime | None) -> bool:
        return start is not None and start <= self.end and (end is None or end >= self.start)

    def payloads(self) -> dict[str, dict[str, Any]]:
        people = self.tables.rows("ssd_person")
        return {p["pers_person_id"]: self.payload(p) for p in people if self.in_cohort(p)}

    def in_cohort(self, person: Row) -> bool:
        key, dob = person["pers_person_id"], person["pers_dob"]
        if dob is None:
            young = self.inside(person["pers_expected_dob"])
        else:
            young = dob <= self.end and dob > self.start.replace(year=self.start.year - 26)
        routes = (self.referred, self.waiting, self.planned, self.placed, self.leaving)
        return young and any(route(key) for route in routes)

    def referred(self, key: str) -> bool:
        return bool(self.referrals(key))

    def referrals(self, key: str) -> list[Row]:
        rows = self.tables.rows("ssd_cin_episodes", cine_person_id=key)
        return [r for r in rows if self.overlaps(r["cine_referral_date"], r["cine_close_date"])]

    def waiting(self, key: str) -> bool:
        for referral in self.tables.rows("ssd_cin_episodes", cine_person_id=key):
            work = self.tables.rows(
                "ssd_cin_assessments", cina_referral_id=referral["cine_referral_id"]
            )
            started = [row for row in work if row["cina_assessment_start_date"]]
            if referral["cine_close_date"] is None and not started:
                return True
        return False

    def planned(self, key: str) -> bool:
        rows = self.tables.rows("ssd_cin_plans", cinp_person_id=key)
        return any(map(self.plan_overlaps, rows))

    def plan_overlaps(self, row: Row) -> bool:
        return self.overlaps(row["cinp_cin_plan_start_date"], row["cinp_cin_plan_end_date"])

    def placed(self, key: str) -> bool:
        for episode in self.tables.rows("ssd_cla_episodes", clae_person_id=key):
            referrals = self.tables.rows(
                "ssd_cin_episodes", cine_referral_id=episode["clae_referral_id"]
            )
            if any(self.overlaps(r["cine_referral_date"], r["cine_close_date"]) for r in referrals):
                return True
            placements = self.tables.rows("ssd_cla_placement", clap_cla_id=episode["clae_cla_id"])
            if any(map(self.placement_overlaps, placements)):
                return True
        return False

    def placement_overlaps(self, row: Row) -> bool:
        return self.overlaps(
            row["clap_cla_placement_start_date"], row["clap_cla_placement_end_date"]
        )

    def leaving(self, key: str) -> bool:
        contacts = self.tables.rows("ssd_care_leavers", clea_person_id=key)
        opened = [r for r in self.referrals(key) if r["cine_close_date"] is None]
        return bool(opened) and any(
            self.inside(row["clea_care_leaver_latest_contact"]) for row in contacts
        )

    def payload(self, person: Row) -> dict[str, Any]:
        key = person["pers_person_id"]
        return tidy(
            la_child_id=trim(key, 20),
            mis_child_id=trim(person["pers_legacy_id"], 36),
            purge=False,
            child_details=self.child_details(person),
            health_and_wellbeing=self.health(key),
            social_care_episodes=self.episodes(key) or None,
        )

    def child_details(self, person: Row) -> dict[str, Any]:
        key = person["pers_person_id"]
        upn, reason = (
            trim(given(person["pers_upn"])),
            code("upn_unknown", person["pers_upn_unknown"], 4),
        )
        if upn is not None and upn.upper() in UN_CODES:
            upn, reason = None, reason or upn.upper()
        former = newest(
            [
                row
                for row in self.tables.rows("ssd_linked_identifiers", link_person_id=key)
                if (row["link_identifier_type"] or "").strip().lower()
                == "former unique pupil number"
            ],
            "link_valid_from_date",
            "link_table_id",
        )
        former_upn = trim(former[0]["link_identifier_value"]) if former else None
        address = newest(
            self.tables.rows("ssd_address", addr_person_id=key),
            "addr_address_start_date",
            "addr_table_id",
        )
        codes = {
            found.upper()
            for row in self.tables.rows("ssd_disability", disa_person_id=key)
            if (found := code("disability", row["disa_disability_code"], 4))
        }
        status = newest(
            [
                row
                for row in self.tables.rows("ssd_immigration_status", immi_person_id=key)
                if unaccompanied(row["immi_immigration_status"] or "")
                and (row["immi_immigration_status_end_date"] or self.start) >= self.start
            ],
            "immi_immigration_status_start_date",
            "immi_immigration_status_id",
        )
        sex = code("sex", person["pers_sex"])
        return tidy(
            unique_pupil_number=upn,
            former_unique_pupil_number=former_upn if len(former_upn or "") == 13 else None,
            unique_pupil_number_unknown_reason=reason,
            first_name=unless_blank(person["pers_forename"]),
            surname=unless_blank(person["pers_surname"]),
            date_of_birth=iso(person["pers_dob"]),
            expected_date_of_birth=iso(person["pers_expected_dob"]),
            sex=sex if sex in ("M", "F") else "U",
            ethnicity=code("ethnicity", person["pers_ethnicity"], 4),
            disabilities=sorted(codes)[:12] or ["NONE"],
            postcode=unless_blank(address[0]["addr_address_postcode"]) if address else None,
            uasc_flag=bool(status),
            uasc_end_date=iso(status[0]["immi_immigration_status_end_date"]) if status else None,
            purge=False,
        )

    def health(self, key: str) -> dict[str, Any] | None:
        rows = [
            row
            for row in self.tables.rows("ssd_sdq_scores", csdq_person_id=key)
            if row["csdq_sdq_score"] is not None and self.inside(row["csdq_sdq_completed_date"])
        ]
        rows.sort(
            key=lambda r: (r["csdq_sdq_completed_date"].date(), r["csdq_sdq_score"]), reverse=True
        )
        scores = [
            {"date": iso(row["csdq_sdq_completed_date"]), "score": row["csdq_sdq_score"]}
            for row in rows
        ]
        return {"sdq_assessments": scores, "purge": False} if scores else None

    def episodes(self, key: str) -> list[dict[str, Any]]:
        rows = sent_first(self.referrals(key), "cine_referral_date", "cine_referral_id")
        return [self.episode(key, row) for row in rows]

    def episode(self, key: str, row: Row) -> dict[str, Any]:
        referral = row["cine_referral_id"]
        source = re.match(
            "10|[1-3][A-F]|5[A-D]|[46789]",
            code("referral_source", row["cine_referral_source_code"]) or "",
        )
        plans = self.in_need_plans(referral)
        return tidy(
            social_care_episode_id=trim(referral, 36),
            referral_date=iso(row["cine_referral_date"]),
            referral_source=source[0] if source else None,
            closure_date=iso(row["cine_close_date"]),
            closure_reason=code("closure_reason", row["cine_close_reason"], 3),
            referral_no_further_action_flag=flag(row["cine_referral_nfa"]),
            child_and_family_assessments=self.assessments(referral) or None,
            child_in_need_plans=plans or None,
            section_47_assessments=self.enquiries(referral) or None,
            child_protection_plans=self.protection_plans(referral) or None,
            child_looked_after_placements=self.placements(referral) or None,
            adoption=self.adoption(key),
            care_leavers=self.care_leaver(key),
            care_worker_details=(self.workers(referral) or None) if plans else None,
            purge=False,
        )

    def assessments(self, referral: str) -> list[dict[str, Any]]:
        rows = [
            row
            for row in self.tables.rows("ssd_cin_assessments", cina_referral_id=referral)
            if self.inside(row["cina_assessment_start_date"])
            or self.inside(row["cina_assessment_auth_date"])
        ]
        return [
            tidy(
                child_and_family_assessment_id=trim(row["cina_assessment_id"], 36),
                start_date=iso(row["cina_assessment_start_date"]),
                authorisation_date=iso(row["cina_assessment_auth_date"]),
                factors=self.factors(row["cina_assessment_id"]),
                purge=False,
            )
            for row in sent_first(rows, "cina_assessment_start_date", "cina_assessment_id")
        ]

    def factors(self, assessment: str) -> Any:
        rows = newest(
            self.tables.rows("ssd_assessment_factors", cinf_assessment_id=assessment),
            "cinf_table_id",
        )
        text = (given(rows[0]["cinf_assessment_factors_json"]) or "").strip() if rows else ""
        if text in ("", "null"):
            return []
        try:
            parsed = json.loads(text)
        except ValueError:
            return text
        if isinstance(parsed, list):
            return [code for code in parsed if code is not None]
        return text

    def in_need_plans(self, referral: str) -> list[dict[str, Any]]:
        rows = self.tables.rows("ssd_cin_plans", cinp_referral_id=referral)
        return [
            tidy(
                child_in_need_plan_id=trim(row["cinp_cin_plan_id"], 36),
                start_date=iso(row["cinp_cin_plan_start_date"]),
                end_date=iso(row["cinp_cin_plan_end_date"]),
                purge=False,
            )
            for row in sent_first(
                list(filter(self.plan_overlaps, rows)),
                "cinp_cin_plan_start_date",
                "cinp_cin_plan_id",
            )
        ]

    def protection_plans(self, referral: str) -> list[dict[str, Any]]:
        rows = [
            row
            for row in self.tables.rows("ssd_cp_plans", cppl_referral_id=referral)
            if self.overlaps(row["cppl_cp_plan_start_date"], row["cppl_cp_plan_end_date"])
        ]
        return [
            tidy(
                child_protection_plan_id=trim(row["cppl_cp_plan_id"], 36),
                start_date=iso(row["cppl_cp_plan_start_date"]),
                end_date=iso(row["cppl_cp_plan_end_date"]),
                purge=False,
            )
            for row in sent_first(rows, "cppl_cp_plan_start_date", "cppl_cp_plan_id")
        ]

    def enquiries(self, referral: str) -> list[dict[str, Any]]:
        found = []
        rows = self.tables.rows("ssd_s47_enquiry", s47e_referral_id=referral)
        for row in sent_first(rows, "s47e_s47_start_date", "s47e_s47_enquiry_id"):
            held = [
                conference["icpc_icpc_date"]
                for conference in self.tables.rows(
                    "ssd_initial_cp_conference", icpc_s47_enquiry_id=row["s47e_s47_enquiry_id"]
                )
                if conference["icpc_icpc_date"]
            ]
            last = max(held, default=None)
            spell = self.overlaps(row["s47e_s47_start_date"], row["s47e_s47_end_date"])
            if spell or self.inside(last):
                found.append(
                    tidy(
                        section_47_assessment_id=trim(row["s47e_s47_enquiry_id"], 36),
                        start_date=iso(row["s47e_s47_start_date"]),
                        icpc_required_flag=conference_flag(row["s47e_s47_outcome_json"]),
                        icpc_date=iso(last),
                        end_date=iso(row["s47e_s47_end_date"]),
                        purge=False,
                    )
                )
        return found

    def placements(self, referral: str) -> list[dict[str, Any]]:
        episodes = self.tables.rows("ssd_cla_episodes", clae_referral_id=referral)
        periods = {row["clae_cla_id"] for row in episodes} - {None}
        rows = [
            row
            for period in periods
            for row in self.tables.rows("ssd_cla_placement", clap_cla_id=period)
            if self.placement_overlaps(row)
        ]
        return [
            self.placement(row)
            for row in sent_first(rows, "clap_cla_placement_start_date", "clap_cla_placement_id")
        ]

    def placement(self, row: Row) -> dict[str, Any]:
        period = self.tables.rows("ssd_cla_episodes", clae_cla_id=row["clap_cla_id"])
        starts = [
            code("cla_start_reason", episode["clae_cla_episode_start_reason"], 1)
            for episode in period
        ]
        ends = [
            meant("cla_ceased_reason", text) or re.sub("[ \t\r\n]", "", text[:3])
            for text in (
                given(episode["clae_cla_episode_ceased_reason"]) or "" for episode in period
            )
        ]
        start, end = row["clap_cla_placement_start_date"], row["clap_cla_placement_end_date"]
        change = row["clap_cla_placement_change_reason"]
        return tidy(
            child_looked_after_placement_id=trim(row["clap_cla_placement_id"], 36),
            start_date=iso(start),
            start_reason=min(filter(None, starts), default=None),
            postcode=unless_blank(row["clap_cla_placement_postcode"]),
            placement_type=code("placement_type", row["clap_cla_placement_type"], 3),
            end_date=iso(end) if end and end >= start else None,
            end_reason=min(filter(None, ends), default=None),
            change_reason=meant("placement_change_reason", change) or unless_blank(change),
            purge=False,
        )

    def adoption(self, key: str) -> dict[str, Any] | None:
        names = ("perm_placed_for_adoption_date", "perm_matched_date", "perm_adm_decision_date")
        rows = {
            row["perm_table_id"]: row
            for row in self.tables.rows("ssd_permanence", perm_person_id=key)
        }
        for episode in self.tables.rows("ssd_cla_episodes", clae_person_id=key):
            for row in self.tables.rows("ssd_permanence", perm_cla_id=episode["clae_cla_id"]):
                rows[row["perm_table_id"]] = row
        best = sorted(
            (row for row in rows.values() if any(self.inside(row[name]) for name in names)),
            key=lambda row: (
                next(row[name] for name in names if row[name]),
                row["perm_table_id"],
            ),
        )
        if not best:
            return None
        placed, matched, decided = (iso(best[-1][name]) for name in names)
        return tidy(
            initial_decision_date=decided, matched_date=matched, placed_date=placed, purge=False
        )

    def care_leaver(self, key: str) -> dict[str, Any] | None:
        rows = newest(
            self.tables.rows("ssd_care_leavers", clea_person_id=key),
            "clea_care_leaver_latest_contact",
            "clea_care_leaver_activity",
            "clea_care_leaver_accommodation",
        )
        if not rows:
            return None
        return tidy(
            contact_date=iso(rows[0]["clea_care_leaver_latest_contact"]),
            activity=code("care_leaver_activity", rows[0]["clea_care_leaver_activity"], 2),
            accommodation=code(
                "care_leaver_accommodation", rows[0]["clea_care_leaver_accommodation"], 1
            ),
            purge=False,
        )

    def workers(self, referral: str) -> list[dict[str, Any]]:
        census = datetime(self.end.year, 3, 31)
        if census > self.end:
            return []
        found = []
        rows = self.tables.rows("ssd_involvements", invo_referral_id=referral)
        for row in sent_first(rows, "invo_involvement_start_date", "invo_involvements_id"):
            role = (row["invo_professional_role_id"] or "").strip().upper()
            start, end = row["invo_involvement_start_date"], row["invo_involvement_end_date"]
            covers = start is not None and start <= census and (end is None or end >= census)
            for worker in self.tables.rows(
                "ssd_professionals", prof_professional_id=row["invo_professional_id"]
            ):
                number = trim(given(worker["prof_social_worker_registration_no"]), 12)
                if role == "CW" and covers and number:
                    found.append(tidy(worker_id=number, start_date=iso(start), end_date=iso(end)))
        return found


def tidy(**members: Any) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value is not None}


def newest(rows: list[Row], *columns: str) -> list[Row]:
    """Greatest first; a missing date or text comes last."""

    def order(row: Row) -> list[tuple[bool, Any]]:
        return [(row[name] is not None, row[name] or "") for name in columns]

    return sorted(rows, key=order, reverse=True)


def sent_first(rows: list[Row], start: str, key: str) -> list[Row]:
    """The order of an array: newest day first, then the greatest id; the hour is not sent."""
    days = [{**row, start: row[start] and row[start].date()} for row in rows]
    return [rows[days.index(day)] for day in newest(days, start, key)]


def trim(text: str | None, width: int | None = None) -> str | None:
    return (text or "").strip()[:width].rstrip() or None


def code(code_list: str, text: str | None, width: int | None = None) -> str | None:
    return meant(code_list, text) or trim(given(text), width)


def given(text: str | None) -> str | None:
    """The text, but for what stands in a cell that nobody filled in."""
    return None if (text or "").strip().upper() in PLACEHOLDERS else text


def unaccompanied(text: str) -> bool:
    """U alone, UASC in any case anywhere, or the words it stands for."""
    words = re.findall("[a-z]+", text.lower())
    told = "uasc" in text.lower() or words[:2] == ["unaccompanied", "asylum"]
    return told or text.strip() in ("U", "u")


def meant(code_list: str, text: str | None) -> str | None:
    """The code that a description, or a code and what follows, stands for; None for a code."""
    listed, bare = ssd().code_lists[code_list], (text or "").strip()
    if bare in listed.codes or bare in listed.alternates:
        return None
    pairs = list(zip(listed.codes, listed.labels, strict=True))
    described = [key for key, label in pairs if label.lower() == bare.lower()]
    if len(described) == 1:
        return described[0]
    spelled = [key for key in listed.codes if key.lower() == bare.lower()]
    if len(spelled) == 1:
        return spelled[0]
    started = [key for key in listed.codes if re.match(rf"{re.escape(key)}[ :-]+\S", bare)]
    return started[0] if started else None


def unless_blank(text: str | None) -> str | None:
    return text if text and text.strip() and given(text) else None


def iso(day: datetime | None) -> str | None:
    return day.strftime("%Y-%m-%d") if day else None


def flag(text: str | None) -> bool | None:
    bare = (text or "").strip().upper()
    return {"Y": True, "T": True, "1": True, "TRUE": True}.get(
        bare, {"N": False, "F": False, "0": False, "FALSE": False}.get(bare)
    )


def conference_flag(text: str | None) -> bool | None:
    try:
        value = json.loads(text or "")["CP_CONFERENCE_FLAG"]
    except (ValueError, KeyError, TypeError):
        return None
    return value if isinstance(value, bool) else flag(str(value))
