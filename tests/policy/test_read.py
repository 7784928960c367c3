import csv
from importlib.resources import files
from pathlib import Path

import pytest

from scrambler.errors import PolicyError
from scrambler.policy import Assignment, Policy, load_policy
from scrambler.policy.read import did_you_mean
from scrambler.ssd import ssd
from scrambler.treatments import TREATMENTS
from scrambler.treatments.parameters import faults
from tests.columns import each_column, treated

HEADER = "table,column,treatment,parameters,reason\n"


def _local(folder: Path, text: str) -> Path:
    path = folder / "ours.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _findings(folder: Path, text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load_policy(ssd(), _local(folder, text))
    return caught.value.findings


def test_every_column_of_the_facts_has_a_shipped_line_and_no_other_has() -> None:
    text = (files("scrambler.ssd") / "facts" / "columns.csv").read_text(encoding="utf-8")
    facts = {(row["table"], row["column"]) for row in csv.DictReader(text.splitlines())}
    assigned = load_policy(ssd()).assignments
    assert {(t, c) for t, columns in assigned.items() for c in columns} == facts
    assert set(assigned) == set(ssd().tables)


def _shipped() -> list[Assignment]:
    return [a for columns in load_policy(ssd()).assignments.values() for a in columns.values()]


@each_column(treated(*TREATMENTS))
def test_every_shipped_line_can_be_followed(table: str, column: str) -> None:
    assignment = load_policy(ssd()).assignments[table][column]
    treatment = TREATMENTS[assignment.treatment]
    assert assignment.parameters.keys() <= treatment.parameters.keys()
    assert treatment.required <= assignment.parameters.keys()
    assert list(faults(assignment, ssd())) == []
    assert assignment.reason or assignment.treatment not in ("keep", "omit", "clear")
    assert assignment.column.domain or assignment.treatment != "identifier"


def test_what_names_or_describes_a_person_is_never_kept() -> None:
    kept = {a.column.kind for a in _shipped() if a.treatment == "keep"}
    assert kept == {"technical", "code"}
    coded = [str(a.column) for a in _shipped() if (a.treatment, a.column.kind) == ("keep", "code")]
    assert coded == ["ssd_linked_identifiers.link_identifier_type"]


def test_leftovers_are_never_copied() -> None:  # T13
    assigned = load_policy(ssd()).assignments
    for table in ("ssd_api_data_staging", "ssd_api_data_staging_anon", "ssd_pre_cla_care_plan"):
        assert {a.treatment for a in assigned[table].values()} == {"omit"}
    assert assigned["ssd_version_log"]["created_by"].treatment == "clear"


def test_each_kind_gets_a_treatment_that_suits_it() -> None:
    suits = {
        "identifier": {"identifier"},
        "name": {"name", "clear"},
        "postcode": {"postcode"},
        "date": {"date"},
        "free_text": {"free_text"},
        "address_json": {"address_json"},
        "flags_json": {"flags_json"},
        "code_list_json": {"code_list_json"},
        "flag": {"code"},
        "label": {"label", "code"},
        "number": {"number"},
        "other": {"clear"},
    }
    unsuited = [
        (str(a.column), a.column.kind, a.treatment)
        for a in _shipped()
        if a.treatment != "omit" and a.treatment not in suits.get(a.column.kind, {a.treatment})
    ]
    assert unsuited == []


def test_a_local_line_overrides_and_adds(tmp_path: Path) -> None:
    text = (
        HEADER
        + "ssd_person,pers_nationality,clear,,not used here\n"
        + "ssd_person,local_ref,identifier,type=nvarchar(48);domain=person,\n"
    )
    policy = load_policy(ssd(), _local(tmp_path, text))
    assert policy.assignments["ssd_person"]["pers_nationality"].treatment == "clear"
    added = policy.assignments["ssd_person"]["local_ref"]
    assert (added.column.width, added.column.domain, added.parameters) == (48, "person", {})
    assert added.place == "ours.csv:3"
    assert policy.assignments["ssd_person"]["pers_sex"].place.startswith("ssd.csv:")


def test_two_policies_have_two_digests(tmp_path: Path) -> None:
    def digest(text: str) -> str:
        return load_policy(ssd(), _local(tmp_path, text)).digest

    shipped: Policy = load_policy(ssd())
    assert shipped.digest == load_policy(ssd()).digest
    one = digest(HEADER + "ssd_person,pers_sex,clear,,\n")
    assert len({shipped.digest, one, digest(HEADER + "ssd_person,pers_dob,clear,,\n")}) == 3


