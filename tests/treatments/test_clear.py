from tests.columns import each_column, treated
from tests.contexts import SHIPPED, staged


@each_column(treated("clear"))
def test_nothing_stays_but_the_column_and_its_type(table: str, column: str) -> None:
    dtype = SHIPPED[table][column].column.dtype
    value = "2020-01-01" if dtype.is_temporal() else "1"
    after = staged({table: {column: [value, "", None]}}).scramble(table)[column]
    assert (after.dtype, after.to_list()) == (dtype, [None] * 3)


def test_any_column_can_be_cleared() -> None:
    stage = staged({"ssd_person": {"pers_dob": ["2020-01-01"]}}, local={"pers_dob": ("clear", {})})
    assert stage.column("ssd_person", "pers_dob") == [None]
