import csv
import json
from pathlib import Path

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kernels.addresses import POSTCODES, addresses, postcodes

SEEDS = np.random.default_rng(3).integers(0, 2**64, 20_000, dtype=np.uint64)
FACTS = Path(__file__).parents[2] / "scrambler" / "ssd" / "facts"
ROWS = st.lists(st.integers(0, 2**64 - 1), max_size=40)


def test_postcodes_are_of_the_zz_area() -> None:
    drawn = postcodes(SEEDS)
    assert drawn.str.contains(r"^ZZ[1-9][0-9] [0-9][ABDEFGHJLNPQRSTUWXYZ]{2}$").all()
    assert drawn.str.len_chars().eq(8).all()
    assert drawn.str.slice(2, 2).n_unique() == 90
    assert drawn.str.slice(5, 1).n_unique() == 10
    assert drawn.str.slice(6, 1).n_unique() == drawn.str.slice(7, 1).n_unique() == 20
    # As many doubles as n draws from that many postcodes have (birthday bound, within 6 sigma).
    pairs = len(SEEDS) ** 2 / 2 / POSTCODES
    assert abs(len(SEEDS) - drawn.n_unique() - pairs) < 6 * pairs**0.5 + 20


@given(values=ROWS)
def test_the_postcode_to_avoid_is_not_drawn(values: list[int]) -> None:
    seeds = np.array(values, dtype=np.uint64)
    drawn = postcodes(seeds)
    for source in (drawn, drawn.str.replace(" ", ""), " " + drawn.str.to_lowercase() + "  "):
        moved = postcodes(seeds, source.rename("source"))
        assert not (moved == drawn).any()
        assert moved.str.contains(r"^ZZ[1-9][0-9] [0-9][A-Z]{2}$").all()


def test_other_postcodes_and_nulls_avoid_nothing() -> None:
    avoid = pl.Series([None, "SW1A 1AA", ""] * 5, dtype=pl.String)
    assert postcodes(SEEDS[:15], avoid).equals(postcodes(SEEDS[:15]))


def test_addresses_have_the_keys_of_the_dataset() -> None:
    with (FACTS / "json_columns.csv").open(encoding="utf-8", newline="") as file:
        keys = [row["key"] for row in csv.DictReader(file) if row["column"] == "addr_address_json"]
    drawn = addresses(SEEDS[:10])
    assert list(drawn) == keys
    assert [part.name for part in drawn.values()] == keys


def test_address_parts_are_well_formed() -> None:
    drawn = pl.DataFrame(addresses(SEEDS))
    assert all(dtype == pl.String for dtype in drawn.dtypes)
    assert drawn.null_count().sum_horizontal().item() == 0
    assert drawn["UPRN"].str.contains(r"^9999[0-9]{8}$").all()
    assert drawn["HOUSE"].str.contains(r"^[1-9][0-9]{0,2}$").all()
    assert drawn.select(pl.col("STREET", "TOWN", "BUILDING").str.contains(r"^[A-Z].* [A-Z]")).sum(
    ).row(0) == (len(SEEDS),) * 3  # fmt: skip
    assert max(drawn.select(pl.all().str.len_chars().max()).row(0)) <= 50


def test_addresses_stand_in_open_sea() -> None:
    drawn = pl.DataFrame(addresses(SEEDS))
    for axis in ("EASTING", "NORTHING"):
        assert drawn[axis].str.contains(r"^6[0-9]{5}$").all()


def test_address_text_needs_no_escaping_in_json() -> None:
    texts = pl.concat([part.unique() for part in addresses(SEEDS).values()]).to_list()
    assert all(json.dumps(text) == f'"{text}"' for text in texts)


def test_equal_seeds_share_an_address_and_parts_are_independent() -> None:
    for part in addresses(np.repeat(SEEDS[:1], 3)).values():
        assert part.n_unique() == 1
    drawn = pl.DataFrame(addresses(SEEDS))
    assert drawn.n_unique(["ROOM", "FLOOR"]) == 81
    east, north = (drawn[axis].cast(pl.Int64).to_numpy() for axis in ("EASTING", "NORTHING"))
    assert abs(np.corrcoef(east, north)[0, 1]) < 6 / len(SEEDS) ** 0.5


def test_empty() -> None:
    none = np.array([], dtype=np.uint64)
    assert postcodes(none, pl.Series([], dtype=pl.String)).dtype == pl.String
    assert pl.DataFrame(addresses(none)).shape == (0, 10)
