"""Builds the documentation: `python -m docs.build [FOLDER]`, by default into build/site.

The pages are those of ``docs/pages``, the notebooks without results, and a reference that follows
from the facts and the program itself, so that it cannot say anything else than they do. Broken
links and whatever else there is to warn of end the build.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import typer.cli
import typer.main

from scrambler.cli.commands import app
from scrambler.policy import load_policy
from scrambler.policy.page import policy_page
from scrambler.ssd import ssd
from scrambler.ssd.dictionary import dictionary, fact_page
from scrambler.ssd.markdown import markdown_table
from scrambler.ssd.rules import RULES
from scrambler.ssd.rules.statutory import STATUTORY
from scrambler.synthetic.faults import BUILDER_FAULTS, FAULTS, WORKFORCE_FAULTS
from scrambler.treatments import TREATMENTS
from scrambler.treatments.parameters import ANYWHERE

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent


def main(place: Path) -> int:
    """Build the site at ``place``, in the place of an earlier one; return the code of the build."""
    shutil.rmtree(place, ignore_errors=True)
    pages = place / "docs"
    shutil.copytree(DOCS / "pages", pages)
    for name, text in (*_notebooks(), *_reference()):
        path = pages / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    for notebook in (DOCS / "notebooks").glob("*.ipynb"):
        shutil.copy(notebook, pages / "notebooks")
    shutil.copy(DOCS / "zensical.toml", place)
    return subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"], cwd=place, check=False
    ).returncode


def _notebooks() -> Iterator[tuple[str, str]]:
    """Yield the notebooks as pages: what is said, and code."""
    for path in sorted((DOCS / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        parts = ["".join(cell["source"]) for cell in cells]
        for at, cell in enumerate(cells):
            if cell["cell_type"] == "code":
                parts[at] = f"```python\n{parts[at]}\n```"
        parts.insert(1, f"[As a notebook]({path.name})")
        yield f"notebooks/{path.stem}.md", "\n\n".join(parts) + "\n"


def _reference() -> Iterator[tuple[str, str]]:
    pages = {
        "commands": _commands(),
        "treatments": _treatments(),
        "policy": "# Policy\n\nThe treatment of every column.\n\n"
        + policy_page(load_policy(ssd()).assignments),
        "rules": _rules(),
        "dictionary": f"# Data dictionary\n\n{dictionary()}",
        "code-lists": _code_lists(),
        "payload-fields": f"# Payload fields\n\n{fact_page('payload_fields')}",
        "faults": _faults(),
        "glossary": (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"),
    }
    for name, text in pages.items():
        yield f"reference/{name}.md", text


def _commands() -> str:
    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="scrambler")
    said = typer.cli.get_docs_for_click(
        obj=command, ctx=context, name="scrambler", title="Commands"
    )
    return str(said)


def _treatments() -> str:
    rows = [
        [
            one.name,
            one.summary,
            ", ".join(sorted(one.types)),
            one.audit.value,
            "; ".join(f"{key}: {text}" for key, text in one.parameters.items()),
        ]
        for one in TREATMENTS.values()
    ]
    header = ("treatment", "what it does", "takes", "verified", "parameters")
    anywhere = "\n".join(f"- `{key}`: {text}" for key, text in ANYWHERE.items())
    return (
        f"# Treatments\n\n{markdown_table(header, rows)}\n"
        f"Every treatment takes these as well:\n\n{anywhere}\n"
    )


def _rules() -> str:
    own = [
        [
            one.id,
            "hard" if one.hard else "soft",
            _kept(one.kept, one.lost),
            one.description,
            one.why,
        ]
        for one in RULES
    ]
    statutory = [
        [
            one.id,
            f"{one.census} {one.code}",
            "error" if one.error else "query",
            _kept(one.kept, one.lost),
            one.description,
            one.why,
        ]
        for one in STATUTORY
    ]
    end = ("kept by scrambling", "what must hold", "why not")
    return (
        "# Rules\n\n## Of the SSD\n\n"
        f"{markdown_table(('rule', 'strength', *end), own)}\n"
        "## Of the DfE's returns\n\n"
        f"{markdown_table(('rule', 'return', 'strength', *end), statutory)}"
    )


def _kept(kept: bool, lost: object) -> str:
    return ("but by some --dates" if lost else "yes") if kept else "no"


def _code_lists() -> str:
    parts = ["# Code lists"]
    for one in ssd().code_lists.values():
        rows = [[code, label, ""] for code, label in zip(one.codes, one.labels, strict=True)]
        rows += [[code, label, "recognised, never drawn"] for code, label in one.alternates.items()]
        parts.append(f"## {one.name}\n\n{markdown_table(('code', 'description', ''), rows)}")
    return "\n\n".join(parts)


def _faults() -> str:
    rows = [
        [one.name, one.summary, ", ".join(one.breaks) or "none"]
        for one in (*FAULTS, *WORKFORCE_FAULTS, *BUILDER_FAULTS)
    ]
    return (
        "# Faults of constructed data\n\nWhat `fake --dirty` plants.\n\n"
        f"{markdown_table(('fault', 'what it does', 'rules it breaks'), rows)}"
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "site"))
