"""The live staging table: read with care, scrambled leaf by leaf, the same by either road."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import adbc_driver_sqlite.dbapi
import polars as pl
import pytest

from scrambler import api, synthetic
from scrambler.batch import Batch
from scrambler.batch.dates import DateShift, Keep
from scrambler.errors import EpochError, PolicyError, SourceError, UsageError, VerificationError
from scrambler.keys import dates_key as dates_keys
from scrambler.keys.dates_key import DatesKey
from scrambler.keys.epoch import Epoch
from scrambler.keys.epoch_file import create
from scrambler.live_payload import live as live_payloads
from scrambler.live_payload import read_live, scramble_live
from scrambler.live_payload.audit import LeafAudit
from scrambler.payload import build, schema, validate, window
from scrambler.payload.shape import payload_shape
from scrambler.staging import open_staging, stage
from scrambler.staging.table import LIVE_TABLE
from scrambler.treatments import TREATMENTS
from tests.outputs import everything_in
from tests.staging.cases import NOW, payloads, rows, tables

CANARY = "canary-5f1d"
KEY = bytes(range(32))
LEFTOVERS = (
    "previous_json_payload",
    "partial_json_payload",
    "current_hash",
    "previous_hash",
    "api_response",
)
ID = "social_care_episode_id"


def live(folder: Path, rows: pl.DataFrame) -> str:
    """Write a live staging table with a canary in everything that is not to be read."""
    folder.mkdir(exist_ok=True)
    rows.select(
        "person_id",
        "legacy_id",
        "json_payload",
        *(pl.lit(CANARY.encode()).alias(name) for name in LEFTOVERS),
    ).write_parquet(folder / "ssd_api_data_staging.parquet")
    return str(folder)


def one(payload: Mapping[str, Any]) -> pl.DataFrame:
    text = json.dumps(payload, ensure_ascii=False)
    return pl.DataFrame({"person_id": ["p1"], "legacy_id": ["l1"], "json_payload": [text]})


def scrambled(
    location: str,
    epoch: Epoch | None = None,
    dates: Keep = "intervals",
    dates_key: DatesKey | None = None,
) -> pl.DataFrame:
    shift = DateShift(keep=dates)
    return pl.concat(
        scramble_live(location, epoch or Epoch(KEY), shift=shift, dates_key=dates_key),
        how="vertical",
    )


def objects(payload: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a payload."""
    if isinstance(payload, dict):
        yield payload
    for part in payload.values() if isinstance(payload, dict) else payload:
        if isinstance(part, dict | list):
            yield from objects(part)


def _dated(text: str) -> dict[tuple[str, str], dict[str, str]]:
    """Return the dates of each object that has an id of its own, by the id's key and the id."""
    found = {}
    for one in objects(json.loads(text)):
        ids = [key for key in one if key.endswith("_id")]
        dates = {k: v for k, v in one.items() if isinstance(v, str) and _is_date(k)}
        if ids and dates:
            found[ids[0], one[ids[0]]] = dates
    details = json.loads(text)["child_details"]
    found["person", ""] = {
        k: v for k, v in details.items() if k.endswith(("date_of_birth", "pupil_number"))
    }
    return found