def test_all_findings_come_at_once_with_their_lines(tmp_path: Path) -> None:
    found = _findings(
        tmp_path,
        HEADER
        + "ssd_persn,pers_sex,clear,,\n"
        + "\n"
        + "ssd_person,pers_sexx,clear,,\n"
        + "ssd_person,pers_sex,clear\n"
        + "ssd_person,pers_dob,date,subject,\n"
        + "ssd_person,pers_sex,clear,,\n"
        + "ssd_person,pers_sex,clear,,\n",
    )
    assert [line.split(": ")[0] for line in found] == [
        f"ours.csv:{number}" for number in (2, 4, 5, 6, 8)
    ]
    assert "did you mean ssd_person?" in found[0]
    assert "did you mean pers_sex?" in found[1]
    assert "3 cells where 5 belong" in found[2]
    assert "name=value" in found[3]
    assert "stands twice" in found[4]


@pytest.mark.parametrize("kind", ["", "type=", "type=BLOB", "type=NVARCHAR", "type=NVARCHAR(x)"])
def test_a_new_column_says_its_type(tmp_path: Path, kind: str) -> None:
    (line,) = _findings(tmp_path, HEADER + f"ssd_person,local_ref,clear,{kind},\n")
    assert "say its type" in line


def test_a_wrong_header(tmp_path: Path) -> None:
    (line,) = _findings(tmp_path, "table;column\nssd_person;pers_sex\n")
    assert line.startswith("ours.csv:1: the header must be table,column,treatment")


def test_a_policy_as_a_spreadsheet_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    path.write_bytes(
        b"\xef\xbb\xbf" + (HEADER + "ssd_person,pers_sex,clear,,\n").replace("\n", "\r\n").encode()
    )
    assert load_policy(ssd(), path).assignments["ssd_person"]["pers_sex"].treatment == "clear"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00t"])
def test_a_policy_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ours.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PolicyError, match="cannot be read"):
        load_policy(ssd(), path)


def test_did_you_mean() -> None:
    assert did_you_mean("dates", {"date": 0, "code": 0}) == " (did you mean date?)"
    assert did_you_mean("zzz", {"date": 0}) == ""
    assert did_you_mean("ssd_local_notes", ssd().tables) == ""


def test_codes_come_from_the_list_of_the_column_unless_another_is_named(
    tmp_path: Path,
) -> None:
    def drawn(*lines: str) -> str | None:
        text = HEADER + "".join(f"{line}\n" for line in lines)
        found = load_policy(ssd(), _local(tmp_path, text)).assignments["ssd_person"]
        return found["pers_sex"].parameters.get("list")

    assert drawn() == ssd().column("ssd_person", "pers_sex").code_list == "sex"
    assert drawn("ssd_person,pers_sex,code,,") == "sex"
    assert drawn("ssd_person,pers_sex,code,list=gender,") == "gender"
    # What is kept is kept to a list that the policy names, never to one that nobody wrote down.
    assert drawn("ssd_person,pers_sex,keep,,why") is None
    assert drawn("ssd_person,pers_sex,clear,,why") is None


def test_no_line_of_the_shipped_policy_repeats_a_fact() -> None:
    text = (files("scrambler.policy") / "ssd.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        own = ssd().column(row["table"], row["column"]).code_list
        assert row["treatment"] == "keep" or f"list={own}" not in row["parameters"].split(";")


def test_the_digest_tells_what_becomes_of_columns_not_how_a_file_says_it(tmp_path: Path) -> None:
    def digest(line: str) -> str:
        return load_policy(ssd(), _local(tmp_path, f"{HEADER}{line}\n")).digest

    shipped = load_policy(ssd()).digest
    assert digest("ssd_person,pers_sex,code,list=sex,as before") == shipped
    others = {
        digest("ssd_person,pers_sex,code,list=gender,"),
        digest("ssd_person,pers_sex,clear,,unwanted"),
        digest("ssd_person,pers_more,clear,type=INT,"),
        digest("ssd_person,pers_more,clear,type=BIT,"),
    }
    assert len(others | {shipped}) == 5
