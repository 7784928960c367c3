"""Times work in child processes, one after the other, so that contestants share every disturbance.

``python -m bench.measure NAME`` is such a child: it takes its arguments as JSON on standard input
and prints a sample as JSON, the last line of its output.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Sample:
    """One piece of work.

    ``seconds`` leave out starting Python and importing what the work needs; ``process_seconds``
    have it. ``cpu_seconds`` are those of all threads over ``seconds``. ``peak_bytes`` is the
    child's own peak of resident memory, None where the system does not tell. ``tables`` has the
    rows of each table that the work went through.
    """

    seconds: float
    process_seconds: float
    cpu_seconds: float
    peak_bytes: int | None
    tables: Mapping[str, int]


@dataclass(frozen=True)
class Result:
    """Medians over the repeats of one contestant, and every repeat's seconds."""

    seconds: float
    process_seconds: float
    cpu_seconds: float
    peak_bytes: int | None
    tables: Mapping[str, int]
    repeats: tuple[float, ...]

    @property
    def rows(self) -> int:
        return sum(self.tables.values())

    @property
    def cores(self) -> float:
        """How many cores were busy."""
        return self.cpu_seconds / self.seconds

    @property
    def rows_per_second(self) -> float:
        return self.rows / self.seconds


def alternate(contestants: Mapping[str, Callable[[], Sample]], repeats: int) -> dict[str, Result]:
    """Let every contestant work once, then every one again, ``repeats`` times in all."""
    samples: dict[str, list[Sample]] = {name: [] for name in contestants}
    for _ in range(repeats):
        for name, work in contestants.items():
            samples[name].append(work())
    return {name: _result(taken) for name, taken in samples.items()}


def child(name: str, **arguments: object) -> Sample:
    """Run a contestant in a process of its own. RuntimeError, with its words, when it fails."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "bench.measure", name],
        cwd=ROOT,
        input=json.dumps(arguments, default=str),
        capture_output=True,
        text=True,
        check=False,
    )
    lasted = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr[-3000:]}")
    return Sample(process_seconds=lasted, **json.loads(done.stdout.splitlines()[-1]))


def timed_command(arguments: list[str]) -> Sample:
    """Run ``python ARGUMENTS`` and time it as a whole. One thread works: its CPU is its time."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    lasted = time.perf_counter() - began
    return Sample(lasted, lasted, lasted, None, {})


def _result(samples: list[Sample]) -> Result:
    peaks = [sample.peak_bytes for sample in samples if sample.peak_bytes is not None]
    return Result(
        seconds=median(sample.seconds for sample in samples),
        process_seconds=median(sample.process_seconds for sample in samples),
        cpu_seconds=median(sample.cpu_seconds for sample in samples),
        peak_bytes=int(median(peaks)) if peaks else None,
        tables=samples[-1].tables,
        repeats=tuple(sample.seconds for sample in samples),
    )


def _peak_bytes() -> int | None:
    # Not ru_maxrss where it can be helped: on Linux that counts what the parent had at the fork.
    status = Path("/proc/self/status")
    if status.exists():
        peak = re.search(r"VmHWM:\s*(\d+) kB", status.read_text(encoding="ascii"))
        return int(peak[1]) * 1024 if peak else None
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return None


def _main(name: str) -> None:
    from bench.contestants import CONTESTANTS

    work = CONTESTANTS[name](**json.load(sys.stdin))
    began, cpu = time.perf_counter(), time.process_time()
    tables = work()
    lasted, used = time.perf_counter() - began, time.process_time() - cpu
    found = {"seconds": lasted, "cpu_seconds": used, "peak_bytes": _peak_bytes(), "tables": tables}
    print(json.dumps(found))


if __name__ == "__main__":
    _main(sys.argv[1])