@pytest.mark.battery("roads", "live")
@pytest.mark.parametrize(
    ("dates", "keyed"), [("working-days", True), ("intervals", False), ("order", False)]
)
def test_a_child_has_the_same_ids_and_dates_by_either_road(
    dates: Keep, keyed: bool, tmp_path: Path
) -> None:
    key = tmp_path / "dates.key" if keyed else None
    moved_by = dates_keys.create(key) if key else None
    source, epoch = tmp_path / "source", tmp_path / "epoch.json"
    location = live(source, payloads(tables()))
    for name, frame in tables().items():
        if not name.startswith("ssd_api"):
            frame.write_parquet(source / f"{name}.parquet")
    create(epoch)
    shift = DateShift(keep=dates)
    api.run(location, tmp_path / "out", epoch=epoch, dates_key=key, shift=shift, verify=False)
    folders = (tmp_path / "out" / "tables").iterdir()
    by_tables = build(
        {folder.name: pl.scan_parquet(folder / "*.parquet") for folder in folders},
        synthetic.AS_OF,
    )
    by_live = scrambled(location, Epoch.load(epoch), dates, moved_by)
    both = by_tables.join(by_live, on="person_id", suffix="_live")
    assert both.height > 50
    assert both["legacy_id"].to_list() == both["legacy_id_live"].to_list()
    # The live payload was built before its dates moved, the other after: what differs is an object
    # that left the window so or came into it, and nothing else.
    when, (_, most) = window(synthetic.AS_OF), (14, 90)
    shared = 0
    for ours, theirs in zip(both["json_payload"], both["json_payload_live"], strict=True):
        here, there = _dated(ours), _dated(theirs)
        shared += len(here.keys() & there.keys())
        assert {key: here[key] for key in here if key in there} == {
            key: there[key] for key in here if key in there
        }
        for key in there.keys() - here.keys():
            # A worker is sent whose spell covers the census, which the end of one may move before.
            census = key[0] == "worker_id" and when.census.isoformat()
            ended = census and there[key].get("end_date", census) < census
            assert ended or min(there[key].values()) < when.start.isoformat(), key[0]
        for key in here.keys() - there.keys():
            back = when.end - timedelta(days=most)
            assert max(here[key].values()) >= back.isoformat(), key[0]
    assert shared > 3 * both.height
    # Nothing is as it was, and names are those of the other road.
    assert not set(by_live["person_id"]) & set(tables()["ssd_person"]["pers_person_id"])
    names = [
        {json.loads(text)["child_details"].get("surname") for text in both[column]}
        for column in ("json_payload", "json_payload_live")
    ]
    assert names[0] == names[1]


def test_ids_of_older_builds_are_those_of_the_columns_they_took_them_from(tmp_path: Path) -> None:
    """Finding 9: PostgreSQL's builder has no legacy_id, and takes two ids from other columns."""
    source, epoch = tmp_path / "source", tmp_path / "epoch"
    people, staff = tables()["ssd_person"], tables()["ssd_professionals"].drop_nulls()
    number = staff["prof_social_worker_registration_no"]
    ids = dict(
        zip(
            [f'"mis_child_id":"{one}"' for one in people["pers_legacy_id"]]
            + [f'"worker_id":"{one}"' for one in number],
            [f'"mis_child_id":"{one or "SSD_SUI"}"' for one in people["pers_single_unique_id"]]
            + [f'"worker_id":"{one}"' for one in staff["prof_staff_id"]],
            strict=True,
        )
    )
    source.mkdir()
    payloads(tables()).select(
        "person_id", pl.col("json_payload").str.replace_many(list(ids), list(ids.values()))
    ).write_parquet(source / f"{LIVE_TABLE}.parquet")
    for name in ("ssd_person", "ssd_professionals", "ssd_cin_episodes"):
        tables()[name].write_parquet(source / f"{name}.parquet")
    create(epoch)
    api.run(str(source), tmp_path / "out", epoch=epoch, verify=False)
    folder = tmp_path / "out" / "tables"
    found = scrambled(str(source), Epoch.load(epoch))
    known = pl.read_parquet(folder / "ssd_person/*.parquet").select(
        pl.col("pers_person_id").alias("person_id"), "pers_single_unique_id"
    )
    both = found.join(known, on="person_id").drop_nulls()
    assert both.height > 50
    assert both["legacy_id"].to_list() == both["pers_single_unique_id"].to_list()
    workers = found["json_payload"].str.extract_all(r'"worker_id":"\w+"').explode().drop_nulls()
    staff_ids = pl.read_parquet(folder / "ssd_professionals/*.parquet")["prof_staff_id"]
    assert len(workers)
    assert set(workers.str.slice(13).str.head(-1)) <= set(staff_ids)


def test_the_shape_stays_and_every_leaf_is_treated(tmp_path: Path) -> None:
    before = payloads(tables())
    after = scrambled(live(tmp_path / "live", before))
    assert after.height == before.height
    moves = set()
    for was, now in zip(before["json_payload"], after["json_payload"], strict=True):
        old, new = json.loads(was), json.loads(now)
        assert _shape(old) == _shape(new)
        texts, again = (
            {(k, v) for k, v in _leaves(one) if k.endswith(("_id", "name", "postcode", "number"))}
            for one in (old, new)
        )
        assert not texts & again
        # All dates of a child move by one number of days, and that is never none.
        days, moved = (sorted(v for k, v in _leaves(one) if _is_date(k)) for one in (old, new))
        assert days
        (by,) = {
            (date.fromisoformat(b) - date.fromisoformat(a)).days
            for a, b in zip(days, moved, strict=True)
        }
        least, most = (14, 90)
        assert -most <= by <= -least
        moves.add(by)
    assert len(moves) > 20


