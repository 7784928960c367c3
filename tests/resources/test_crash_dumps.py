import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import ROOT, process

LINUX = sys.platform == "linux"

# The key is there, and so is what was read, when something in native code gives up.
ABORT = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
from scrambler.keys.epoch import Epoch
Epoch.new = classmethod(lambda cls: os.abort())
sys.argv = ["scrambler", "epoch", "new", sys.argv[1]]
from scrambler.cli import app
if not GUARDED:
    app.refuse_crash_dumps = lambda: None
app.main()
"""


def dumped(folder: Path, guarded: bool) -> bool:
    """Whether a command that aborts leaves a core, with no limit to them."""
    program = ABORT.replace("GUARDED", str(guarded))
    made = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", f"import os; os.chdir({str(folder)!r})\n{program}", "made"],
        {**os.environ, "PYTHONPATH": str(ROOT)},
    )
    _, status = os.waitpid(made, 0)
    assert os.WIFSIGNALED(status)
    return os.WCOREDUMP(status) or bool([*folder.glob("*core*")])


@pytest.mark.skipif(not LINUX, reason="the system tells of cores on Linux only")
def test_a_command_that_crashes_leaves_no_core(tmp_path: Path) -> None:
    import resource

    if resource.getrlimit(resource.RLIMIT_CORE)[1] == resource.RLIM_INFINITY:
        own = tmp_path / "without the guard"
        own.mkdir()
        assert dumped(own, guarded=False)
    guarded = tmp_path / "guarded"
    guarded.mkdir()
    assert not dumped(guarded, guarded=True)


@pytest.mark.skipif(not LINUX, reason="there is no such file elsewhere")
def test_a_program_that_takes_cores_gets_none_either() -> None:
    """Limits do not hold for it; what is not dumpable is not handed to it."""
    program = (
        "from scrambler.resources.crash_dumps import refuse_crash_dumps as refuse; refuse();"
        "import ctypes, resource; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0),"
        "resource.getrlimit(resource.RLIMIT_CORE))"
    )
    assert process(program=program).out == "0 (0, 0)\n"


def test_where_a_system_has_no_way_the_program_goes_on(tmp_path: Path) -> None:
    program = (
        "import sys; sys.platform = 'win32';"
        "from scrambler.resources.crash_dumps import refuse_crash_dumps as refuse; refuse();"
        "print('done')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "done"
