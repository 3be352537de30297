"""A name in an atlas leads to its picture, and to nothing else on the machine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from attention_core.atlas import Settings, build, find_source
from attention_core.atlas.manifest import AtlasError, Manifest, read_manifest
from attention_core.atlas.pictures import picture_of
from attention_core.images.image_error import ImageError
from tests.atlas.models import picture, vit
from tests.atlas.test_sources import png
from tests.atlas.written import numbers, write_atlas


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pictures = tmp_path / "pictures"
    (pictures / "inner").mkdir(parents=True)
    pixels = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(pictures / "inner" / "a.png")
    Image.fromarray(pixels).save(tmp_path / "secret.png")
    (pictures / "text.png").write_text("no picture")
    (pictures / "linked.png").symlink_to(tmp_path / "secret.png")
    return write_atlas(tmp_path / "atlas", numbers(3), source="../pictures")


def manifest(folder: Path) -> Manifest:
    return read_manifest(folder)


def test_a_name_leads_to_its_picture_and_a_part_of_it(folder: Path) -> None:
    whole = picture_of(manifest(folder), folder, "inner/a.png")
    assert whole.size == (60, 40)
    part = picture_of(manifest(folder), folder, "inner/a.png#10,5,30,20")
    np.testing.assert_array_equal(np.asarray(part), np.asarray(whole)[5:25, 10:40])


def test_a_file_with_the_name_of_a_part_is_itself(folder: Path) -> None:
    Image.new("RGB", (28, 29)).save(folder.parent / "pictures" / "c.png")
    (folder.parent / "pictures" / "c.png").rename(folder.parent / "pictures" / "inner" / "a.png#0,0,5,5")
    assert picture_of(manifest(folder), folder, "inner/a.png#0,0,5,5").size == (28, 29)


@pytest.mark.parametrize(
    "name",
    [
        *("../secret.png", "inner/../../secret.png", "{top}/secret.png", "linked.png", "/etc/passwd", "../secret.png#0,0,5,5"),
        *(
            "",
            ".",
            "inner",
            "gone.png",
            "a\0b",
            "x" * 5000,
            "inner/a.png#0,0,0,20",
            "inner/a.png#0,0,20,15",
            "inner/a.png#50,0,20,20",
            "inner/a.png#0,0,5",
        ),
    ],
)
def test_other_names_lead_nowhere(folder: Path, name: str) -> None:
    with pytest.raises(AtlasError, match="is not where the atlas was made from any more") as error:
        picture_of(manifest(folder), folder, name.replace("{top}", str(folder.parent)))
    assert "\n" not in str(error.value) and len(str(error.value)) < 160


def test_a_file_that_is_no_longer_a_picture_gives_a_sentence(folder: Path) -> None:
    with pytest.raises(ImageError):
        picture_of(manifest(folder), folder, "text.png")


def test_an_unreadable_file_counts_as_missing(folder: Path) -> None:
    with pytest.raises(AtlasError, match="any more"):
        picture_of(manifest(folder), folder, "inner/a.png", may_read=lambda _: False)


def test_names_of_a_list_are_relative_to_it_and_may_lead_elsewhere(folder: Path) -> None:
    secret = str(folder.parent / "secret.png")
    listed = folder.parent / "pictures" / "list.txt"
    listed.write_text(f"inner/a.png\n{secret}\n")
    of_list = manifest(folder).model_copy(update={"source": str(listed)})
    assert picture_of(of_list, folder, "inner/a.png").size == picture_of(of_list, folder, secret).size == (60, 40)
    with pytest.raises(AtlasError, match="any more"):
        picture_of(of_list, folder, "../secret.png")
    with pytest.raises(AtlasError, match="any more"):
        picture_of(of_list, folder, secret, may_read=lambda path: path.is_relative_to(folder.parent / "pictures"))


def test_a_row_of_a_parquet_file_leads_to_its_picture(tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(5)]
    data = [png(seed) for seed in range(5)]
    pq.write_table(pa.table({"image": data, "name": names}), tmp_path / "images.parquet", row_group_size=2)
    out = tmp_path / "atlas"
    build(find_source(tmp_path / "images.parquet"), vit(), out, Settings(across=6, shard_size=2))
    for number, name in enumerate(names):
        np.testing.assert_array_equal(np.asarray(picture_of(manifest(out), out, name)), np.asarray(picture(number)))
    for name in ("5.png", "", "../images.parquet", "a\0b"):
        with pytest.raises(AtlasError, match="not where the atlas was made from any more"):
            picture_of(manifest(out), out, name)
    with pytest.raises(AtlasError, match="not where"):
        picture_of(manifest(out), out, "1.png", lambda _: False)
    (tmp_path / "images.parquet").write_text("none")
    with pytest.raises(AtlasError, match="not where"):
        picture_of(manifest(out), out, "1.png")