def _shape(payload: Any) -> list[tuple[str, ...]]:
    return sorted(tuple(found) for found in objects(payload))


def _leaves(payload: Any) -> list[tuple[str, str]]:
    return [(k, v) for found in objects(payload) for k, v in found.items() if isinstance(v, str)]


def _is_date(key: str) -> bool:
    return key == "date" or key.endswith("_date") or key.endswith("date_of_birth")


def test_no_id_holds_0x_and_the_slices_do_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ids that hold it themselves, which no hexadecimal pseudonym could.
    given = payloads(tables()).with_columns(
        pl.col("json_payload").str.replace_all('_id":"', '_id":"0X', literal=True)
    )
    location = live(tmp_path / "live", given)
    whole = scrambled(location)
    ids = [
        v
        for text in whole["json_payload"]
        for found in objects(json.loads(text))
        for k, v in found.items()
        if k.endswith("_id")
    ]
    assert len(ids) > 300
    assert not [v for v in ids if "0x" in v.lower()]
    monkeypatch.setattr("scrambler.live_payload.rows._ROWS", 31)
    assert scrambled(location).equals(whole)
    assert not set(scrambled(location, Epoch.new())["person_id"]) & set(whole["person_id"])


def test_leftovers_reach_nothing_that_is_written(fresh_postgres_url: str, tmp_path: Path) -> None:
    location = live(tmp_path / "live", payloads(tables()))
    file = f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
    for place in (str(tmp_path / "staged"), file, fresh_postgres_url):
        stage(place, scramble_live(location, Epoch(KEY), shift=DateShift()), NOW)
    raw = [CANARY, *(f'"la_child_id":"{person}"' for person in payloads(tables())["person_id"])]
    assert CANARY.encode() in everything_in(tmp_path / "live")
    for held in (
        everything_in(tmp_path / "staged"),
        everything_in(tmp_path / "x.db"),
        repr(rows(open_staging(fresh_postgres_url)).rows()).encode(),
    ):
        assert len(held) > 100_000
        assert not [text for text in raw if text.encode() in held]
    read = pl.read_parquet(tmp_path / "staged" / "ssd_api_data_staging_anon.parquet")
    for column in ("api_response", "previous_json_payload", "previous_hash"):
        assert read[column].null_count() == read.height


def test_only_three_columns_are_read(tmp_path: Path) -> None:
    file = tmp_path / "live.db"
    with adbc_driver_sqlite.dbapi.connect(str(file)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE ssd_api_data_staging (id INT, person_id, json_payload, api_response)"
        )
        cursor.execute("INSERT INTO ssd_api_data_staging VALUES (1, 'p', '{}', 'canary')")
        connection.commit()
    found = pl.concat(read_live(f"sqlite:///{file.as_posix()}"))
    assert found.rows() == [("p", None, "{}")]
    assert found.columns == ["person_id", "legacy_id", "json_payload"]


def test_a_source_without_the_table_is_said(tmp_path: Path) -> None:
    tables()["ssd_person"].write_parquet(tmp_path / "ssd_person.parquet")
    with pytest.raises(SourceError, match="ssd_api_data_staging"):
        list(read_live(str(tmp_path)))


