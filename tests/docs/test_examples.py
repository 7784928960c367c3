"""The examples of the pages do what the pages say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from docs.build import DOCS

NAMED = re.compile(r'^```python title="([\w.]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def test_the_fixture_for_pytest(tmp_path: Path) -> None:
    files = NAMED.findall((DOCS / "pages" / "harness.md").read_text(encoding="utf-8"))
    assert [name for name, _ in files] == ["conftest.py", "test_contacts.py"]
    for name, text in files:
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
