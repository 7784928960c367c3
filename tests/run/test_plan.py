import random
from collections.abc import Callable
from pathlib import Path

import pytest

from scrambler.errors import PolicyError
from scrambler.policy import load_policy, read_policy
from scrambler.run.plan import Plan
from scrambler.run.planning import make_plan
from scrambler.sources import SourceColumn
from scrambler.ssd import ssd
from scrambler.ssd.sql_types import server_types
from scrambler.treatments import TREATMENTS

Schema = dict[str, dict[str, SourceColumn]]


def _schema(*tables: str) -> Schema:
    """The SSD as System C declares it."""
    return {
        name: {
            column.name.lower(): SourceColumn(
                column.name,
                server_types()[column.sql_type.partition("(")[0].lower()][0],  # type: ignore[arg-type]
                column.width,
            )
            for column in table.columns.values()
        }
        for name, table in ssd().tables.items()
        if not tables or name in tables
    }


def _plan(schema: Schema, local: Path | None = None, **options: object) -> Plan:
    return make_plan(schema, load_policy(ssd(), local), ssd(), **options)  # type: ignore[arg-type]


def _findings(schema: Schema, local: Path | None = None, **options: object) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        _plan(schema, local, **options)
    return caught.value.findings


def _ours(folder: Path, *lines: str) -> Path:
    path = folder / "ours.csv"
    path.write_text("\n".join(["table,column,treatment,parameters,reason", *lines]))
    return path


def test_the_whole_ssd_passes() -> None:
    plan = _plan(_schema())
    assert plan.omitted == (
        "ssd_api_data_staging",
        "ssd_api_data_staging_anon",
        "ssd_pre_cla_care_plan",
    )
    written = {planned.table.name for planned in plan.tables}
    assert written | set(plan.omitted) == set(ssd().tables)
    assert (plan.missing, plan.dropped, plan.others, plan.forms.numeric) == ((), (), 0, frozenset())
    assert (plan.forms.lengths["person"], plan.forms.lengths["professional"]) == (20, 12)
    assert plan.forms.lengths["referral"] == 36
    assert len(repr(plan)) < 200


def test_what_is_omitted_is_neither_read_nor_written() -> None:
    plan = _plan(_schema())
    read = [a for columns in plan.prescanned.values() for a in columns.values()]
    written = [a for planned in plan.tables for a in planned.assignments.values()]
    assert all(a.treatment != "omit" for a in read + written)


def test_missing_columns_and_tables_are_listed() -> None:
    schema = _schema("ssd_person")
    del schema["ssd_person"]["pers_gender"]
    plan = _plan(schema)
    assert "ssd_person.pers_gender" in plan.missing
    assert "ssd_family" in plan.missing


def test_columns_come_in_the_order_of_the_ddl() -> None:
    schema = _schema("ssd_person")
    schema["ssd_person"] = dict(reversed(schema["ssd_person"].items()))
    assert list(_plan(schema).tables[0].assignments) == list(ssd().tables["ssd_person"].columns)


def test_other_tables_are_counted_and_ssd_tables_refused() -> None:
    schema = _schema("ssd_person")
    schema["hr_staff"] = {"name": SourceColumn("name", "text", None)}
    plan = _plan(schema)
    assert plan.others == 1
    assert {planned.table.name for planned in plan.tables} == {"ssd_person"}


_WINDOWS = {"window_start": SourceColumn("window_start", "date", None)}


def test_unknown_tables_are_named_and_never_read(tmp_path: Path) -> None:
    schema = _schema() | {"ssd_vw_current_time_windows": _WINDOWS, "ssd_local_notes": _WINDOWS}
    plan = _plan(schema)
    unknown = ("ssd_local_notes", "ssd_vw_current_time_windows")
    assert plan.unread == unknown
    assert not {*unknown} & {*plan.prescanned, *(p.table.name for p in plan.tables)}
    assert [line.split(":")[0] for line in _findings(schema, strict=True)] == [*unknown]
    omitted = _ours(tmp_path, *(f"{name},*,omit,,not needed" for name in unknown))
    plan = _plan(schema, omitted, strict=True)
    assert plan.unread == ()
    assert {*unknown} <= {*plan.omitted}