DETAILS = {"first_name": "Ann", "sex": "F", "disabilities": ["NONE"], "purge": False}
CHILD = {"la_child_id": "p1", "mis_child_id": "l1", "purge": False, "child_details": DETAILS}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({CANARY: "x"}, "$"),
        ({"child_details": {**DETAILS, CANARY: CANARY}}, "$.child_details"),
        (
            {"social_care_episodes": [{ID: "e1", "purge": False}, {ID: "e2", CANARY: 1}]},
            "$.social_care_episodes[]",
        ),
    ],
)
def test_unknown_keys_are_refused_by_path(
    change: dict[str, Any], path: str, tmp_path: Path
) -> None:
    location = live(tmp_path / "live", one({**CHILD, **change}))
    with pytest.raises(PolicyError) as caught:
        scrambled(location)
    assert f"json_payload: {path} holds a key that no treatment is known for" in str(caught.value)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"child_details": [CANARY]}, "$.child_details"),
        ({"child_details": {**DETAILS, "sex": 1}}, "$.child_details.sex"),
        ({"child_details": {**DETAILS, "date_of_birth": CANARY}}, "$.child_details.date_of_birth"),
        ({"la_child_id": None}, "$.la_child_id"),
        ({"purge": "true"}, "$.purge"),
        (
            {"health_and_wellbeing": {"sdq_assessments": [{"score": 10**400}], "purge": False}},
            "$",
        ),
    ],
)
def test_what_is_not_of_its_type_is_refused(
    change: dict[str, Any], path: str, tmp_path: Path
) -> None:
    location = live(tmp_path / "live", one({**CHILD, **change}))
    with pytest.raises(PolicyError) as caught:
        scrambled(location)
    assert f"{path} breaks" in str(caught.value)
    assert CANARY not in str(caught.value)


def test_a_date_that_cannot_move_back_is_refused_by_path(tmp_path: Path) -> None:
    early = {**CHILD, "child_details": {**DETAILS, "date_of_birth": "0001-01-01"}}
    with pytest.raises(PolicyError, match=r"date_of_birth holds a date before 1700-01-01"):
        scrambled(live(tmp_path / "live", one(early)))


def test_text_that_is_no_json_is_refused(tmp_path: Path) -> None:
    rows = one(CHILD).with_columns(json_payload=pl.lit("{" + CANARY))
    with pytest.raises(PolicyError, match="breaks `json`") as caught:
        scrambled(live(tmp_path / "live", rows))
    assert CANARY not in str(caught.value)


def test_deletions_are_left_out(tmp_path: Path) -> None:
    gone = {"la_child_id": "p2", "mis_child_id": "l2", "purge": True}
    rows = pl.concat([one(CHILD), one(gone)])
    assert scrambled(live(tmp_path / "live", rows)).height == 1


def test_every_key_of_the_schema_comes_back(tmp_path: Path) -> None:
    full = _example(schema())
    assert validate(one(full)["json_payload"]).height == 0
    text = scrambled(live(tmp_path / "live", one(full)))["json_payload"].item()
    new = json.loads(text)
    assert _shape(new) == _shape(full)
    assert validate(pl.Series([text])).rows() == []
    # What other builders send, and ours would not: a UN code for a pupil number.
    full["child_details"] |= {"unique_pupil_number": "UN3"}
    del full["child_details"]["unique_pupil_number_unknown_reason"]
    details = json.loads(scrambled(live(tmp_path / "live", one(full)))["json_payload"].item())[
        "child_details"
    ]
    assert "unique_pupil_number" not in details
    assert details["unique_pupil_number_unknown_reason"].startswith("UN")


def test_whether_there_is_a_disability_is_drawn(tmp_path: Path) -> None:
    """Finding 7: NONE stayed NONE for everybody, health data carried over."""
    rows = [
        {**CHILD, "la_child_id": f"p{n}", "child_details": {**DETAILS, "disabilities": codes}}
        for n, codes in enumerate([["NONE"], ["MOB", "VIS", "LD"]] * 40)
    ]
    found = scrambled(live(tmp_path / "live", pl.concat([one(row) for row in rows])))
    codes = [json.loads(text)["child_details"]["disabilities"] for text in found["json_payload"]]
    # Of 13 codes NONE is one: of 40 about 3 come out as they were.
    assert codes[::2].count(["NONE"]) < 15
    assert all(len(some) == 1 for some in codes[::2])
    assert all(len(set(some)) == 3 and some == sorted(some) for some in codes[1::2])
    assert len({tuple(some) for some in codes[1::2]}) > 5


