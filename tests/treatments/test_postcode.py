import re

import pytest

from tests.contexts import epoch, staged

FORM = re.compile("ZZ[1-9][0-9] ?[0-9][ABDEFGHJLNPQRSTUWXYZ]{2}")


def _scrambled(*values: str | None, number: int = 1) -> list[str | None]:
    table = {
        "addr_table_id": [f"a{n}" for n in range(len(values))],
        "addr_address_postcode": values,
    }
    return staged({"ssd_address": table}, epoch(number)).column(
        "ssd_address", "addr_address_postcode"
    )


def test_every_postcode_lies_where_no_place_is() -> None:  # T5
    values = [f"{a}{n} {n % 10}AB" for a in ("SW", "M", "ZZ") for n in range(1, 99)]
    after = _scrambled(*values)
    assert all(FORM.fullmatch(one or "") for one in after)
    assert not {(a or "").replace(" ", "") for a in after} & {
        b.replace(" ", "") for b in values[:196]
    }


@pytest.mark.parametrize("number", range(1, 6))
def test_nobody_keeps_a_postcode_even_of_the_pseudo_area(number: int) -> None:
    values = [f"ZZ{n} {s}AB" for n in range(10, 100) for s in range(10)]
    after = _scrambled(*values, number=number)
    assert not any(a == b for a, b in zip(after, values, strict=True))


def test_one_postcode_in_all_spellings_and_tables() -> None:
    spaced, tight, lower = _scrambled("SW1A 1AA", "SW1A1AA", " sw1a 1aa ")
    assert spaced == lower
    assert tight == (spaced or "").replace(" ", "")
    column = "clap_cla_placement_postcode"
    table = {"clap_cla_placement_id": ["1"], column: ["SW1A 1AA"]}
    assert staged({"ssd_cla_placement": table}).column("ssd_cla_placement", column) == [spaced]


def test_what_is_no_postcode_becomes_one() -> None:
    assert FORM.fullmatch(_scrambled("no fixed abode")[0] or "")


def test_blanks_nulls_and_sentinels_stay() -> None:
    assert _scrambled(None, "", "  ", "SSD_PH", "XXXXXXX") == [None, "", "", "SSD_PH", "XXXXXXX"]


def test_another_epoch_invents_otherwise() -> None:
    values = [f"SW{n} 1AA" for n in range(1, 90)]
    first, other = _scrambled(*values), _scrambled(*values, number=2)
    assert sum(a == b for a, b in zip(first, other, strict=True)) < 3
