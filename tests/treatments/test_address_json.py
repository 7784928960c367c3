import json
from typing import Any

import pytest

from tests.contexts import epoch, staged

KEYS = "ROOM FLOOR FLAT BUILDING HOUSE STREET TOWN UPRN EASTING NORTHING".split()  # noqa: SIM905
FULL = {key: f"real {key} 7" for key in KEYS}


def _written(**parts: str) -> str:
    return "{" + ",".join(f'"{key}":"{parts.get(key, "")}"' for key in KEYS) + "}"


def _scrambled(*values: str | None, number: int = 1) -> list[Any]:
    table = {"addr_table_id": [f"a{n}" for n in range(len(values))], "addr_address_json": values}
    return staged({"ssd_address": table}, epoch(number)).column("ssd_address", "addr_address_json")


def test_all_ten_keys_always_and_nothing_real() -> None:  # C031
    (after,) = _scrambled(_written(**FULL))
    parts = json.loads(after)
    assert list(parts) == KEYS
    assert all(parts.values())
    assert "real" not in after


def test_blank_parts_stay_blank() -> None:  # C030
    (after,) = _scrambled(_written(HOUSE="7", STREET="High Street", TOWN="  "))
    assert {key for key, part in json.loads(after).items() if part} == {"HOUSE", "STREET"}


def test_an_address_without_a_part_stays_as_it_is() -> None:
    assert _scrambled(_written()) == [_written()]


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ('{"HOUSE": 7, "UPRN":null, "EASTING" : 412345.5}', {"HOUSE", "EASTING"}),
        ('{"BUILDING":"The "Old" House","TOWN":""}', {"BUILDING"}),
        ('{"STREET":"cut off in the mid', {"STREET"}),
        ("7 High Street, Anytown, AN1 1AA", set(KEYS)),
        ("{}", set(KEYS)),
    ],
)
def test_what_is_no_such_object_becomes_one(text: str, filled: set[str]) -> None:
    (after,) = _scrambled(text)
    assert {key for key, part in json.loads(after).items() if part} == filled


def test_one_place_an_address_for_everyone_there() -> None:
    home = _written(**FULL)
    one, spaced, other = _scrambled(home, home.replace(":", ": "), _written(HOUSE="8"))
    assert one == spaced
    assert one != other


def test_blanks_nulls_and_sentinels_stay() -> None:
    assert _scrambled(None, "", " ", "SSD_PH") == [None, "", "", "SSD_PH"]


def test_another_epoch_invents_otherwise() -> None:
    assert _scrambled(_written(**FULL)) != _scrambled(_written(**FULL), number=2)


def test_places_fit_their_column() -> None:
    values = [_written(**{**FULL, "HOUSE": str(n)}) for n in range(500)]
    assert max(map(len, _scrambled(*values))) <= 1000