def test_a_live_table_as_builders_write_it(tmp_path: Path) -> None:
    """Findings 5 and 6: what the field's builders do every day, in one table."""
    episode = {
        ID: "e1",
        "child_and_family_assessments": [
            {"child_and_family_assessment_id": "a1", "factors": [None, "1A", None, "2B"]}
        ],
        "adoption": {"initial_decision_date": "2024-05-01", "matched_date": None},
    }
    details = {**DETAILS, "ethnicity": "White British", "postcode": None, "sex": "f"}
    whole = {**CHILD, "child_details": details, "social_care_episodes": [episode]}
    rows = [("p1", 1, "New", CHILD), ("p1", 7, "New", whole), ("p1", 3, "New", CHILD)]
    rows += [("p2", 2, " deleted", CHILD), ("p3", 4, "New", CHILD), ("p3", 5, "Deleted", CHILD)]
    table = pl.DataFrame(
        {
            "id": [number for _, number, _, _ in rows],
            "person_id": [person for person, _, _, _ in rows],
            "row_state": [state for _, _, state, _ in rows],
            "json_payload": [
                json.dumps({**payload, "la_child_id": person}) for person, _, _, payload in rows
            ],
        }
    )
    (tmp_path / "live").mkdir()
    table.write_parquet(tmp_path / "live" / "ssd_api_data_staging.parquet")
    text = scrambled(str(tmp_path / "live"))["json_payload"].item()
    assert validate(pl.Series([text])).height == 0
    found = json.loads(text)
    ethnicities = schema()["properties"]["child_details"]["properties"]["ethnicity"]["enum"]
    assert found["child_details"]["ethnicity"] in ethnicities
    assert found["child_details"]["sex"] in ("M", "F", "U")
    assert "postcode" not in found["child_details"]
    [now] = found["social_care_episodes"]
    assert len(now["child_and_family_assessments"][0]["factors"]) == 2
    assert now["adoption"].keys() == {"initial_decision_date"}


def test_every_leaf_that_comes_from_a_column_is_judged_or_said_to_stay(tmp_path: Path) -> None:
    """On a table as the field's builders write it, with every path of a payload."""
    table = dict(synthetic.build(3_000, dirty=True))[LIVE_TABLE]
    (tmp_path / "live").mkdir()
    table.write_parquet(tmp_path / "live" / f"{LIVE_TABLE}.parquet")
    audit = LeafAudit()
    found = pl.concat(
        scramble_live(str(tmp_path / "live"), Epoch(KEY), shift=DateShift(), audit=audit)
    )
    leaves = {
        f"{node.path}.{key}"
        for node in payload_shape().walk()
        for key, leaf in node.leaves.items()
        if leaf.table
    }
    assert audit.compared.keys() | audit.judged.keys() | audit.kept.keys() == leaves
    assert audit.kept.keys() == {"$.child_details.uasc_flag"}
    assert not audit.unchanged
    codes = "$.child_details.ethnicity"
    assert audit.judged[codes] > 1000
    assert 0 < audit.expected[codes] < audit.judged[codes] / 5
    # The newest row of each child but of those who are gone.
    newest = table.sort("id").unique("person_id", keep="last")
    here = newest.filter(pl.col("row_state").str.strip_chars().str.to_lowercase() != "deleted")
    assert found.height == here.height < newest.height < table.height


@pytest.mark.parametrize("stayed", [0, 200])
def test_too_few_stay_as_they_were_as_well_as_too_many(stayed: int) -> None:
    path = "$.child_details.ethnicity"
    audit = LeafAudit(judged=Counter({path: 1000}), expected={path: 100.0}, variance={path: 90.0})
    audit.stayed[path] = 100
    audit.check()
    audit.stayed[path] = stayed
    with pytest.raises(VerificationError, match=f"{stayed} of 1000 values of .*ethnicity"):
        audit.check()


def test_codes_that_come_out_as_they_were_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = TREATMENTS["code"]
    keeps = replace(code, scramble=lambda batch, column: batch.frame[column])
    monkeypatch.setitem(cast(dict[str, Any], TREATMENTS), "code", keeps)
    with pytest.raises(VerificationError, match="where chance leaves"):
        scrambled(live(tmp_path / "live", payloads(tables())))


@pytest.mark.parametrize("offsets", [(0, 0), (-90, -14), (90, 14), (0, 90), (1, 4000)])
def test_dates_that_would_stay_or_run_away_are_refused(
    tmp_path: Path, offsets: tuple[int, int]
) -> None:
    location = live(tmp_path / "live", one(CHILD))
    with pytest.raises(UsageError, match="Offsets"):
        list(scramble_live(location, Epoch(KEY), shift=DateShift(*offsets)))


