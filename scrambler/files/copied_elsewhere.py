"""Folders whose files somebody copies: synchronised, roaming or on a server."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import pairwise
from pathlib import PurePath

_SYNCHRONISED = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "icloud drive": "iCloud",
    "iclouddrive": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "mobile documents": "iCloud",
    "box sync": "Box",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "sharepoint": "SharePoint",
    "syncthing": "Syncthing",
}
"""By how the folder's name begins, in small letters."""

_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")


def copied_by(path: PurePath, environment: Mapping[str, str] | None = None) -> str | None:
    r"""Return what copies the files of an absolute path elsewhere, as far as its names tell.

    `C:\Users\ann\OneDrive - Council\keys` is OneDrive, `C:\Users\ann\AppData\Roaming\keys` a
    roaming profile, `\\server\home\keys` a network share; None where nothing is known.
    """
    known = os.environ if environment is None else environment
    for name in _VARIABLES:
        if known.get(name) and path.is_relative_to(known[name]):
            return "OneDrive"
    parts = [part.lower() for part in path.parts]
    for part in parts:
        for beginning, service in _SYNCHRONISED.items():
            if part.startswith(beginning):
                return service
    if ("appdata", "roaming") in pairwise(parts) or (
        known.get("APPDATA") and path.is_relative_to(known["APPDATA"])
    ):
        return "a roaming profile"
    return "a network share" if path.drive.startswith("\\\\") else None
