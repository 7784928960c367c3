"""Work against its lower bound, measured in one and the same test."""

from __future__ import annotations

from collections.abc import Callable
from timeit import repeat
from typing import Any

import pytest

from bench.bound import Bounded, Work, size_of, traffic

_ROUNDS = 7


@pytest.fixture
def bounded(benchmark: Any, record_property: Callable[[str, object], None]) -> Bounded:
    """Return a function that benchmarks ``work`` and says how many times its lower bound it took.

    The bound is ``bound``, or without one to read ``taken`` and write the result at the speed of
    memory. ``fresh`` makes the arguments of each run of ``work``, unmeasured. The ratio, best run
    to best run, stands in ``extra_info``.
    """

    def run(
        work: Callable[..., object],
        taken: object,
        *,
        bound: Work | None = None,
        fresh: Callable[[], tuple[object, ...]] = tuple,
    ) -> None:
        rounds = 1 if benchmark.disabled else _ROUNDS
        result = benchmark.pedantic(work, setup=lambda: (fresh(), {}), rounds=rounds)
        least = bound or traffic(size_of(taken) + size_of(result))
        seconds = min(repeat(least, number=1, repeat=rounds))
        if not benchmark.disabled:
            ratio = benchmark.stats.stats.min / seconds
            benchmark.extra_info.update(ratio=round(ratio, 2), bound_seconds=seconds)
            record_property("ratio", ratio)

    return run


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """List the ratios, the worst first: pytest-benchmark's table does not show ``extra_info``."""
    ratios = [
        (dict(report.user_properties)["ratio"], report.nodeid)
        for report in terminalreporter.getreports("passed")
        if "ratio" in dict(report.user_properties)
    ]
    if ratios:
        terminalreporter.section("times the lower bound")
        for ratio, name in sorted(ratios, reverse=True):
            terminalreporter.line(f"{ratio:10.1f}  {name}")
