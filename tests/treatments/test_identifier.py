import re
from typing import Any

import polars as pl
import pytest

from scrambler.errors import SourceError
from scrambler.ssd import ssd
from tests.columns import each_column, treated
from tests.contexts import SHIPPED, staged
from tests.law import even, independent

UPN = "B801200005001"


def _one(table: str, column: str, values: Any, **options: Any) -> list[Any]:
    return staged({table: {column: values}}, **options).column(table, column)


@each_column(treated("identifier"))
def test_every_identifier_changes_fits_and_never_holds_0x(table: str, column: str) -> None:
    values = [f"{n}" for n in range(1, 200)] + ["A0x17", None, "SSD_PH"]
    after = _one(table, column, values)
    assert after[-2:] == [None, "SSD_PH"]
    assert not set(after[:-2]) & set(values)
    assert len(set(after[:-2])) == len(values) - 2
    assert not any("0x" in one.lower() for one in after[:-2])
    domain = ssd().domains[SHIPPED[table][column].column.domain or ""]
    assert max(map(len, after[:-2])) <= min(
        domain.length, SHIPPED[table][column].column.width or 99
    )


def _domain_columns(shared: str) -> list[tuple[str, str]]:
    return [
        (table, name)
        for table, name in treated("identifier")
        if ssd().domains[SHIPPED[table][name].column.domain or ""].map == shared
        and not {"type", "codes"} & SHIPPED[table][name].parameters.keys()
    ]


def test_one_identifier_has_one_pseudonym_in_every_table() -> None:
    forms = (["42"], ["42  "], [42.0])
    found = {
        shared: {
            _one(table, column, forms[n % 3])[0]
            for n, (table, column) in enumerate(_domain_columns(shared))
        }
        for shared in {domain.map for domain in ssd().domains.values()} - {"by_type"}
    }
    assert [shared for shared, pseudonyms in found.items() if len(pseudonyms) > 1] == []


def test_text_and_integer_columns_of_a_domain_agree() -> None:
    stage = staged(
        {
            "ssd_person": {"pers_person_id": [42, 7, 0, -1, None]},
            "ssd_contacts": {"cont_contact_id": ["1", "2"], "cont_person_id": ["42 ", "7"]},
        },
        numeric=frozenset({"person"}),
    )
    persons = stage.scramble("ssd_person")["pers_person_id"]
    assert persons.dtype == pl.Int64
    assert persons.to_list()[2:] == [0, -1, None]
    assert stage.column("ssd_contacts", "cont_person_id") == [str(one) for one in persons[:2]]


@pytest.mark.parametrize("number", [-7, 10**12])
def test_an_integer_without_a_pseudonym_is_counted_and_not_shown(number: int) -> None:
    with pytest.raises(SourceError, match="pers_person_id: 1 integers") as caught:
        _one("ssd_person", "pers_person_id", [number, 5], numeric=frozenset({"person"}))
    assert str(number) not in str(caught.value)
    assert caught.value.__context__ is None


def test_glued_identifiers_hold_nothing_of_the_person() -> None:  # trap 4
    after = _one("ssd_cin_assessments", "cina_assessment_id", ["77001_5", "77001-6"])
    assert all(re.fullmatch("[0-9a-f]{36}", one) for one in after)
    assert after[0][:8] != after[1][:8]


def test_un_codes_in_a_upn_column_are_redrawn() -> None:  # trap 3
    keys = [f"p{n}" for n in range(600)]
    values = ["UN1", "un 4", UPN] * 200
    stage = staged({"ssd_person": {"pers_person_id": keys, "pers_upn": values}})
    after = stage.column("ssd_person", "pers_upn")
    # Of those who are not looked after, and not of other returns or of the day of the extract.
    codes = ["UN2", "UN3", "UN4", "UN5", "UN6"]
    assert set(codes) < set(ssd().code_lists["upn_unknown"].codes)
    assert even(after[0::3] + after[1::3], codes)
    assert independent(values[0::3] + values[1::3], after[0::3] + after[1::3])
    assert len(set(after[2::3])) == 1
    assert after[2] != UPN


def test_worker_names_become_the_workers_invented_name() -> None:  # trap 2, C113
    stage = staged(
        {
            "ssd_professionals": {
                "prof_professional_id": ["w1", "w2"],
                "prof_professional_name": ["Ann Lee", "Smith, John"],
            },
            "ssd_cin_episodes": {
                "cine_referral_id": ["r1", "r2", "r3", "r4"],
                "cine_referral_worker_id": ["Ann  Lee ", "Smith, John", "w1", "Anna"],
            },
        }
    )
    names = stage.column("ssd_professionals", "prof_professional_name")
    workers = stage.column("ssd_cin_episodes", "cine_referral_worker_id")
    assert workers[:2] == names
    assert workers[2] == stage.column("ssd_professionals", "prof_professional_id")[0]
    assert re.fullmatch("[0-9a-f]{12}", workers[3])


def test_the_type_of_a_linked_identifier_chooses_its_form() -> None:  # C010, C012, C016
    values = ["9434765919", UPN, "AB123456C", "9434765919", "x-1", None, "SSD_PH"]
    kinds = ["NHS Number", "Unique Pupil Number", "National Insurance Number"]
    stage = staged(
        {
            "ssd_linked_identifiers": {
                "link_table_id": [str(n) for n in range(7)],
                "link_identifier_type": [*kinds, "Case Number", None, "Case Number", "NHS Number"],
                "link_identifier_value": values,
            },
            "ssd_person": {
                "pers_person_id": ["1"],
                "pers_upn": [UPN],
                "pers_single_unique_id": ["943 476 5919"],
            },
        }
    )
    nhs, upn, ni, case, other, none, sentinel = stage.column(
        "ssd_linked_identifiers", "link_identifier_value"
    )
    assert nhs == stage.column("ssd_person", "pers_single_unique_id")[0]
    assert upn == stage.column("ssd_person", "pers_upn")[0]
    assert nhs.startswith("999")
    assert ni.startswith("QQ")
    assert re.fullmatch("[0-9a-f]{36}", case)
    assert re.fullmatch("[0-9a-f]{36}", other)
    assert (none, sentinel) == (None, "SSD_PH")


def test_without_a_type_column_every_linked_identifier_is_hexadecimal() -> None:
    after = _one("ssd_linked_identifiers", "link_identifier_value", ["9434765919", UPN])
    assert all(re.fullmatch("[0-9a-f]{36}", one) for one in after)


def test_team_placeholders_stay() -> None:  # C111
    after = _one("ssd_cin_episodes", "cine_referral_team", ["0", "-1", "", None, "T1"])
    assert after[:4] == ["0", "-1", "", None]