FULL = {
    **CHILD,
    "child_details": {
        **DETAILS,
        "surname": CANARY,
        "postcode": "AB1 2CD",
        "date_of_birth": "2012-03-04",
        "unique_pupil_number": "B801200005001",
    },
}


@pytest.mark.parametrize(
    ("treatment", "column", "path"),
    [
        ("identifier", "pers_person_id", "$.la_child_id"),
        ("identifier", "pers_upn", "$.child_details.unique_pupil_number"),
        ("name", "pers_surname", "$.child_details.surname"),
        ("date", "pers_dob", "$.child_details.date_of_birth"),
        ("postcode", "addr_address_postcode", "$.child_details.postcode"),
    ],
)
def test_a_leaf_that_did_not_change_stops_the_staging(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, treatment: str, column: str, path: str
) -> None:
    """Whatever a treatment lets through, the audit sees."""
    honest = TREATMENTS[treatment]
    assert honest.scramble is not None
    scramble = honest.scramble

    def lazy(batch: Batch, name: str) -> pl.Series:
        return batch.frame[name] if name == column else scramble(batch, name)

    monkeypatch.setitem(TREATMENTS, treatment, replace(honest, scramble=lazy))  # type: ignore[arg-type]
    location = live(tmp_path / "live", one(FULL))
    with pytest.raises(VerificationError) as caught:
        stage(
            str(tmp_path / "out"),
            scramble_live(location, Epoch(KEY), shift=DateShift()),
            NOW,
        )
    assert f"1 of 1 values of {path} are unchanged" in str(caught.value)
    assert CANARY not in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ("$", "la_child_id", "a" + "0" * 19),
        ("$.child_details", "surname", "Elsewhere"),
        ("$.child_details", "postcode", "ZZ11 1AA"),
        ("$.child_details", "date_of_birth", date(2012, 3, 3)),
    ],
)
def test_a_leaf_that_is_not_its_piece_stops_the_staging(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, key: str, value: object
) -> None:
    """The pieces were judged; what stands in the payload must be they."""
    honest = live_payloads.put_back

    def put_back(*arguments: Any) -> Any:
        frames = honest(*arguments)
        other = pl.lit(value).cast(frames[path][key].dtype).alias(key)
        return {**frames, path: frames[path].with_columns(other)}

    monkeypatch.setattr(live_payloads, "put_back", put_back)
    with pytest.raises(
        VerificationError, match=re.escape(f"1 of 1 values of {path}.{key} are not")
    ):
        scrambled(live(tmp_path / "live", one(FULL)))


def test_what_was_compared_is_counted_by_field(tmp_path: Path) -> None:
    audit = LeafAudit()
    location = live(tmp_path / "live", payloads(tables()))
    list(scramble_live(location, Epoch(KEY), shift=DateShift(), audit=audit))
    children = payloads(tables()).height
    assert audit.compared["$.la_child_id"] == audit.compared["$.child_details.surname"] == children
    assert audit.compared["$.social_care_episodes[].referral_date"] > children
    assert not audit.unchanged
    assert "$.child_details.sex" not in audit.compared


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("ssd_person,pers_surname,keep,,", "keep needs a reason"),
        ("ssd_person,pers_surname,nmae,,", "there is no treatment nmae \\(did you mean name"),
        ("ssd_person,pers_surname,name,prat=surname,", "name has no parameter prat"),
        ("ssd_cp_plans,cppl_cp_plan_start_date,name,part=full,", "name cannot take a datetime"),
    ],
)
def test_the_policy_is_held_against_tables_that_are_not_there(
    tmp_path: Path, line: str, finding: str
) -> None:
    policy = tmp_path / "ours.csv"
    policy.write_text(f"table,column,treatment,parameters,reason\n{line}\n", "utf-8")
    location = live(tmp_path / "live", one(FULL))
    with pytest.raises(PolicyError, match=finding):
        list(scramble_live(location, Epoch(KEY), shift=DateShift(), policy=policy))


def test_a_surname_that_a_policy_keeps_is_not_staged(tmp_path: Path) -> None:
    policy = tmp_path / "ours.csv"
    header = "table,column,treatment,parameters,reason"
    policy.write_text(f"{header}\nssd_person,pers_surname,keep,pattern=.*,ours\n", "utf-8")
    location = live(tmp_path / "live", one(FULL))
    with pytest.raises(PolicyError, match="pers_surname"):
        list(scramble_live(location, Epoch(KEY), shift=DateShift(), policy=policy))


