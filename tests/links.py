"""Links, where this machine lets a user make them: Windows may not."""

from __future__ import annotations

from pathlib import Path


def linked(link: Path, to: Path) -> bool:
    """Make ``link`` a symbolic link, and return whether that was allowed."""
    try:
        link.symlink_to(to, target_is_directory=to.is_dir())
    except OSError:
        return False
    return True
