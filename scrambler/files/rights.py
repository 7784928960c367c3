"""Who can read a place: its owner only, unless it is to be shared, and what Windows says of it."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
"""The rights of what is for its owner only; Windows goes by the lists of the folder above."""

_MANY = {
    "WD": "Everyone",
    "S-1-1-0": "Everyone",
    "BU": "Users",
    "S-1-5-32-545": "Users",
    "AU": "Authenticated Users",
    "S-1-5-11": "Authenticated Users",
    "DU": "Domain Users",
    "BG": "Guests",
    "AN": "Anonymous",
}
_ENTRY = re.compile(r"\((X?[AD]);[^;]*;([^;]*);[^;]*;[^;]*;([^;)]*)[^)]*\)")
_READ = 0x1 | 0x8000_0000 | 0x1000_0000
_READS = frozenset({"FA", "FR", "GA", "GR", "CC"})


def keep_private(place: Path) -> None:
    """Take a file, or a folder and all that is in it, from everybody but its owner."""
    if os.name != "posix":
        return
    for path in (place, *place.rglob("*")) if place.is_dir() else (place,):
        if not path.is_symlink():
            path.chmod(FOLDER if path.is_dir() else FILE)


def read_by(place: Path) -> list[str]:
    """Return the groups of many that Windows lets read a place; none elsewhere, or if unknown."""
    return many_in(_list_of(place))


def many_in(sddl: str) -> list[str]:
    """Return the groups of many that a list of access in SDDL lets read.

    `D:AI(A;OICIID;FA;;;BA)(A;OICIID;0x1200a9;;;BU)` lets Users. A refusal before it counts.
    """
    if "NO_ACCESS_CONTROL" in sddl:
        return ["Everyone"]
    refused, found = set[str](), dict[str, None]()
    for kind, rights, who in _ENTRY.findall(sddl.partition("D:")[2].partition("S:(")[0]):
        if who not in _MANY or not _reads(rights):
            continue
        if kind.endswith("D"):
            refused.add(_MANY[who])
        elif _MANY[who] not in refused:
            found[_MANY[who]] = None
    return [*found]


def _reads(rights: str) -> bool:
    if rights.lower().startswith("0x"):
        return bool(int(rights, 16) & _READ)
    return bool(_READS.intersection(re.findall("..", rights)))


def _list_of(place: Path) -> str:
    """Return the list of access of a place in SDDL; empty where it cannot be read."""
    if sys.platform != "win32":
        return ""
    security = ctypes.WinDLL("advapi32")
    free = ctypes.WinDLL("kernel32").LocalFree
    free.argtypes = [ctypes.c_void_p]
    descriptor, text = ctypes.c_void_p(), ctypes.c_wchar_p()
    file, access = 1, 4  # SE_FILE_OBJECT, DACL_SECURITY_INFORMATION
    if security.GetNamedSecurityInfoW(
        ctypes.c_wchar_p(str(place)), file, access, None, None, None, None, ctypes.byref(descriptor)
    ):
        return ""
    try:
        done = security.ConvertSecurityDescriptorToStringSecurityDescriptorW(
            descriptor, 1, access, ctypes.byref(text), None
        )
        found = (text.value or "") if done else ""
    finally:
        free(descriptor)
    free(text)
    return found
