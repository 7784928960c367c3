from kernels.filler import OPENING
from scrambler.ssd import ssd
from tests.columns import each_column, treated
from tests.contexts import SHIPPED, staged
from tests.law import independent


@each_column(treated("free_text"))
def test_nothing_of_the_text_or_its_length_stays(table: str, column: str) -> None:
    rows = 2_000
    before = ["x" if n % 3 else "Ann Lee " * 40 for n in range(rows)]
    key = ssd().tables[table].primary_key[0]
    after = staged({table: {key: [f"k{n}" for n in range(rows)], column: before}}).column(
        table, column
    )
    assert all(one.startswith(OPENING) and "Ann" not in one for one in after)
    lengths = [min(one.count("."), 4) for one in after]
    assert independent(before, lengths)
    assert max(map(len, after)) <= (SHIPPED[table][column].column.width or 10_000)


def test_the_text_decides_nothing() -> None:
    table = {"earl_episode_id": ["1"], "earl_episode_reason": ["one"]}
    other = {**table, "earl_episode_reason": ["quite another and longer"]}
    first, second = (
        staged({"ssd_early_help_episodes": held}).column(
            "ssd_early_help_episodes", "earl_episode_reason"
        )
        for held in (table, other)
    )
    assert first == second


def test_blanks_nulls_and_sentinels_stay() -> None:
    values = [None, "", "  ", "SSD_PH"]
    table = {"earl_episode_id": [str(n) for n in range(4)], "earl_episode_reason": values}
    stage = staged({"ssd_early_help_episodes": table})
    assert stage.column("ssd_early_help_episodes", "earl_episode_reason") == [
        None,
        "",
        "",
        "SSD_PH",
    ]


def test_an_earlier_output_is_replaced_again() -> None:
    table = {"earl_episode_id": ["1", "2"], "earl_episode_reason": ["one", "two"]}
    first, second = {**table}, []
    for turn in range(3):
        second = staged({"ssd_early_help_episodes": first}).column(
            "ssd_early_help_episodes", "earl_episode_reason"
        )
        assert not set(second) & set(first["earl_episode_reason"]), turn
        first["earl_episode_reason"] = second
