"""The places of pictures: folders, globs, lists and Parquet, with odd names, links, damaged and hostile files."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from attention_core.atlas import Settings, build, find_source
from attention_core.images.image_error import ImageError
from tests.atlas.models import folder_of, picture, vit

ODD = ("Ж猫 ñ.png", "a b\tc.png", "new\nline.png", "100%25.png", "#x?.png", "'q\".png", "-dash.png", "𝒳.PNG")


def png(seed: int) -> bytes:
    file = io.BytesIO()
    picture(seed).save(file, "PNG")
    return file.getvalue()


def names(where: Any) -> list[str]:
    return list(find_source(where).names())


def rows(where: Any, out: Path) -> tuple[set[str], int]:
    made = build(find_source(where), vit(), out, Settings(across=6, batch_size=4, shard_size=4))
    read = [pq.read_table(path)["picture"].to_pylist() for path in out.glob("*.parquet")]
    return {name for some in read for name in some}, made.failed


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_names_in_any_script(here: Path) -> None:
    for number, name in enumerate(ODD):
        picture(number).save(here / f"{number}.png")
        (here / f"{number}.png").rename(here / name)
    assert rows(here, here / "out") == (set(ODD), 0)


def test_a_name_that_is_not_text_is_reported_and_skipped(here: Path) -> None:
    folder = folder_of(here / "pictures", 2)
    (Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.png"))).write_bytes(png(1))
    found, failed = rows(folder, here / "out")
    assert found == {"000.png", "001.png"} and failed == 1
    assert '"caf\\\\udce9.png", "reason": "The file cannot be read' in (here / "out/_failures.jsonl").read_text()


def test_folders_in_folders_and_links(here: Path) -> None:
    folder = folder_of(here / "pictures", 1)
    folder_of(folder / "deep/deeper", 1)
    folder_of(folder / ".hidden", 1)
    folder_of(here / "elsewhere", 2)
    (folder / "linked").symlink_to(here / "elsewhere", True)
    (folder / "deep/round").symlink_to(folder, True)
    (folder / "file.png").symlink_to(here / "elsewhere/001.png")
    (folder / "gone.png").symlink_to(here / "nowhere.png")
    assert names(folder) == ["000.png", "deep/deeper/000.png", "file.png", "gone.png", "linked/000.png", "linked/001.png"]
    found, failed = rows(folder, here / "out")
    assert len(found) == 5 and failed == 1


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Drop all rights, because the person who runs the tests may have every right."""
    if os.name != "posix" or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def shared() -> Iterator[Path]:
    """Yield a folder that anybody may enter. It has two pictures, and a third in a folder that nobody may list."""
    with tempfile.TemporaryDirectory() as here:
        folder = folder_of(Path(here) / "pictures", 2)
        locked = folder_of(folder / "locked", 1)
        for path in (Path(here), folder):
            path.chmod(0o755)
        locked.chmod(0)
        yield folder
        locked.chmod(0o700)


@pytest.mark.skipif(os.name != "posix", reason="there everybody may read what they own")
@pytest.mark.parametrize("where", ["", "*.png", "**/*.png", "deep", "deep/*.png", "000.png"])
def test_unreadable_places_give_a_sentence(where: str, shared: Path) -> None:
    wanted = shared / "locked" / where
    with as_nobody(), pytest.raises(ValueError, match=r"no right to read .*; get that right, or give other pictures") as error:
        names(wanted)
    assert str(wanted if "deep" in where or "000" in where else shared / "locked") in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.skipif(os.name != "posix", reason="there everybody may read what they own")
def test_a_folder_that_cannot_be_listed_is_skipped_with_a_reason(shared: Path) -> None:
    source = find_source(shared)
    with as_nobody():
        found = list(source.names())
        read = dict(zip(found, source.read(found, 0), strict=True))
    assert found == ["000.png", "001.png", "locked/"]
    assert str(read["locked/"]) == "The folder cannot be read: Permission denied."
    assert isinstance(read["000.png"], bytes)


