"""Which children of a staging table are looked at."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from scrambler.staging import children, folder, open_staging, stage
from tests.staging.cases import NOW, first


def test_a_folder_is_filled_once_for_all_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Once for each slice, half a million rows were copied for thirty thousand pages.
    place = str(tmp_path / "staging")
    some = first().sort("person_id").head(7)
    ids = some["person_id"].to_list()
    stage(place, [some], NOW)
    filled = []
    fill = folder.FolderStaging._fill
    monkeypatch.setattr(
        folder.FolderStaging, "_fill", lambda *given: (filled.append(1), fill(*given))[1]
    )
    monkeypatch.setattr(children, "_SLICE", 2)
    found = [*children.rows_of(open_staging(place), ids)]
    assert [rows.height for rows in found] == [2, 2, 2, 1]
    assert pl.concat(found)["person_id"].to_list() == ids
    assert len(filled) == 1
