import os
import stat
from pathlib import Path

import pytest

from scrambler.files.rights import keep_private, many_in, read_by
from tests.links import linked

# What `icacls /save` and `Get-Acl … | select Sddl` show: a folder made under C:\, one in a profile,
# a share for everybody, and Microsoft's own examples of the language.
SHOWN = {
    "D:AI(A;OICIID;FA;;;BA)(A;OICIID;FA;;;SY)(A;OICIID;0x1200a9;;;BU)(A;ID;0x1301bf;;;AU)"
    "(A;OICIIOID;SDGXGWGR;;;AU)": ["Users", "Authenticated Users"],
    "D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-5-21-397955417-626881126-1105)": [],
    "D:(A;OICI;FA;;;WD)": ["Everyone"],
    "D:(A;;FR;;;S-1-1-0)(A;;FA;;;OW)": ["Everyone"],
    "D:(D;OICI;FA;;;BG)(D;OICI;GA;;;AN)(A;OICI;GRGX;;;AU)(A;OICI;GA;;;BA)": ["Authenticated Users"],
    "D:(D;;FA;;;WD)(A;;FA;;;WD)(A;;FA;;;BA)": [],
    "D:(A;;0x2;;;BU)(A;;SDRC;;;WD)": [],
    "O:BAG:SYD:(A;;FA;;;BA)S:(AU;SAFA;FA;;;WD)": [],
    "D:NO_ACCESS_CONTROL": ["Everyone"],
    "": [],
}  # fmt: skip


@pytest.mark.parametrize("sddl", SHOWN)
def test_the_groups_of_many_that_a_list_lets_read(sddl: str) -> None:
    assert many_in(sddl) == SHOWN[sddl]


def test_a_place_of_this_system_can_be_asked(tmp_path: Path) -> None:
    assert isinstance(read_by(tmp_path), list)


@pytest.mark.skipif(os.name != "posix", reason="Windows has lists of access instead")
def test_a_folder_and_all_in_it_is_its_owners(tmp_path: Path) -> None:
    folder, other = tmp_path / "out", tmp_path / "other"
    (folder / "tables").mkdir(parents=True)
    (folder / "tables/part").touch(0o644)
    other.touch(0o644)
    other.chmod(0o644)
    linked(folder / "link", other)
    keep_private(folder)
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert found[folder] == found[folder / "tables"] == 0o700
    assert found[folder / "tables/part"] == 0o600
    assert found[other] == 0o644
