import json
from typing import Any

import pytest

from scrambler.ssd import ssd
from tests.columns import each_column, treated
from tests.contexts import SHIPPED, staged
from tests.law import even, independent

OUTCOMES = ssd().outcomes
COLUMNS = treated("flags_json")
EACH = each_column(COLUMNS)
CANARY = "Ann Lee of 7 High Street"


def _scrambled(table: str, column: str, values: list[Any], **more: list[Any]) -> list[Any]:
    key = ssd().tables[table].primary_key[0]
    keys = [f"k{n}" for n in range(len(values))]
    return staged({table: {key: keys, column: values, **more}}).column(table, column)


def _object(column: str, answer: str = "Y", **more: Any) -> str:
    keys = OUTCOMES[column]
    parts: dict[str, Any] = dict.fromkeys(keys.flags, answer)
    if keys.count:
        parts[keys.count] = 3
    if keys.comments:
        parts[keys.comments] = CANARY
    return json.dumps({**parts, **more})


def _allowed(column: str) -> set[str]:
    """The keys of json_columns.csv, with the OUTCOME_ that Eclipse writes before some."""
    keys = OUTCOMES[column]
    own = {*keys.flags, keys.count, keys.comments} - {None}
    return {str(key) for key in own} | {f"OUTCOME_{key}" for key in own}


def _broken(column: str) -> list[str]:
    flag = OUTCOMES[column].flags[0]
    comments = OUTCOMES[column].comments or "COMMENTS"
    return [
        _object(column),
        _object(column, ""),
        _object(column, note=CANARY, **{CANARY: "Y"}),
        f'{{"{flag}":"Y","{comments}":"she said "{CANARY}" and\nleft\\","X":"{CANARY}"}}',
        f'{{"{flag}" : "N", "{comments}" : "{CANARY}',
        f'{{"OUTCOME_{flag}":"Y","OUTCOME_{comments}":"{CANARY}"}}',
        f'{{"{flag}":null,"{comments}":null}}',
        f'{{"{flag}":{{"deep":"{CANARY}"}},"{comments}":["{CANARY}"]}}',
        f'["{CANARY}"]',
        f"NFA, {CANARY}",
        "Y",
        "{}",
        f'{{"{comments}":"{CANARY}"}}',
    ]


@EACH
def test_whatever_was_there_comes_out_as_json_of_the_specs_keys(table: str, column: str) -> None:
    values = _broken(column)
    after = _scrambled(table, column, values * 20)
    for text in after:
        parts = json.loads(text)
        assert parts
        assert set(parts) <= _allowed(column)
        assert CANARY not in text
        assert "Ann" not in text
        assert len(text) <= (SHIPPED[table][column].column.width or len(text))


@EACH
def test_flags_are_even_and_independent_of_what_they_were(table: str, column: str) -> None:  # T7
    rows = 3_000
    flag = OUTCOMES[column].flags[-1]
    before = ["Y" if n % 4 else "N" for n in range(rows)]
    person = {"lacp_person_id": [f"p{n}" for n in range(rows)]} if column[:4] == "lacp" else {}
    texts = _scrambled(table, column, [_object(column, one) for one in before], **person)
    after = [json.loads(text)[flag][0] for text in texts]
    assert even(after, ["Y", "N"])
    assert independent(before, after)
    first = [json.loads(text)[OUTCOMES[column].flags[0]][0] for text in texts]
    assert independent(first, after)


@EACH
def test_the_count_keeps_step(table: str, column: str) -> None:  # C046
    keys = OUTCOMES[column]
    if keys.count is None:
        return
    held = [
        _object(column),
        _object(column, **{keys.count: None}),
        _object(column, **{keys.count: ""}),
    ]
    for n, text in enumerate(_scrambled(table, column, held * 50)):
        parts = json.loads(text)
        yes = sum(parts[flag] == "Y" for flag in keys.flags)
        assert parts[keys.count] == (yes, None, "")[n % 3]


TIES = {"cine_referral_outcome_json": "cine_referral_nfa"} | {
    name: SHIPPED[table][name].parameters["ties"].partition(":")[2]
    for table, name in COLUMNS
    if "ties" in SHIPPED[table][name].parameters
}


