"""The long batteries: a sample of each in every run of the tests, the whole on request.

A test that belongs to one is marked ``battery(name, kind)``. Without ``--battery`` one test of each
kind is run, another one each day, so that days that follow each other go through the whole; without
a kind a test is one of its own and always run, and may ask for ``whole_battery``. What is drawn at
random is drawn with the same seed: the day's, or that of ``--seed`` or ``BATTERY_SEED``. A property
``battery line`` that a test records is a line of the table that ends a whole battery.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest

_REPORTED = "battery"
_LINE = "battery line"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("battery")
    group.addoption("--battery", action="store_true", help="run every long battery whole")
    group.addoption("--seed", type=int, help="choose the samples, and all that is drawn, by this")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "battery(name, kind=None): one of a long battery, of which a sample of each kind is run",
    )
    if config.option.seed is None:
        today = datetime.now(UTC).date().toordinal()
        # Set in the option: so the workers have the same.
        config.option.seed = int(os.environ.get("BATTERY_SEED", today))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kinds: dict[tuple[str, str], list[pytest.Item]] = defaultdict(list)
    for item in items:
        if mark := item.get_closest_marker("battery"):
            if len(mark.args) > 1:
                kinds[mark.args].append(item)
            else:
                of = getattr(item, "originalname", item.name)
                item.user_properties.append((_REPORTED, [*mark.args, of, 0]))
    dropped: set[pytest.Item] = set()
    for (name, kind), members in kinds.items():
        for item in members:
            item.user_properties.append((_REPORTED, [name, kind, len(members)]))
        if not config.option.battery:
            order = sorted(members, key=lambda item: hashlib.sha256(item.nodeid.encode()).digest())
            dropped |= {*order} - {order[config.option.seed % len(order)]}
    if dropped:
        config.hook.pytest_deselected(items=[*dropped])
        items[:] = [item for item in items if item not in dropped]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say the seed, and what of each battery was run and how it went."""
    config = terminalreporter.config
    ran: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    sizes: dict[tuple[str, str], int] = {}
    lines: list[str] = []
    for outcome in ("passed", "failed", "xfailed", "xpassed", "error", "skipped"):
        for report in terminalreporter.getreports(outcome):
            for name, value in getattr(report, "user_properties", ()):
                if name == _LINE and config.option.battery:
                    lines.append(f"{outcome:8} {value}")
                elif name == _REPORTED:
                    battery, kind, size = value
                    ran[battery, kind][outcome] += 1
                    sizes[battery, kind] = size
    reasons = {str(report.longrepr[2]) for report in terminalreporter.getreports("skipped")}
    for reason in sorted(one for one in reasons if "did not run" in one):
        terminalreporter.write_line(reason)
    terminalreporter.section(f"batteries, seed {config.option.seed}")
    for line in sorted(lines):
        terminalreporter.write_line(line)
    for (battery, kind), counts in sorted(ran.items()):
        found = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        of = sizes[battery, kind] or counts.total()  # without a kind all of them are run
        terminalreporter.write_line(f"{battery:10} {kind:32} {counts.total():4} of {of:4}: {found}")


@pytest.fixture
def whole_battery(pytestconfig: pytest.Config) -> bool:
    """True where batteries are run whole, so that a test may do more of what it does."""
    return bool(pytestconfig.option.battery)


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Chance that the seed of the run and the name of the test decide on."""
    return random.Random(f"{request.config.option.seed}:{request.node.nodeid}")