@pytest.mark.parametrize("name", ["ssd_familys", "ssd_famly", "ssd_zz"])
def test_an_unknown_table_that_may_stand_for_a_missing_one(name: str, tmp_path: Path) -> None:
    schema = _schema()
    columns = schema.pop("ssd_family")
    half = dict([*columns.items()][: (len(columns) + 1) // 2])
    schema[name] = half if name == "ssd_zz" else _WINDOWS
    (line,) = _findings(schema)
    assert line.startswith(f"{name}: ")
    assert "ssd_family" in line
    assert _plan(schema, _ours(tmp_path, f"{name},*,omit,,not it")).unread == ()


def test_the_mistakes_of_a_policy_come_at_once_with_those_of_the_source(tmp_path: Path) -> None:
    schema = _schema("ssd_person")
    schema["ssd_person"]["ours"] = SourceColumn("ours", "text", None)
    del schema["ssd_person"]["pers_sex"]
    local = _ours(
        tmp_path,
        "ssd_person,pers_gender,cod,list=gender,",
        "ssd_persn,pers_dob,date,,",
        "ssd_person,pers_sex,code,list=sexx,",  # of a column that the source lacks
        "ssd_family,fami_family_id,keep,,",  # of a table that it lacks
        "ssd_person,theirs,clear,,",
    )
    with pytest.raises(PolicyError) as caught:
        make_plan(schema, read_policy(ssd(), local), ssd())
    places = {line.split(": ")[0] for line in caught.value.findings}
    assert places == {f"ours.csv:{line}" for line in range(2, 7)} | {"ssd_person.ours"}


def test_only_unknown_tables_are_left_out_whole(tmp_path: Path) -> None:
    for line in ("ssd_person,*,omit,,", "ssd_local_notes,*,clear,,", "hr_staff,*,omit,,"):
        with pytest.raises(PolicyError) as caught:
            load_policy(ssd(), _ours(tmp_path, line))
        (finding,) = caught.value.findings
        assert finding.startswith("ours.csv:2: ")


def test_a_source_without_persons_is_refused() -> None:
    (line,) = _findings(_schema("ssd_family"))
    assert "ssd_person" in line


def test_an_unknown_column_stops_or_is_left_out() -> None:
    schema = _schema("ssd_person")
    schema["ssd_person"]["pers_dobb"] = SourceColumn("pers_dobb", "datetime", None)
    (line,) = _findings(schema)
    assert line.startswith("ssd_person.pers_dobb: ")
    assert "did you mean pers_dob?" in line
    plan = _plan(schema, drop_unknown=True)
    assert plan.dropped == ("ssd_person.pers_dobb",)
    assert "pers_dobb" not in plan.tables[0].assignments


def test_a_source_without_ssd_tables() -> None:
    assert "no table of the SSD" in _findings({"hr_staff": {}})[0]


def test_chosen_tables_are_written_and_all_are_surveyed() -> None:
    plan = _plan(_schema("ssd_person", "ssd_family"), tables=["ssd_family"])
    assert [planned.table.name for planned in plan.tables] == ["ssd_family"]
    assert set(plan.prescanned) == {"ssd_person", "ssd_family"}
    (line,) = _findings(_schema("ssd_person"), tables=["ssd_persn"])
    assert "did you mean ssd_person?" in line


def _mutations() -> list[tuple[str, Callable[[Schema], str]]]:
    """A hundred ways in which a schema drifts; each returns the table.column it spoils."""
    chance = random.Random(3)
    tables = [name for name in ssd().tables if name not in _OMITTED]

    def renamed(schema: Schema, table: str, column: str) -> str:
        held = schema[table].pop(column)
        schema[table][column + "_new"] = held
        return f"{table}.{column}_new"

    def added(schema: Schema, table: str, column: str) -> str:
        schema[table][f"note_{column}"] = SourceColumn(f"note_{column}", "text", None)
        return f"{table}.note_{column}"

    def retyped(schema: Schema, table: str, column: str) -> str:
        schema[table][column] = SourceColumn(column, "binary", None)
        return f"{table}.{column}"

    def table_added(schema: Schema, table: str, column: str) -> str:
        schema[f"{table}_old"] = {column: schema[table][column]}
        return f"{table}_old"

    made = []
    for number in range(100):
        change = (renamed, added, retyped, table_added)[number % 4]
        table = chance.choice(tables)
        column = chance.choice([c.lower() for c in ssd().tables[table].columns])

        def mutate(
            schema: Schema,
            change: Callable[[Schema, str, str], str] = change,
            table: str = table,
            column: str = column,
        ) -> str:
            return change(schema, table, column)

        made.append((f"{number}-{change.__name__}-{table}.{column}", mutate))
    return made


_OMITTED = ("ssd_api_data_staging", "ssd_api_data_staging_anon", "ssd_pre_cla_care_plan")


def test_a_schema_that_drifts_is_always_found_and_never_copied(  # T9
    subtests: pytest.Subtests,
) -> None:
    for name, mutate in _mutations():
        with subtests.test(name):
            schema = _schema()
            spoiled = mutate(schema)
            if spoiled in schema:  # a table is left out, a column stops the run
                plan = _plan(schema)
                assert plan.unread == (spoiled,)
                assert spoiled not in {*plan.prescanned, *(p.table.name for p in plan.tables)}
            assert any(spoiled.lower() in line.lower() for line in _findings(schema, strict=True))


def test_all_findings_come_at_once() -> None:
    schema = _schema("ssd_person")
    schema["ssd_person"]["x1"] = schema["ssd_person"]["x2"] = SourceColumn("x", "text", None)
    schema["ssd_person"]["pers_dob"] = SourceColumn("pers_dob", "float", None)
    assert len(_findings(schema)) == 3


@pytest.mark.parametrize(
    ("column", "width", "least"),
    [
        ("pers_person_id", 19, 20),
        ("pers_legacy_id", 10, 20),
        ("pers_upn", 12, 13),
        ("pers_single_unique_id", 9, 10),
    ],
)
def test_a_column_too_narrow_for_its_pseudonym(column: str, width: int, least: int) -> None:
    schema = _schema("ssd_person")
    schema["ssd_person"][column] = SourceColumn(column, "text", width)
    (line,) = _findings(schema)
    assert f"ssd_person.{column}: {width} characters" in line
    assert f"need {least}" in line
    schema["ssd_person"][column] = SourceColumn(column, "text", least)
    _plan(schema)


def test_the_narrowest_column_of_a_domain_limits_all() -> None:
    schema = _schema("ssd_person", "ssd_contacts", "ssd_cin_episodes", "ssd_cin_assessments")
    table = schema["ssd_cin_assessments"]
    table["cina_referral_id"] = SourceColumn("cina_referral_id", "text", 24)
    assert _plan(schema).forms.lengths["referral"] == 24


def test_an_integer_column_makes_its_domain_numeric() -> None:
    schema = _schema("ssd_person", "ssd_professionals")
    table = schema["ssd_professionals"]
    table["prof_staff_id"] = SourceColumn("prof_staff_id", "integer", 32)
    # Staff and professionals are one map.
    assert _plan(schema).forms.numeric == {"professional"}


def test_pseudonyms_can_be_asked_to_be_integers(tmp_path: Path) -> None:
    local = _ours(tmp_path, "ssd_person,pers_person_id,identifier,numeric=yes,cast to INT")
    assert _plan(_schema("ssd_person"), local).forms.numeric == {"person"}


@pytest.mark.parametrize("treatment", sorted(TREATMENTS))
def test_types_that_a_treatment_cannot_take(tmp_path: Path, treatment: str) -> None:
    spare = {
        "code": "list=sex",
        "code_list_json": "list=sex;alone=M;most=1",
        "label": "pool=team",
        "name": "part=full",
        "number": "low=0;high=1",
        "identifier": "domain=person",
    }
    parameters = ";".join(filter(None, ["type=NVARCHAR(48)", spare.get(treatment)]))
    local = _ours(tmp_path, f"ssd_person,extra,{treatment},{parameters},as asked")
    for kind in ("text", "integer", "float", "boolean", "datetime", "date", "binary", "other"):
        schema = _schema("ssd_person")
        schema["ssd_person"]["extra"] = SourceColumn("extra", kind, None)  # type: ignore[arg-type]
        wrong = f"ours.csv:2: ssd_person.extra: {treatment} cannot take a {kind} column."
        taken = kind in TREATMENTS[treatment].types
        try:
            _plan(schema, local)
            found = []
        except PolicyError as error:
            found = error.findings
        assert (wrong in found) is not taken


LINES = {
    "pers_sex,cod,list=sex": "there is no treatment cod (did you mean code?)",
    "pers_sex,code,lst=sex": "no parameter lst (did you mean list?)",
    "pers_forename,code,": "needs the parameter list",
    "pers_sex,code,list=sexx": "there is no code list of that name (did you mean sex?)",
    "pers_upn_unknown,code,list=preproc_outcome": "draws codes of 34 characters where 6 fit",
    "pers_gender,code,list=gender;follows=pers_sexx": "no column in the table of that name",
    "pers_upn_unknown,code,list=upn_unknown;identifiers=person": "no id domain with a form of its",
    "pers_nationality,code,list=nationality;within=pers_person_id": "only rows of ssd_disability",
    "pers_nationality,number,low=a;high=2": "low=a: no number",
    "pers_nationality,number,low=3;high=2": "needs low <= high",
    "pers_nationality,number,low=1;high=2;step=0": "a step above 0",
    "pers_nationality,number,low=1;high=NaN": "high=NaN: no number",
    "pers_forename,name,part=first": "there is no part of that name",
    "pers_forename,name,part=forename": "needs the parameter key",
    "pers_forename,label,pool=teams": "no pool of that name (did you mean team?)",
    "pers_forename,label,follows=pers_sex": "the column has no code list",
    "pers_forename,label,": "needs the parameter follows or pool",
    "pers_forename,flags_json,": "knows no keys of this column",
    "pers_forename,flags_json,ties=NFA_FLAG:pers_sex": "the column has no such flag",
    "pers_forename,keep,pattern=(": "no regular expression",
    "pers_forename,code_list_json,list=sex;alone=Z;most=two": "the list has no such code",
    "pers_dob,date,subject=nobody": "there is no column in the table",
}


@pytest.mark.parametrize("line", LINES)
def test_a_local_line_that_cannot_be_followed_is_found_with_its_place(
    tmp_path: Path, line: str
) -> None:
    found = _findings(_schema("ssd_person"), _ours(tmp_path, f"ssd_person,{line},because"))
    assert all(one.startswith("ours.csv:2: ssd_person.") for one in found)
    assert any(LINES[line] in one for one in found)


def test_what_no_policy_may_say_is_found_with_its_place(tmp_path: Path) -> None:
    local = _ours(
        tmp_path,
        "ssd_api_data_staging,json_payload,free_text,,we need it",
        "ssd_person,pers_surname,keep,pattern=.*,we need it",
    )
    found = _findings(_schema(), local)
    assert [one.split(": ")[0] for one in sorted(found)] == ["ours.csv:2", "ours.csv:3"]


def test_keep_says_why(tmp_path: Path) -> None:
    local = _ours(tmp_path, "ssd_person,pers_sex,keep,list=sex,")
    assert "keep needs a reason" in _findings(_schema("ssd_person"), local)[0]


def test_an_identifier_has_a_domain(tmp_path: Path) -> None:
    local = _ours(
        tmp_path,
        "ssd_person,extra,identifier,type=NVARCHAR(48),",
        "ssd_person,other,identifier,type=NVARCHAR(48);domain=persn,",
    )
    schema = _schema("ssd_person")
    for name in ("extra", "other"):
        schema["ssd_person"][name] = SourceColumn(name, "text", 48)
    found = _findings(schema, local)
    assert any("needs the parameter domain" in line for line in found)
    assert any("no id domain persn (did you mean person?)" in line for line in found)
