"""Where an output goes, held against where its source is."""

from __future__ import annotations

from pathlib import Path

import pytest

from scrambler.errors import OutputError
from scrambler.sinks.destination import destination_of
from scrambler.sources import open_source
from tests.conftest import Scrambled


def test_a_source_over_odbc_is_no_file(tmp_path: Path, clean: Scrambled) -> None:
    # Longer than a name on a disk may be, as connection strings with a certificate are.
    location = "odbc:Driver={ODBC Driver 18 for SQL Server};PWD=guess;" + "X=" + "y" * 300
    place = destination_of(tmp_path / "out")
    place.refuse_source(location, open_source(str(clean.source)))


def test_a_source_is_never_its_own_output(clean: Scrambled) -> None:
    place = destination_of(clean.source)
    with pytest.raises(OutputError, match="into its own source"):
        place.refuse_source(str(clean.source), open_source(str(clean.source)))
