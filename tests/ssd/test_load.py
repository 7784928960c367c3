"""Facts are columns: no note, however it is worded, decides anything."""

from scrambler.ssd import ssd
from scrambler.ssd.fact_files import FACT_FILES
from scrambler.ssd.load import spec_of
from scrambler.ssd.read_facts import Facts, all_facts
from scrambler.ssd.rules import RULES

PROSE_OF_TYPES = {"notes", "grain", "why"}


def reworded() -> Facts:
    """The facts with every cell of prose said in other words."""
    return {
        name: [
            {
                column: f"Or rather {text}" if FACT_FILES[name].cells[column].prose else text
                for column, text in row.items()
            }
            for row in rows
        ]
        for name, rows in all_facts().items()
    }


def facts_of(one: object) -> object:
    """A fact type as plain data, its prose left out."""
    if hasattr(one, "__dataclass_fields__"):
        return {
            name: facts_of(getattr(one, name))
            for name in one.__dataclass_fields__
            if name not in PROSE_OF_TYPES
        }
    if isinstance(one, dict):
        return {name: facts_of(value) for name, value in one.items()}
    return one


def test_rewording_every_note_changes_no_fact() -> None:
    # "Y, N or empty text" reworded once made a flag vanish from 596 of 596 rows.
    assert facts_of(spec_of(reworded())) == facts_of(ssd())


def test_hard_and_soft_are_those_of_the_facts() -> None:
    strengths = {row["rule_id"]: row["strength"] for row in all_facts()["consistency"]}
    assert {rule.id: rule.hard for rule in RULES} == {
        name: strength == "hard" for name, strength in strengths.items()
    }


def test_the_keys_of_outcomes() -> None:
    # Counted in json_columns.csv by hand.
    found = {
        name: (len(keys.flags), keys.count, keys.comments) for name, keys in ssd().outcomes.items()
    }
    assert found == {
        "cont_contact_outcome_json": (10, "NUMBER_OF_OUTCOMES", "COMMENTS"),
        "cine_referral_outcome_json": (10, "NUMBER_OF_OUTCOMES", "COMMENTS"),
        "cina_assessment_outcome_json": (12, "TOTAL_NO_OF_OUTCOMES", "COMMENTS"),
        "s47e_s47_outcome_json": (8, "TOTAL_NO_OF_OUTCOMES", "OUTCOME_COMMENTS"),
        "icpc_icpc_outcome_json": (6, "TOTAL_NO_OF_OUTCOMES", "COMMENTS"),
        "lacp_cla_care_plan_json": (10, None, None),
    }


def test_pseudonyms_fit_the_fields_that_they_feed() -> None:
    domains = ssd().domains
    columns = {str(one): one for table in ssd().tables.values() for one in table.columns.values()}
    fed = [
        (row["path"], columns[row["ssd_source"]].domain, int(row["max_length"]))
        for row in all_facts()["payload_fields"]
        if row["max_length"] and row["ssd_source"] in columns
    ]
    fed = [(path, domain, most) for path, domain, most in fed if domain]
    assert len(fed) > 10
    # A former UPN is told by its type, and is left out of a payload where it is longer.
    found = {path for path, domain, most in fed if domains[domain].length > most}
    assert found == {"$.child_details.former_unique_pupil_number"}


def test_a_domain_has_room_for_what_it_needs() -> None:
    for domain in ssd().domains.values():
        assert domain.least <= domain.length