@pytest.mark.parametrize("column", TIES)
def test_a_flag_equals_the_column_it_is_tied_to(column: str) -> None:  # C040, C042 to C044
    table = next(table for table, name in COLUMNS if name == column)
    flag = SHIPPED[table][column].parameters["ties"].partition(":")[0]
    key = ssd().tables[table].primary_key[0]
    rows = 300
    leader = ["Y", "N", None] * (rows // 3)
    stage = staged(
        {
            table: {
                key: [f"k{n}" for n in range(rows)],
                column: [_object(column)] * rows,
                TIES[column]: leader,
            }
        }
    )
    flags = [json.loads(text)[flag] for text in stage.column(table, column)]
    led = stage.column(table, TIES[column])
    assert all(a == b for a, b in zip(flags, led, strict=True) if b is not None)
    assert set(flags[2::3]) == {"Y", "N"}


def test_each_key_keeps_the_prefix_it_had() -> None:
    text = '{"OUTCOME_NFA_FLAG":"Y","OTHER_OUTCOMES_EXIST_FLAG":"N","COMMENTS":"x"}'
    plain = '{"NFA_FLAG":"Y","COMMENTS":"x"}'
    first, second = _scrambled("ssd_cin_episodes", "cine_referral_outcome_json", [text, plain])
    assert set(json.loads(first)) == {"OUTCOME_NFA_FLAG", "OTHER_OUTCOMES_EXIST_FLAG", "COMMENTS"}
    assert set(json.loads(second)) == {"NFA_FLAG", "COMMENTS"}


def test_absent_keys_stay_absent_and_blank_flags_blank_where_no_is_written() -> None:
    column = "cont_contact_outcome_json"
    values = ['{"NFA_FLAG":"N","ADVICE_FLAG":"","MISSING_FLAG":null}'] * 50
    for text in _scrambled("ssd_contacts", column, values):
        parts = json.loads(text)
        assert list(parts) == ["NFA_FLAG", "ADVICE_FLAG", "MISSING_FLAG"]
        assert (parts["ADVICE_FLAG"], parts["MISSING_FLAG"]) == ("", "")


def test_where_nothing_is_an_answer_it_is_drawn() -> None:  # T17
    column, rows = "cont_contact_outcome_json", 3_000
    keys = OUTCOMES[column].flags
    before = [{key: "Y" if (n + place) % 5 == 0 else "" for place, key in enumerate(keys)}
              for n in range(rows)]  # fmt: skip
    texts = [json.dumps(one) for one in before]
    after = [json.loads(text) for text in _scrambled("ssd_contacts", column, texts)]
    for key in keys:
        was, now = ([one[key] for one in side] for side in (before, after))
        assert even(now, ["Y", ""])
        assert independent(was, now)


def test_a_comment_keeps_its_prefix_where_no_flag_has_one() -> None:
    texts = [f'{{"NFA_FLAG":"Y","{key}":"x"}}' for key in ("OUTCOME_COMMENTS", "COMMENTS")]
    after = _scrambled("ssd_cin_episodes", "cine_referral_outcome_json", texts)
    assert [[*json.loads(text)][1] for text in after] == ["OUTCOME_COMMENTS", "COMMENTS"]


def test_a_count_is_written_where_there_was_one_or_no_object_at_all() -> None:
    column = "cont_contact_outcome_json"
    count = OUTCOMES[column].count
    after = _scrambled("ssd_contacts", column, ['{"NFA_FLAG":"Y"}', "told by phone"])
    first, second = (json.loads(text) for text in after)
    assert count not in first
    assert second[count] == sum(second[flag] == "Y" for flag in OUTCOMES[column].flags)


@pytest.mark.parametrize("lead", ["", " ", "\n"])
def test_filler_is_replaced_however_its_value_begins(lead: str) -> None:
    column = "cont_contact_outcome_json"
    held = [_object(column, COMMENTS="Ann said so") for _ in range(8)]
    for _ in range(4):  # the first replaces words, then one opening the other
        texts = [json.loads(text)["COMMENTS"] for text in _scrambled("ssd_contacts", column, held)]
        assert not {*texts} & {json.loads(text, strict=False)["COMMENTS"].strip() for text in held}
        held = [_object(column, COMMENTS="@").replace("@", lead + text) for text in texts]


def test_comments_have_a_length_of_their_own_and_blank_ones_stay() -> None:
    column = "cont_contact_outcome_json"
    long, blank = _object(column, COMMENTS="x" * 900), _object(column, COMMENTS="")
    short, none = _object(column, COMMENTS="x"), _object(column, COMMENTS=None)
    comments = [
        json.loads(text)["COMMENTS"]
        for value in (long, short, blank, none)
        for text in _scrambled("ssd_contacts", column, [value])
    ]
    assert comments[0] == comments[1] != ""
    assert comments[2] == ""


def test_a_child_gives_the_same_answers_on_every_plan() -> None:  # C100
    column = "lacp_cla_care_plan_json"
    persons = {"lacp_person_id": ["p1", "p1", "p2"] * 40}
    after = _scrambled("ssd_cla_care_plan", column, [_object(column, "Yes")] * 120, **persons)
    assert len(set(after[0::3]) | set(after[1::3])) == 1
    assert set(json.loads(after[0]).values()) <= {"Yes", "No"}
    assert list(json.loads(after[0])) == list(OUTCOMES[column].flags)


@EACH
def test_nulls_blanks_and_sentinels_stay(table: str, column: str) -> None:
    values = [None, "", "  ", "SSD_PH", "-1"]
    assert _scrambled(table, column, values) == [None, "", "", "SSD_PH", "-1"]


def test_comments_of_an_earlier_output_are_replaced_again() -> None:
    table, column = "ssd_contacts", "cont_contact_outcome_json"
    held = [_object(column, OUTCOME_COMMENTS="Ann said so") for _ in range(5)]
    for _ in range(3):
        before, held = held, _scrambled(table, column, held)
        assert all(
            json.loads(a)[key] != json.loads(b)[key]
            for a, b in zip(before, held, strict=True)
            for key in json.loads(b)
            if key.endswith("COMMENTS")
        )


def test_the_flags_of_an_object_fit_the_number_that_holds_their_states() -> None:
    assert all(len(keys.flags) <= 21 for keys in OUTCOMES.values())