@pytest.mark.parametrize("kept", ["numeric", "narrow"])
def test_ids_have_the_form_of_the_run_where_the_live_table_stands_alone(
    tmp_path: Path, kept: str
) -> None:
    """The run saw columns that the live database lacks: what it learnt comes with the epoch."""
    source, epoch, ours = tmp_path / "source", tmp_path / "epoch", tmp_path / "ours.csv"
    source.mkdir()
    line = {
        "numeric": "ssd_person,pers_person_id,identifier,numeric=yes,",
        "narrow": "ssd_person,pers_own_id,identifier,type=NCHAR(24);domain=legacy,",
    }[kept]
    ours.write_text(f"table,column,treatment,parameters,reason\n{line}\n", "utf-8")
    for name in ("ssd_person", "ssd_cin_episodes"):
        frame = tables()[name]
        if kept == "narrow" and name == "ssd_person":
            frame = frame.with_columns(pers_own_id=pl.lit("a"))
        frame.write_parquet(source / f"{name}.parquet")
    create(epoch)
    api.run(str(source), tmp_path / "out", epoch=epoch, policy=ours, verify=False)
    recorded = Epoch.load(epoch).forms
    assert recorded is not None
    location = live(tmp_path / "live", payloads(tables()))
    people = pl.read_parquet(tmp_path / "out/tables/ssd_person/*.parquet")
    # With the policy and without it, the ids are those of the run.
    for policy in (None, ours):
        key = Epoch.load(epoch)
        found = pl.concat(scramble_live(location, key, shift=DateShift(), policy=policy))
        assert set(found["person_id"]) <= set(people["pers_person_id"].cast(pl.String))
        assert set(found["legacy_id"]) <= set(people["pers_legacy_id"])
        assert key.forms is not None
        assert key.forms.lengths.items() >= recorded.lengths.items()


def test_an_epoch_whose_forms_nobody_recorded_is_refused(tmp_path: Path) -> None:
    location = live(tmp_path / "live", one(FULL))
    used = Epoch(KEY)
    list(scramble_live(location, used, shift=DateShift()))
    assert used.allocations
    used.forms = None
    with pytest.raises(EpochError, match="earlier version"):
        list(scramble_live(location, used, shift=DateShift()))


def test_placeholders_mean_none_and_stop_nobody(tmp_path: Path) -> None:
    """SSD_PH in place of a code, a postcode or a pupil number has no key in what is staged."""
    holes = {
        "unique_pupil_number": "SSD_PH",
        "unique_pupil_number_unknown_reason": "-1",
        "ethnicity": "0",
        "postcode": "SSD_SUI",
        "sex": "0",
        "disabilities": ["-1"],
    }
    episode = {ID: "e1", "referral_source": "-1", "closure_reason": "0", "purge": False}
    full = {**CHILD, "child_details": {**DETAILS, **holes}, "social_care_episodes": [episode]}
    after = scrambled(live(tmp_path / "live", one(full)))
    assert validate(after["json_payload"]).rows() == []
    found = json.loads(after["json_payload"].item())
    assert set(found["child_details"]) == {"first_name", "sex", "disabilities", "purge"}
    assert found["child_details"]["disabilities"] == ["NONE"]
    assert set(found["social_care_episodes"][0]) == {ID, "purge"}


def _example(rule: dict[str, Any], key: str = "") -> Any:
    """Return a value that has everything the schema allows."""
    for part in rule.get("allOf", [rule]):
        if "$ref" in part:
            name = part["$ref"].rpartition("/")[2]
            return "2024-05-06" if name == "date" else f"id-{len(key)}"
    if "enum" in rule:
        return rule["enum"][1]
    if "const" in rule:
        return rule["const"]
    if rule.get("type") == "object":
        return {k: _example(v, k) for k, v in rule["properties"].items()}
    if rule.get("type") == "array":
        return [_example(rule["items"], key)]
    texts = {"unique_pupil_number": "B801200005001", "former_unique_pupil_number": "B801200005002"}
    values = {"boolean": key != "purge", "integer": 7, "string": texts.get(key, "ZZ1 1AA")}
    return values[rule["type"]]