def test_skipped_folders_are_named_like_skipped_pictures(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of(here / "pictures/locked", 1)
    folder_of(here / "pictures", 2)
    locked, listing = str(here / "pictures/locked"), os.scandir

    def refused(folder: Any) -> Any:
        if str(folder).rstrip("/") == locked:
            raise PermissionError(13, "Permission denied", folder)
        return listing(folder)

    monkeypatch.setattr(os, "scandir", refused)
    assert rows(here / "pictures", here / "out") == ({"000.png", "001.png"}, 1)
    said = (here / "out/_failures.jsonl").read_text()
    assert said == '{"picture": "locked/", "reason": "The folder cannot be read: Permission denied."}\n'


def test_globs_and_single_files(here: Path) -> None:
    folder_of(here / "a/b", 3)
    folder_of(here / "a/c", 1)
    (here / "a/b/notes.txt").write_text("none")
    assert names("a/**/*.png") == ["b/000.png", "b/001.png", "b/002.png", "c/000.png"]
    assert names(here / "a/b/00[01].png") == ["000.png", "001.png"]
    assert names(["a/b/001.png"]) == ["001.png"]
    assert names(["a/c/000.png", "a/b/001.png", "a/b/001.png"]) == ["b/001.png", "c/000.png"]
    with pytest.raises(ValueError, match="a/b is no file; give files alone, or one folder"):
        find_source(["a/b", "a/c"])
    with pytest.raises(ValueError, match="there are no pictures in "):
        build(find_source("a/*.gif"), vit(), here / "out", Settings())


def test_a_list_of_paths(here: Path) -> None:
    folder_of(here / "pictures", 2)
    folder_of(here / "other", 1)
    lines = ["pictures/001.png", "", str(here / "other/000.png"), "pictures/001.png", "pictures/none.png", "pictures/000.png"]
    (here / "list.txt").write_text("\r\n".join(lines), encoding="utf-8-sig")
    found, failed = rows(here / "list.txt", here / "out")
    assert found == {"pictures/001.png", str(here / "other/000.png"), "pictures/000.png"} and failed == 1
    (here / "bad.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="is no text in UTF-8"):
        build(find_source("bad.txt"), vit(), here / "no", Settings())


def in_parquet(kind: str) -> Iterator[pa.Table]:
    data = [png(0), b"none", None, png(1), png(2)]
    if kind == "binary":
        yield pa.table({"image": data, "name": ["a", "b", "c", "a", "e"]})
    elif kind == "struct":
        yield pa.table({"image": [{"bytes": each, "path": None} for each in data], "label": range(5)})
    else:
        yield pa.table({"jpg": pa.array(data, pa.large_binary()), "id": [10, 11, 12, 13, 14]})


@pytest.mark.parametrize(
    ("kind", "expected"), [("binary", {"a", "a (row 3)", "e"}), ("struct", {"0", "3", "4"}), ("large", {"10", "13", "14"})]
)
def test_bytes_in_parquet(kind: str, expected: set[str], here: Path) -> None:
    (table,) = in_parquet(kind)
    pq.write_table(table, here / "images.parquet", row_group_size=2)
    found, failed = rows(here / "images.parquet", here / "out")
    assert found == expected and failed == 2


@pytest.mark.parametrize("first", range(5))
def test_any_run_of_rows_is_read(first: int, here: Path) -> None:
    data = [png(seed) for seed in range(5)]
    pq.write_table(pa.table({"image": data}), here / "images.parquet", row_group_size=2)
    source = find_source(here / "images.parquet")
    for count in range(1, 6 - first):
        wanted = [str(first + each) for each in range(count)]
        assert list(source.read(wanted, first)) == data[first : first + count]


def test_parquet_without_pictures_and_files_that_are_not_parquet(here: Path) -> None:
    pq.write_table(pa.table({"image": ["a string"]}), here / "text.parquet")
    with pytest.raises(ValueError, match="has no column of pictures: one of image, bytes"):
        names(here / "text.parquet")
    (here / "bad.parquet").write_text("none")
    with pytest.raises(ValueError, match=r"bad\.parquet is no Parquet file"):
        names(here / "bad.parquet")


def test_damaged_huge_and_odd_files_are_skipped(here: Path) -> None:
    folder = folder_of(here / "pictures", 1)
    whole = png(3)
    (folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    (folder / "empty.png").write_bytes(b"")
    Image.new("1", (12000, 6000)).save(folder / "huge.png")
    Image.new("RGB", (400, 20)).save(folder / "long.png")
    with (folder / "sparse.png").open("wb") as file:
        file.truncate(1 << 33)
    found, failed = rows(folder, here / "out")
    assert found == {"000.png"} and failed == 5
    said = (here / "out/_failures.jsonl").read_text()
    for word in ("damaged or cut short", "is empty", "megapixels", "at most 8 times", "MB; accepted"):
        assert word in said


def test_one_picture_and_the_same_picture_under_two_names(here: Path) -> None:
    (here / "pictures").mkdir()
    picture(1).save(here / "pictures/a.png")
    assert rows(here / "pictures", here / "one") == ({"a.png"}, 0)
    picture(1).save(here / "pictures/b.png")
    rows(here / "pictures", here / "two")
    lines = pq.read_table(here / "two/shard-000000.parquet").drop_columns(["picture"]).to_pylist()
    assert lines[:9] == lines[9:]


def test_a_path_with_a_null_character(here: Path) -> None:
    with pytest.raises(ValueError, match="null character"):
        find_source("a\0b")
    (found,) = find_source([here]).read(["a\0b"], 0)
    assert isinstance(found, ImageError)
