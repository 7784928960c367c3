from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scrambler.errors import SourceError
from scrambler.sources import open_source
from tests.conftest import Scrambled

OMITTED = {"ssd_api_data_staging", "ssd_api_data_staging_anon", "ssd_pre_cla_care_plan"}
MOMENT = dt.datetime(2020, 7, 2, 3, 4, 5)
ARRAYS: dict[str, tuple[pa.Array, str, int | None, pl.DataType, object]] = {
    "str": (pa.array(["a", None]), "text", None, pl.String(), "a"),
    "large": (pa.array(["a", None], pa.large_string()), "text", None, pl.String(), "a"),
    "Dict": (pa.array(["a", None]).dictionary_encode(), "text", None, pl.String(), "a"),
    "i8": (pa.array([1, None], pa.int8()), "integer", 8, pl.Int64(), 1),
    "u32": (pa.array([1, None], pa.uint32()), "integer", 32, pl.Int64(), 1),
    "dec0": (pa.array([Decimal(7), None], pa.decimal128(9, 0)), "integer", None, pl.Int64(), 7),
    "dec2": (
        pa.array([Decimal("7.25"), None], pa.decimal128(9, 2)),
        *("float", None, pl.Float64(), 7.25),
    ),
    "dec38": (
        pa.array([Decimal(12345678901234567891), None], pa.decimal128(38, 0)),
        *("float", None, pl.String(), "12345678901234567891"),
    ),
    "dec76": (
        pa.array([Decimal(10**40 + 1), None], pa.decimal256(76, 0)),
        *("float", None, pl.String(), str(10**40 + 1)),
    ),
    "dec20": (
        pa.array([Decimal("1234567890123456.5"), None], pa.decimal128(20, 2)),
        *("float", None, pl.String(), "1234567890123456.5"),
    ),
    "f4": (pa.array([0.5, None], pa.float32()), "float", 32, pl.Float32(), 0.5),
    "bo": (pa.array([True, None]), "boolean", None, pl.Boolean(), True),
    "da": (pa.array([MOMENT.date(), None]), "date", None, pl.Date(), MOMENT.date()),
    "ns": (
        pa.array([MOMENT, None], pa.timestamp("ns")),
        *("datetime", None, pl.Datetime("us"), MOMENT),
    ),
    "zone": (
        pa.array([MOMENT.replace(tzinfo=dt.UTC), None], pa.timestamp("ms", "Europe/London")),
        *("datetime", None, pl.Datetime("us"), MOMENT),
    ),
    "nil": (pa.nulls(2), "text", None, pl.String(), None),
    "time": (pa.array([dt.time(10), None]), "other", None, pl.String(), "10:00:00"),
}


def test_types(tmp_path: Path) -> None:
    table = pa.table({name: array for name, (array, *_) in ARRAYS.items()})
    pq.write_table(table, tmp_path / "Typed.parquet")
    source = open_source(str(tmp_path))
    columns = source.tables()["typed"]
    assert {c.name: (c.type, c.width) for c in columns.values()} == {
        name: (kind, width) for name, (_, kind, width, _, _) in ARRAYS.items()
    }
    (frame,) = source.read("TYPED", list(ARRAYS), 10)
    assert frame.schema == {n.lower(): dtype for n, (*_, dtype, _) in ARRAYS.items()}
    assert frame.row(0) == tuple(value for *_, value in ARRAYS.values())
    assert frame.row(1) == (None,) * len(ARRAYS)


def test_files_and_folders_are_tables(tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    for part in range(3):
        frame = pl.DataFrame({"Id": range(part * 10, part * 10 + 10), "other": "x"})
        frame.write_parquet(tmp_path / "many" / f"part-{part}.parquet")
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "one.parquet")
    (tmp_path / ".aside").mkdir()
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / ".aside" / "x.parquet")
    (tmp_path / "notes.txt").write_text("nothing")
    source = open_source(str(tmp_path))
    assert set(source.tables()) == {"many", "one"}
    assert source.count("Many") == 30
    frames = list(source.read("many", ["other", "ID"], 4))
    assert {tuple(frame.columns) for frame in frames} == {("other", "id")}
    assert max(frame.height for frame in frames) == 4
    assert pl.concat(frames)["id"].to_list() == list(range(30))


