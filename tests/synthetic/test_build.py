"""Shape, determinism, keys, references and numbers of the constructed data."""

from __future__ import annotations

from datetime import datetime

import nhs_number
import polars as pl
import pytest
from stdnum.gb import nhs, upn

from scrambler.ssd import ssd
from scrambler.synthetic import AS_OF, build
from scrambler.synthetic.frames import columns
from tests.synthetic.conftest import Tables, whole

GLOBAL = {"ssd_professionals", "ssd_department", "ssd_version_log", "ssd_dim_date"}
BUILT = set(ssd().tables) - {"ssd_api_data_staging_anon"}


@pytest.mark.battery("seeds", "one")
@pytest.mark.parametrize("dirty", [False, True])
def test_one_seed_gives_one_dataset(dirty: bool) -> None:
    first, second = whole(300, 5, dirty), whole(300, 5, dirty)
    assert all(first[table].equals(second[table]) for table in BUILT)


def test_another_seed_gives_other_data() -> None:
    first, second = whole(300, 5), whole(300, 6)
    same = {table for table in BUILT if first[table].equals(second[table])}
    assert same == {"ssd_version_log", "ssd_dim_date", "ssd_department"}


def test_the_chunk_changes_nothing(clean: Tables) -> None:
    small = whole(6_000, seed=3, chunk=1)
    assert all(small[table].equals(clean[table]) for table in BUILT)


def test_a_chunk_bounds_what_is_held_at_once() -> None:
    heights = [frame.height for table, frame in build(6_000, chunk=5_000) if table == "ssd_person"]
    assert heights == [5_000, 1_000]


@pytest.mark.parametrize("children", [200, 1_500])
def test_every_table_has_rows_and_a_child_has_30_to_40(children: int) -> None:
    tables = whole(children)
    assert set(tables) == BUILT
    assert not [table for table, frame in tables.items() if frame.is_empty()]
    rows = sum(frame.height for table, frame in tables.items() if table not in GLOBAL)
    assert 30 <= rows / children <= 40


@pytest.mark.parametrize("children", [1, 2, 7, 30])
def test_a_handful_of_children_is_fine(children: int) -> None:
    assert whole(children)["ssd_person"].height == children


@pytest.mark.parametrize("arguments", [(0,), (8_000_001,), (10, -1), (10, 0, False, 0)])
def test_numbers_out_of_range_are_refused(arguments: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="children must be"):
        next(build(*arguments))


@pytest.mark.parametrize("kind", ["clean", "dirty"])
def test_columns_and_types_are_those_of_the_spec(kind: str, request: pytest.FixtureRequest) -> None:
    for table, frame in request.getfixturevalue(kind).items():
        expected = {column.name: column.dtype for column in columns(table)}
        assert dict(frame.schema) == expected, table
        for column in columns(table):
            if column.width and frame[column.name].dtype == pl.String():
                longest = frame[column.name].str.len_chars().max() or 0
                assert longest <= column.width, str(column)
            if not column.nullable:
                assert frame[column.name].null_count() == 0, str(column)


def test_keys_are_unique(clean: Tables) -> None:
    for table, frame in clean.items():
        key = list(ssd().tables[table].primary_key)
        assert not key or frame.select(key).is_unique().all(), table


def test_every_reference_resolves(clean: Tables) -> None:
    for table, frame in clean.items():
        for column in columns(table):
            if column.references and column.references[0] in clean:
                parent, key = column.references
                lost = frame.filter(
                    pl.col(column.name).is_not_null()
                    & ~pl.col(column.name).is_in(clean[parent][key].implode())
                )
                assert lost.is_empty(), str(column)


@pytest.mark.parametrize("kind", ["clean", "dirty"])
def test_no_event_is_later_than_as_of(kind: str, request: pytest.FixtureRequest) -> None:
    end = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 23, 59, 59)
    for table, frame in request.getfixturevalue(kind).items():
        if table != "ssd_dim_date":
            for name, dtype in frame.schema.items():
                # A birth that is expected has not happened.
                if dtype == pl.Datetime("us") and name != "pers_expected_dob":
                    assert (frame[name].drop_nulls() <= end).all(), f"{table}.{name}"


def test_upns_are_valid_and_of_no_authority(clean: Tables) -> None:
    known = clean["ssd_linked_identifiers"].filter(
        pl.col("link_identifier_type").str.ends_with("Unique Pupil Number")
    )["link_identifier_value"]
    values = pl.concat([clean["ssd_person"]["pers_upn"].drop_nulls(), known]).unique()
    for value in values:
        # stdnum refuses authorities that do not exist, so the letter is held against its sum.
        assert upn.calc_check_digit(value[1:]) == value[0]
        assert value[1:4] == "100"


def test_nhs_numbers_are_valid_and_never_issued(clean: Tables) -> None:
    values = clean["ssd_person"]["pers_single_unique_id"].drop_nulls()
    assert values.is_unique().all()
    for value in values:
        assert nhs.is_valid(value)
        number = nhs_number.NhsNumber(value)
        assert number.valid
        assert number.region == nhs_number.REGION_SYNTHETIC
        assert 9_000_000_000 <= int(value) <= 9_899_999_999


def test_ulns_are_valid_and_no_nhs_numbers(clean: Tables) -> None:
    for value in clean["ssd_send"]["send_uln"].drop_nulls():
        weighted = zip(value, range(10, 0, -1), strict=True)
        total = sum(int(digit) * weight for digit, weight in weighted)
        assert total % 11 == 10
        assert not nhs.is_valid(value)


def test_worker_numbers_are_unique(clean: Tables) -> None:
    numbers = clean["ssd_professionals"]["prof_social_worker_registration_no"].drop_nulls()
    assert numbers.is_unique().all()
    assert numbers.str.contains(r"^SW1\d{6}$").all()
    assert clean["ssd_professionals"]["prof_social_worker_registration_no"].null_count() > 0
