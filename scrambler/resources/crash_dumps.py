"""No crash dumps: else all that a process holds would lie in a file, records and key included."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

_SET_DUMPABLE = 4
"""PR_SET_DUMPABLE of <linux/prctl.h>."""

_NO_HEAP = 1
"""WER_FAULT_REPORTING_FLAG_NOHEAP of werapi.h."""

_SILENT = 0x1 | 0x2
"""SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX of errhandlingapi.h."""


def refuse_crash_dumps() -> None:
    """Keep this process out of crash dumps, for as long as it lives, as far as its system can.

    Linux: no core, also where the limit of cores does not hold since a program takes them.
    Other POSIX: a limit of 0 bytes. Windows: no report with the heap in it, and no dialogue that
    offers one. What root or an administrator sets up for all processes may still take one.
    """
    if sys.platform == "win32":
        _without_heap()
        return
    import resource

    # The hard limit too: nothing that is loaded later, and no child, raises it again.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(_SET_DUMPABLE, 0, 0, 0, 0)


def _without_heap() -> None:
    if sys.platform == "win32":  # for the types of ctypes
        with suppress(OSError, AttributeError):
            ctypes.WinDLL("wer").WerSetFlags(_NO_HEAP)
        with suppress(OSError, AttributeError):
            ctypes.WinDLL("kernel32").SetErrorMode(_SILENT)