def test_the_output_of_a_run(tmp_path: Path) -> None:
    (tmp_path / "tables" / "ssd_person").mkdir(parents=True)
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "tables/ssd_person/part-0.parquet")
    with pytest.raises(SourceError, match="did not finish"):
        open_source(str(tmp_path))
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(SourceError, match=r"manifest\.json that cannot be read"):
        open_source(str(tmp_path))


@pytest.mark.parametrize("change", ["bytes", "added", "lost"])
def test_an_output_that_is_not_what_its_manifest_says(
    clean: Scrambled, tmp_path: Path, change: str
) -> None:
    out = tmp_path / "out"
    shutil.copytree(clean.out, out)
    assert open_source(out).tables().keys() == open_source(clean.source).tables().keys() - OMITTED
    file = out / "tables" / "ssd_person" / "part-00000.parquet"
    if change == "bytes":
        pl.read_parquet(file).reverse().write_parquet(file)
    elif change == "added":
        shutil.copy(file, file.with_name("part-00001.parquet"))
    else:
        file.unlink()
    with pytest.raises(SourceError, match="1 files of that folder are not those"):
        open_source(out)


def test_a_page_whose_checksum_fails(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    table = pa.table({"a": ["Canary" * 5] * 100})
    pq.write_table(table, path, write_page_checksum=True, compression="none", use_dictionary=False)
    content = bytearray(path.read_bytes())
    content[content.index(b"Canary") + 1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"table t: file t\.parquet is damaged"):
        list(open_source(tmp_path).read("t", ["a"], 10))


def test_folders_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no tables"):
        open_source(str(tmp_path))
    (tmp_path / "x.parquet").write_bytes(b"Canary" * 100)
    with pytest.raises(SourceError, match=r"x\.parquet cannot be read") as caught:
        open_source(str(tmp_path))
    assert "Canary" not in str(caught.value)


def test_files_of_one_table_must_agree(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "t" / "1.parquet")
    pl.DataFrame({"b": [1]}).write_parquet(tmp_path / "t" / "2.parquet")
    with pytest.raises(SourceError, match="different columns"):
        open_source(str(tmp_path))


def test_a_file_damaged_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"a": [f"Canary {i}" for i in range(5000)]}).write_parquet(path)
    content = path.read_bytes()
    path.write_bytes(content[:4] + b"\xff" * 2000 + content[2004:])
    with pytest.raises(SourceError, match=r"file t\.parquet is damaged"):
        list(open_source(str(tmp_path)).read("t", ["a"], 100))


def test_values_that_do_not_fit_are_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": pa.array([2**64 - 1], pa.uint64())}), path)
    with pytest.raises(SourceError, match=r"table t: a value does not fit.*\(a\)") as caught:
        list(open_source(str(tmp_path)).read("t", ["a"], 100))
    assert "1844" not in str(caught.value)


@pytest.mark.parametrize("array", [pa.array([b"x"]), pa.array([[1]]), pa.array([{"a": 1}])])
def test_bytes_and_nested_values_are_refused(tmp_path: Path, array: pa.Array) -> None:
    pq.write_table(pa.table({"a": array}), tmp_path / "t.parquet")
    with pytest.raises(SourceError, match="column a holds bytes or nested"):
        open_source(str(tmp_path)).read("t", ["a"], 100)


def test_unknown_names(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "t.parquet")
    source = open_source(str(tmp_path))
    with pytest.raises(SourceError, match="no table nowhere"):
        source.count("nowhere")
    with pytest.raises(SourceError, match="no column z"):
        source.read("t", ["z"], 1)


def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    ends = pa.array([0, 2, 8], pa.int32()).buffers()[1]
    bad = pa.Array.from_buffers(pa.string(), 2, [None, ends, pa.py_buffer(b"okCan\xff\xfeb")])
    for number, array in enumerate((bad, pa.DictionaryArray.from_arrays(pa.array([0, 1]), bad))):
        folder = tmp_path / str(number)
        folder.mkdir()
        good = pa.array(["a", "b"])
        pq.write_table(pa.table({"good": good, "Bad": array}), folder / "t.parquet")
        source = open_source(str(folder))
        assert next(iter(source.read("t", ["good"], 10)))["good"].to_list() == ["a", "b"]
        # Of a dictionary PyArrow itself looks at the text, and does not say where it is.
        told = ("text in column Bad .* UTF-8", "file t.parquet is damaged")[number]
        with pytest.raises(SourceError, match=f"table t: {told}") as caught:
            list(source.read("t", ["good", "bad"], 10))
        assert "Can" not in str(caught.value)
