"""Outcome columns that are not the JSON they should be, and factor lists with nulls."""

from __future__ import annotations

import polars as pl

from scrambler.ssd import ssd
from scrambler.synthetic.faults.injector import FaultInjector

_COLUMNS = {
    "ssd_contacts": ("cont_contact_outcome_json", "contact_outcome_text"),
    "ssd_cin_episodes": ("cine_referral_outcome_json", "cin_referral_outcome_text"),
    "ssd_cin_assessments": ("cina_assessment_outcome_json", "assessment_outcome_text"),
    "ssd_s47_enquiry": ("s47e_s47_outcome_json", "s47_outcome_text"),
    "ssd_initial_cp_conference": ("icpc_icpc_outcome_json", "assessment_outcome_text"),
}
_UNESCAPED = ("ssd_contacts", "ssd_cin_episodes", "ssd_cin_assessments")


def _objects(column: str) -> pl.Expr:
    return pl.col(column).str.starts_with("{")


def plain(injector: FaultInjector) -> None:
    """Replace some objects by the plain text of Mosaic: a description, and the note after it."""
    for table, (column, listed) in _COLUMNS.items():
        known = list(ssd().code_lists[listed].alternates)
        note = pl.col(column).str.extract(r'COMMENTS":"(.*)"}')
        injector.change(table, 0.06, **{column: pl.lit(f"{known[-1]}; {known[0]}: ") + note})
        injector.change(table, 0.02, **{column: known[0]})
    injector.change("ssd_cin_assessments", 0.02, cina_assessment_outcome_json="Y")
    injector.change("ssd_contacts", 0.02, cont_contact_outcome_json=None)


def prefixed(injector: FaultInjector) -> None:
    """Write some objects as Eclipse does: OUTCOME_ before the keys, no total, empty flags."""
    for table, (column, _) in _COLUMNS.items():
        eclipse = (
            pl.col(column)
            .str.replace_all(r'"OTHER_OUTCOMES_EXIST_FLAG":"[YN]",', "")
            .str.replace_all(r'"([A-Z0-9_]+_FLAG)"', '"OUTCOME_$1"')
            .str.replace_all(r'(TOTAL_NO_OF_OUTCOMES|NUMBER_OF_OUTCOMES)":\d+', '$1":""')
        )
        injector.change(table, 0.06, _objects(column), **{column: eclipse})
        blank = pl.col(column).str.replace_all(':"N"', ':""', literal=True)
        injector.change(table, 0.06, _objects(column), **{column: blank})


def broken(injector: FaultInjector) -> None:
    """Leave quotes and line ends in some comments unescaped, as System C does, and add pictures."""
    for table in _UNESCAPED:
        column = _COLUMNS[table][0]
        quoted = pl.col(column).str.replace(
            'COMMENTS":"', 'COMMENTS":"He said "not again".\nThen left: C:\\', literal=True
        )
        injector.change(table, 0.08, _objects(column), **{column: quoted})
    for table, (column, _) in _COLUMNS.items():
        cheerful = pl.col(column).str.replace('COMMENTS":"', 'COMMENTS":"\U0001f642 ', literal=True)
        injector.change(table, 0.03, _objects(column), **{column: cheerful})


def factors(injector: FaultInjector) -> None:
    """Put JSON nulls into some factor arrays (Eclipse), and an empty array into others."""
    name = "cinf_assessment_factors_json"
    nulls = pl.col(name).str.replace("[", "[null,", literal=True)
    injector.change("ssd_assessment_factors", 0.05, **{name: nulls})
    injector.change("ssd_assessment_factors", 0.01, **{name: "[]"})
