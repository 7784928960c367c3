"""The manifest is closed: what has no place in it is refused before it is published, unseen."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from scrambler.errors import VerificationError
from scrambler.policy import Assignment, load_policy
from scrambler.ssd import ssd
from scrambler.verification import refuse_manifest
from tests.conftest import Scrambled
from tests.outputs import manifest_of

Manifest = dict[str, Any]
CANARY = "zaphod"
KEY = bytes(range(32))


def _assignments(manifest: Manifest) -> dict[str, dict[str, Assignment]]:
    shipped = load_policy(ssd()).assignments
    return {
        table: {name: shipped[table][name] for name in described["columns"]}
        for table, described in manifest["tables"].items()
    }


def _refuse(found: Manifest, honest: Manifest) -> None:
    others = frozenset([*honest["missing"], *honest["omitted"]])
    refuse_manifest(found, _assignments(honest), others, [KEY])


def test_what_a_run_writes_has_its_places(clean: Scrambled, dirty: Scrambled) -> None:
    for one in (clean, dirty):
        _refuse(manifest_of(one.out), manifest_of(one.out))


def _files(manifest: Manifest, path: str) -> None:
    manifest["tables"]["ssd_person"]["files"][0]["path"] = path


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update(example=CANARY),
        lambda m: m["tables"]["ssd_person"].update(example=CANARY),
        lambda m: m["tables"].update({CANARY: m["tables"]["ssd_person"]}),
        lambda m: m["tables"]["ssd_person"]["columns"].update(
            {CANARY: {"type": "DATE", "treatment": "date"}}
        ),
        lambda m: m["tables"]["ssd_person"]["columns"]["pers_sex"].update(reason=CANARY),
        lambda m: m["tables"]["ssd_person"]["columns"]["pers_sex"].update(type=CANARY),
        lambda m: m["missing"].append(CANARY),
        lambda m: m["omitted"].append(CANARY),
        lambda m: m["versions"].update(polars=CANARY),
        lambda m: m["versions"].update({CANARY: "1.0"}),
        lambda m: m.update(epoch=CANARY),
        lambda m: m.update(dates=CANARY),
        lambda m: m.update(children=CANARY),
        lambda m: m["verdict"]["columns"][0].update(column=CANARY),
        lambda m: m["verdict"]["columns"][0].update(examined=CANARY),
        lambda m: m["verdict"]["rows_without_subject"].update({CANARY: 50}),
        lambda m: m["verdict"].update(example=CANARY),
        lambda m: _files(m, f"tables/ssd_person/part-00000-{CANARY}.parquet"),
        lambda m: _files(m, f"/home/{CANARY}/part-00000.parquet"),
    ],
)
def test_any_other_entry_is_refused_and_not_shown(
    change: Callable[[Manifest], None], clean: Scrambled
) -> None:
    honest = manifest_of(clean.out)
    spoiled = copy.deepcopy(honest)
    change(spoiled)
    with pytest.raises(VerificationError, match="entries that no manifest may have") as refused:
        _refuse(spoiled, honest)
    assert CANARY not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_key_is_refused(clean: Scrambled) -> None:
    honest = manifest_of(clean.out)
    with pytest.raises(VerificationError, match="stands in the manifest"):
        _refuse({**honest, "session": KEY.hex()}, honest)
