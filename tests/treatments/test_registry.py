from pathlib import Path

import pytest

import scrambler.treatments
from scrambler.ssd import ssd
from scrambler.treatments import TREATMENTS
from tests.columns import each_column, treated
from tests.contexts import SHIPPED, scrambled, staged

HERE = Path(__file__).parent
FOLDER = Path(scrambler.treatments.__file__).parent


@pytest.mark.parametrize("name", TREATMENTS)
def test_a_treatment_is_one_file_and_one_test_file_of_its_name(name: str) -> None:
    assert TREATMENTS[name].name == name
    assert (FOLDER / f"{name}.py").is_file()
    assert (HERE / f"test_{name}.py").is_file()
    assert TREATMENTS[name].required <= TREATMENTS[name].parameters.keys()
    assert TREATMENTS[name].summary.endswith(".")


@each_column(treated(*TREATMENTS.keys() - {"omit"}))
def test_every_column_keeps_its_type_its_rows_and_its_nulls(table: str, column: str) -> None:
    spec = SHIPPED[table][column].column
    values = ["2020-01-01", None, "1900-01-01"] if spec.dtype.is_temporal() else ["1", None, "0"]
    key = ssd().tables[table].primary_key[0]
    rows = {column: values} if key == column else {key: ["1", "2", "3"], column: values}
    batch = staged({table: rows}).batch(table)
    after = scrambled(batch, column)
    assert after.dtype == spec.dtype
    assert len(after) == 3
    if SHIPPED[table][column].treatment not in ("clear", "keep"):
        assert after.is_null().to_list() == [False, True, False]
