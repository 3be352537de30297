"""Pictures selected by a column of a CSV file from any author."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from attention_core.atlas.columns import NAMES
from attention_core.atlas.labels import Labels, label_files
from attention_core.atlas.manifest import AtlasError
from attention_core.atlas.reading import Atlas
from tests.atlas.written import numbers, write_atlas

ENTROPY = NAMES.index("entropy")
HOSTILE = "a\"b'; DROP TABLE x; --"


def labelled(tmp_path: Path, text: str, file: str = "labels.csv") -> Labels:
    (tmp_path / "pictures").mkdir(exist_ok=True)
    (tmp_path / "pictures" / file).write_text(text, encoding="utf-8")
    return Labels(tmp_path / "pictures" / file)


@pytest.fixture
def values() -> np.ndarray:
    return numbers(20)


def atlas_of(tmp_path: Path, values: np.ndarray) -> Atlas:
    return Atlas(write_atlas(tmp_path / "atlas", values, source=tmp_path / "pictures"))


def test_every_query_covers_only_pictures_with_a_label(tmp_path: Path, values: np.ndarray) -> None:
    labels = labelled(tmp_path, "file,kind\n" + "".join(f"{at:04d}.jpg,{'cat' if at % 3 else 'dog'}\n" for at in range(20)))
    atlas = atlas_of(tmp_path, values)
    assert [each.file for each in atlas.labels] == [labels.file]
    assert labels.columns == ("kind",) and labels.values("kind") == [("cat", 13), ("dog", 7)]
    only, dogs = labels.chosen("kind", ("dog",)), values[::3, ..., ENTROPY].astype(float)
    grid = atlas.grid("entropy", only)
    np.testing.assert_allclose(grid.mean, dogs.mean(0))
    assert grid.pictures == 7 == atlas.count(only)
    assert atlas.spread("entropy", 1, 1, only).mean == pytest.approx(dogs[:, 1, 1].mean())
    names = {name for name, _ in atlas.pictures("entropy", 1, 1, only=only)}
    assert names == {f"{at:04d}.jpg" for at in range(0, 20, 3)}
    assert atlas.count(labels.chosen("kind", ("dog", "cat"))) == 20 and atlas.count(labels.chosen("kind", ("cow",))) == 0


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_semicolons_and_tabs_separate_columns_too(tmp_path: Path, mark: str) -> None:
    labels = labelled(
        tmp_path, f"\ufeffpicture{mark}kind{mark}year\n0001.jpg{mark}cat, small{mark}2020\n".replace("cat, small", "cat")
    )
    assert labels.columns == ("kind", "year") and labels.of_pictures == "picture"


def test_columns_and_values_may_hold_anything(tmp_path: Path, values: np.ndarray) -> None:
    quoted = HOSTILE.replace('"', '""')
    labels = labelled(tmp_path, f'"{quoted}",picture,"x,y"\n"{quoted}",0003.jpg,"1,""2"""\n"other",0004.jpg,3\n')
    atlas = atlas_of(tmp_path, values)
    assert labels.columns == (HOSTILE, "x,y") and labels.values("x,y") == [('1,"2"', 1), ("3", 1)]
    assert [name for name, _ in atlas.pictures("entropy", 0, 0, only=labels.chosen(HOSTILE, (HOSTILE,)))] == ["0003.jpg"]


def test_the_first_column_has_the_names_unless_one_is_called_picture(tmp_path: Path) -> None:
    labels = labelled(tmp_path, "id,kind\n0001.jpg,cat\n")
    assert labels.of_pictures == "id" and labels.columns == ("kind",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("picture\n0001.jpg\n", "has one column"),
        ("", "has one column|cannot be read"),
        ("a,b\n" + "x" * 3_000_000, "cannot be read"),
    ],
)
def test_a_file_that_is_not_a_table_gives_a_sentence(tmp_path: Path, text: str, says: str) -> None:
    labels = labelled(tmp_path, text)
    with pytest.raises(AtlasError, match=says) as error:
        labels.values(labels.columns[0])
    assert "\n" not in str(error.value)


def test_a_missing_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match="has no column 'weight'"):
        labelled(tmp_path, "picture,kind\na,b\n").chosen("weight", ("1",))


def test_changed_labels_have_another_digest(tmp_path: Path) -> None:
    before = labelled(tmp_path, "picture,kind\na,b\n").chosen("kind", ("b",)).name
    assert labelled(tmp_path, "picture,kind\na,b\nc,b\n").chosen("kind", ("b",)).name != before


def test_unreadable_files_and_links_are_not_labels(tmp_path: Path, values: np.ndarray) -> None:
    labels = labelled(tmp_path, "picture,kind\na,b\n")
    (tmp_path / "pictures" / "linked.csv").symlink_to(labels.file)
    folder = write_atlas(tmp_path / "atlas", values, source=tmp_path / "pictures")
    assert [each.file for each in Atlas(folder).labels] == [labels.file]
    assert Atlas(folder, may_read=lambda _: False).labels == ()


def test_a_list_of_pictures_is_its_own_labels(tmp_path: Path, values: np.ndarray) -> None:
    labels = labelled(tmp_path, "path,kind\n0001.jpg,cat\n", "list.csv")
    atlas = Atlas(write_atlas(tmp_path / "atlas", values, source=labels.file))
    assert label_files(atlas.manifest, atlas.folder) == [labels.file]
