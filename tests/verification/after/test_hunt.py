"""The hunt: what of the source stands in the output, and what stands there by chance."""

from __future__ import annotations

import polars as pl
import pytest

from scrambler.ssd import ssd
from scrambler.verification.after.hunt import Hunt


def hunt(values: list[str], column: str = "ssd_person.pers_person_id") -> Hunt:
    table, _, name = column.partition(".")
    found = Hunt()
    found.learn(ssd().tables[table].columns[name], pl.DataFrame({name: values}))
    return found


@pytest.mark.parametrize("value", ["4857773456", "b801200005001", "e7f3a9"])
@pytest.mark.parametrize("treatment", ["identifier", "code"])
def test_an_identifier_is_found_wherever_it_stands(value: str, treatment: str) -> None:
    one = hunt([value, "777777"])
    one.search(pl.Series([f" {value.upper()} ", "other"]), "x", treatment, mixed=False)
    assert one.failures["identifiers"] == (1 if treatment == "identifier" or len(value) >= 7 else 0)


def test_an_invented_number_of_few_digits_proves_nothing_elsewhere() -> None:
    # An Ofsted number from the top of its range may well be some other child's number.
    one = hunt(["9123456"])
    one.search(pl.Series(["9123456"]), "clap_cla_placement_urn", "identifier", mixed=False)
    assert one.failures["identifiers"] == 0
    one.search(pl.Series(["9123456"]), "pers_person_id", "identifier", mixed=False)
    assert one.failures["identifiers"] == 1
    one.search(pl.Series(["call 9123456 back"]), "x", "free_text", mixed=False)
    assert one.failures["identifiers"] == 2


def test_a_name_is_found_in_text_and_not_among_invented_ones() -> None:
    one = Hunt()
    people = pl.DataFrame({"pers_forename": ["Ada"], "pers_surname": ["Byron"]})
    one.learn(ssd().tables["ssd_person"].columns["pers_forename"], people)
    for treatment, found in (("name", 0), ("free_text", 1)):
        one.search(pl.Series(["we met Ada Byron there"]), "x", treatment, mixed=False)
        assert one.failures["names"] == found


def test_a_postcode_is_found_without_its_blank() -> None:
    one = hunt(["AB1 2CD", "ZZ99 3VZ"], "ssd_address.addr_address_postcode")
    one.search(pl.Series(["at ab12cd now", "ZZ99 3VZ"]), "x", "free_text", mixed=False)
    assert one.failures["postcodes"] == 1


@pytest.mark.parametrize("between", [" ", "\n", "_", ", ", "1", " 1 "])
def test_a_name_is_found_whatever_stands_between_its_words(between: str) -> None:
    people = pl.DataFrame({"pers_forename": ["Ada"], "pers_surname": ["Byron"]})
    one = Hunt()
    one.learn(ssd().tables["ssd_person"].columns["pers_forename"], people)
    for text, found in ((f"we met Ada{between}BYRON there", 1), (f"Ada{between}met Byron", 1)):
        one.search(pl.Series([text, "a0b1c2"]), "x", "free_text", mixed=False)
        assert one.failures["names"] == found
