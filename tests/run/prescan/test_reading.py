from collections.abc import Iterator

import polars as pl

from scrambler.batch import RunContext
from scrambler.batch.dates import DateShift
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.run.prescan import prescan
from scrambler.ssd import ssd
from tests.contexts import SHIPPED, epoch, staged
from tests.run.prescan.test_facts import CLA, SEND


def _surveyed(batches: int) -> RunContext:
    context = RunContext(ssd(), Pseudonyms(epoch(), ssd().domains), DateShift(14, 120))
    tables = {**SEND, **CLA}

    def read(table: str, columns: list[str]) -> Iterator[pl.DataFrame]:
        frame = pl.DataFrame(tables[table]).select(columns)
        rows = list(frame.iter_slices(1)) if batches > 1 else [frame]
        yield from reversed(rows)

    prescan(context, {t: {c: SHIPPED[t][c] for c in cols} for t, cols in tables.items()}, read)
    return context


def test_neither_batches_nor_their_order_matter() -> None:
    one, many = _surveyed(1).indexes, _surveyed(2).indexes
    assert one.keys() == many.keys()
    for name, index in one.items():
        assert index.tokens.tolist() == many[name].tokens.tolist()
        for field, values in index.fields.items():
            assert values.tolist() == many[name].fields[field].tolist()


def test_only_the_columns_that_are_needed_are_read() -> None:
    asked: dict[str, set[str]] = {}
    context = RunContext(ssd(), Pseudonyms(epoch(), ssd().domains), DateShift(14, 120))

    def read(table: str, columns: list[str]) -> Iterator[pl.DataFrame]:
        asked.setdefault(table, set()).update(columns)
        return iter(())

    prescan(context, SHIPPED, read)
    never = {
        f"{table}.{name}"
        for table, columns in asked.items()
        for name in columns
        if SHIPPED[table][name].treatment in ("name", "free_text", "address_json", "flags_json")
    }
    assert never == set()
    assert "ssd_early_help_episodes" not in asked
    assert "ssd_family" not in asked


def test_places_are_booked_wherever_a_number_stands() -> None:
    stage = staged(
        {
            "ssd_person": {
                "pers_person_id": ["1", "2"],
                "pers_upn": ["B801200005001", "UN3"],
                "pers_upn_unknown": [None, "A80120000511B"],
                "pers_single_unique_id": ["943 476 5919", None],
            },
            "ssd_linked_identifiers": {
                "link_table_id": ["1", "2"],
                "link_identifier_type": ["NHS Number", "Case Number"],
                "link_identifier_value": ["9434765919", "9434765870"],
            },
        }
    )
    held = stage.context.pseudonyms.epoch.allocations
    assert {book: len(one.slots) for book, one in held.items()} == {
        "nhs/nhs": 1,
        "upn/upn": 1,
        "upn/upn_temporary": 1,
    }
    same = stage.column("ssd_person", "pers_single_unique_id")[0]
    assert stage.column("ssd_linked_identifiers", "link_identifier_value")[0] == same
