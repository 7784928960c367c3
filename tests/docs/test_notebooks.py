"""The notebooks of the documentation, executed as somebody would who opens them."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[2] / "docs" / "notebooks"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(path.stem, marks=pytest.mark.battery("notebooks", "executed"))
        for path in sorted(NOTEBOOKS.glob("*.ipynb"))
    ],
)
# What Jupyter itself is told of its own future is no matter of ours.
@pytest.mark.filterwarnings("default")
def test_it_runs_and_shows_short_results(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    (tmp_path / "here").mkdir()
    client = NotebookClient(
        notebook, timeout=600, resources={"metadata": {"path": str(tmp_path / "here")}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    shown = [output["data"] for output in outputs if output["output_type"] == "execute_result"]
    assert len(shown) >= 5
    assert not [output for output in outputs if output["output_type"] == "stream"]
    for data in shown:
        assert len(data["text/plain"]) < 2000
        assert len(data.get("text/html", "")) < 60_000


def test_none_holds_results() -> None:
    for path in NOTEBOOKS.glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            assert not cell.get("outputs"), path.name
            assert not cell.get("execution_count"), path.name
