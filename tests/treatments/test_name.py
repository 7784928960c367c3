import polars as pl
import pytest

from kernels.fake_name import FEMALE, FORENAMES, MALE, SURNAMES
from tests.contexts import epoch, staged
from tests.law import even, independent

ROWS = 4_000


def _persons(**columns: list[str | None]) -> pl.DataFrame:
    keys = [f"p{n}" for n in range(ROWS)]
    return staged({"ssd_person": {"pers_person_id": keys, **columns}}).scramble("ssd_person")


def test_forenames_go_with_the_scrambled_sex() -> None:
    # One in four is not born yet, and so of no sex.
    unborn = [None if n % 4 else "2026-01-01" for n in range(ROWS)]
    after = _persons(
        pers_forename=["Zaphod"] * ROWS,
        pers_surname=["Zz"] * ROWS,
        pers_sex=["M", "F"] * (ROWS // 2),
        pers_expected_dob=unborn,
    )
    pools = {"M": set(MALE), "F": set(FEMALE), "U": set(FORENAMES)}
    for sex, pool in pools.items():
        names = after.filter(pl.col("pers_sex") == sex)["pers_forename"]
        assert len(names) > ROWS / 5
        assert set(names) <= pool
    assert (after["pers_sex"] == "U").equals(after["pers_expected_dob"].is_not_null())
    assert even(after["pers_surname"].to_list(), SURNAMES)


def test_names_say_nothing_of_the_sex_that_was() -> None:
    before = ["M", "F"] * (ROWS // 2)
    after = _persons(pers_forename=["Zaphod"] * ROWS, pers_sex=before)
    assert independent(before, [name[0] for name in after["pers_forename"]])


@pytest.mark.parametrize("number", [1, 2, 3])
def test_nobody_keeps_the_own_name(number: int) -> None:
    keys = [f"p{n}" for n in range(ROWS)]
    forenames = [FORENAMES[n % len(FORENAMES)].upper() for n in range(ROWS)]
    surnames = [f" {SURNAMES[n % len(SURNAMES)]} " for n in range(ROWS)]
    columns = {"pers_forename": forenames, "pers_surname": surnames}
    after = staged({"ssd_person": {"pers_person_id": keys, **columns}}, epoch(number)).scramble(
        "ssd_person"
    )
    for column, before in columns.items():
        pairs = zip(before, after[column], strict=True)
        assert not any(a.strip().lower() == b.lower() for a, b in pairs)


def test_one_name_a_person_and_blanks_stay() -> None:
    columns = {"pers_forename": ["Ann", "Anne", None, "", "SSD_PH"], "pers_surname": ["Lee"] * 5}
    keys = ["p1", "p1 ", "p2", "p3", "p4"]
    after = staged({"ssd_person": {"pers_person_id": keys, **columns}}).scramble("ssd_person")
    assert after["pers_forename"][0] == after["pers_forename"][1]
    assert after["pers_forename"].to_list()[2:] == [None, "", "SSD_PH"]


def test_workers_have_one_name_wherever_it_stands_and_never_their_own() -> None:
    full = [f"{FORENAMES[n]} {SURNAMES[n]}" for n in range(150)]
    stage = staged(
        {
            "ssd_professionals": {
                "prof_professional_id": [f"w{n}" for n in range(300)],
                "prof_professional_name": full + [name.upper() for name in full],
            }
        }
    )
    after = stage.column("ssd_professionals", "prof_professional_name")
    assert after[:150] == after[150:]
    assert all(a.lower() != b.lower() for a, b in zip(full, after[:150], strict=True))


def test_another_epoch_names_otherwise() -> None:
    columns = {"pers_person_id": [f"p{n}" for n in range(500)], "pers_surname": ["Zz"] * 500}
    first, other = (
        staged({"ssd_person": columns}, epoch(n)).column("ssd_person", "pers_surname")
        for n in (1, 2)
    )
    assert sum(a == b for a, b in zip(first, other, strict=True)) < 25
