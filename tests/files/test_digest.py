from pathlib import Path

import pytest

from scrambler.files.digest import sha256_of


def test_the_published_vectors(tmp_path: Path) -> None:
    # FIPS 180-2, appendix B.1, and the hash of nothing.
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    path.write_bytes(b"")
    assert sha256_of(path) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"):
        sha256_of(tmp_path / "none")
