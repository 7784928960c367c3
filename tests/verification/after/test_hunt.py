"""The hunt: what of the source stands in the output, and what stands there by chance."""

from __future__ import annotations

import polars as pl
import pytest

from scrambler.ssd import ssd
from scrambler.verification.after.hunt import Hunt
from scrambler.verification.after.originals import Originals


def learnt(*sources: tuple[str, dict[str, list[str | None]]]) -> Originals:
    originals = Originals(ssd(), seed=7)
    for table, columns in sources:
        originals.learn(ssd().tables[table].columns, pl.DataFrame(columns))
    return originals


def failures(
    originals: Originals,
    text: str,
    treatment: str = "free_text",
    column: str = "x",
    mixed: bool = False,
) -> dict[str, int]:
    """What is found in one text among others that are honest."""
    hunt = Hunt(originals)
    honest = ["Scrambled text. The garden was said to look tidy.", "0a1b2c3d4e5f", None]
    hunt.search(pl.Series([*honest, text]), column, treatment, mixed)
    hunt.search(pl.Series(honest), column, treatment, mixed)
    hunt.close()
    return {what: count for what, count in hunt.failures.items() if count}


def ids(*values: str) -> Originals:
    return learnt(("ssd_person", {"pers_person_id": [*values]}))


@pytest.mark.parametrize("value", ["4857773456", "b801200005001", "e7f3a9"])
@pytest.mark.parametrize("treatment", ["identifier", "code"])
def test_an_identifier_is_found_wherever_it_stands(value: str, treatment: str) -> None:
    found = failures(ids(value, "777777"), f" {value.upper()} ", treatment)
    wanted = treatment == "identifier" or len(value) >= 7
    assert found == ({"identifiers": 1} if wanted else {})


def test_an_invented_number_of_few_digits_proves_nothing_elsewhere() -> None:
    # An Ofsted number from the top of its range may well be some other child's number.
    known = ids("9123456")
    assert not failures(known, "9123456", "identifier", "clap_cla_placement_urn")
    assert failures(known, "9123456", "identifier", "pers_person_id") == {"identifiers": 1}
    assert failures(known, "call 9123456 back") == {"identifiers": 1}


PEOPLE = ("ssd_person", {"pers_forename": ["Mary Ann", None], "pers_surname": ["Barker", "Lee"]})


@pytest.mark.parametrize(
    "text", ["we met Mary Barker", "ANN_BARKER", "Barker, Mary", "ann1barker", "Ann\nBarker"]
)
def test_a_name_is_found_in_text_and_not_among_invented_ones(text: str) -> None:
    assert failures(learnt(PEOPLE), text) == {"names": 1}
    for treatment in ("name", "label", "address_json"):
        assert not failures(learnt(PEOPLE), text, treatment)


def test_a_name_whose_words_stand_apart_is_none() -> None:
    assert not failures(learnt(PEOPLE), "Mary met Barker")


def test_a_worker_is_found_where_identifiers_stand() -> None:
    known = learnt(("ssd_professionals", {"prof_professional_name": ["Ann Byron-Zwi"]}))
    assert failures(known, "Ann Byron-Zwi", "identifier") == {"names": 2, "words": 1}
    # Where names of workers are invented one may be somebody's; a rare word is found all the same.
    assert failures(known, "Ann Byron-Zwi", "identifier", mixed=True) == {"words": 1}


def test_a_postcode_is_found_without_its_blank() -> None:
    known = learnt(("ssd_address", {"addr_address_postcode": ["AB1 2CD", "ZZ99 3VZ"]}))
    assert failures(known, "at ab12cd now, not ZZ99 3VZ") == {"postcodes": 1}
    assert failures(known, "AB1 2CD", "postcode") == {"postcodes": 1}


ADDRESS = (
    "ssd_address",
    {
        "addr_address_json": [
            '{"ROOM":"","BUILDING":"Quarry House","HOUSE":"12","STREET":"Acorn Road",'
            '"TOWN":"Hexworth","UPRN":"100023336956","EASTING":"412345","NORTHING":"612345"}',
            "3 Barker Road, Ashenbridge, XX1 2AB, SK 123 456",
        ]
    },
)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Acorn Road", "places"),
        ("ACORN-ROAD", "places"),
        ("quarry house", "places words"),
        ("Hexworth1", "words"),
        ("100023336956", "places"),
        ("0100023336956", ""),
        ("412345", "places"),
        ("E412345N", "places"),
        ("sk123456", "places"),
        # Invented streets are a surname and a kind, invented northings begin with 6.
        ("Barker Road", ""),
        ("612345", ""),
        ("12", ""),
        # Two parts of an address are no place.
        ("Road", ""),
    ],
)
@pytest.mark.parametrize("treatment", ["address_json", "free_text", "label", "flags_json"])
def test_a_place_is_found(text: str, what: str, treatment: str) -> None:
    found = failures(learnt(ADDRESS), f'{{"STREET":"{text}"}}', treatment)
    assert found == dict.fromkeys(what.split(), 1)


@pytest.mark.parametrize(
    "text", ["North Locality Team 31", "north locality", '{"TEAM": "North Locality"}']
)
def test_the_name_of_a_team_is_found_whatever_follows_it(text: str) -> None:
    known = learnt(("ssd_department", {"dept_team_name": ["North Locality Team 3"]}))
    assert failures(known, text, "label")["places"] == 1
    assert not failures(known, "Elm Locality Team 412", "label")


@pytest.mark.parametrize("treatment", ["name", "free_text", "address_json", "label", "code"])
@pytest.mark.parametrize(
    "text", ["Oluwaseun", "to OLUWASEUN'S mother", "7-oluwaseun-7", "Oluwaseun9"]
)
def test_a_rare_name_is_found_alone(text: str, treatment: str) -> None:
    known = learnt(("ssd_person", {"pers_forename": ["Oluwaseun"]}))
    assert failures(known, text, treatment) == {"words": 1}


@pytest.mark.parametrize(
    ("table", "column", "text"),
    [
        ("ssd_early_help_episodes", "earl_episode_reason", "We met Zebedee at the garden gate."),
        ("ssd_contacts", "cont_contact_outcome_json", '{"NFA_FLAG":"Y","COMMENTS":"Zebedee rang"}'),
        ("ssd_cin_episodes", "cine_referral_worker_id", "Zebedee Lee"),
    ],
)
def test_a_rare_word_of_free_text_is_found_and_public_ones_are_not(
    table: str, column: str, text: str
) -> None:
    known = learnt((table, {column: [text]}))
    assert failures(known, '{"COMMENTS":"zebedee"}', "flags_json") == {"words": 1}
    assert not failures(known, "The gate of the garden")


def test_short_words_and_names_that_are_invented_too_prove_nothing() -> None:
    known = learnt(("ssd_person", {"pers_forename": ["Ivy", "Xi", "Margaret"]}))
    assert not failures(known, "ivy xi margaret")


def test_what_is_kept_is_public() -> None:
    known = learnt(("ssd_early_help_episodes", {"earl_episode_reason": ["since January"]}), PEOPLE)
    assert not failures(known, "January", "keep")
    assert failures(known, "Mary Barker", "keep") == {"names": 1}
