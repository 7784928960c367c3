from pathlib import PurePosixPath, PureWindowsPath

import pytest

from scrambler.files.copied_elsewhere import copied_by

FOUND = {
    r"C:\Users\ann\OneDrive - Anytown Council\keys\e": "OneDrive",
    r"C:\Users\ann\onedrive\e": "OneDrive",
    r"C:\Users\ann\AppData\Roaming\e": "a roaming profile",
    r"C:\Users\ann\AppData\Local\e": None,
    r"\\server\home\ann\e": "a network share",
    r"C:\Users\ann\Anytown Council\Team - Documents\e": None,
    r"D:\keys\e": None,
}


@pytest.mark.parametrize(("path", "copied"), FOUND.items())
def test_what_copies_the_files_of_a_folder_on_windows(path: str, copied: str | None) -> None:
    assert copied_by(PureWindowsPath(path), {}) == copied


def test_what_copies_the_files_of_a_folder_elsewhere() -> None:
    clouds = "/Volumes/ann/Library/Mobile Documents/com~apple~CloudDocs/e"
    assert copied_by(PurePosixPath(clouds), {}) == "iCloud"
    assert copied_by(PurePosixPath("/srv/ann/Dropbox (Council)/e"), {}) == "Dropbox"
    assert copied_by(PurePosixPath("/srv/ann/e"), {}) is None


def test_windows_says_where_a_folder_of_another_name_is_synchronised_or_roams() -> None:
    said = {"OneDriveCommercial": r"D:\Files", "APPDATA": r"E:\profile"}
    assert copied_by(PureWindowsPath(r"D:\Files\keys\e"), said) == "OneDrive"
    assert copied_by(PureWindowsPath(r"E:\profile\e"), said) == "a roaming profile"
