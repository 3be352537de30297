"""The page "Atlas", without a browser: what it sends against the atlas itself, what its link may say, and what it refuses."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from attention_core.atlas.allowed import REFUSED
from attention_core.atlas.columns import MEASURES, NAMES
from attention_core.atlas.comparing import compare
from attention_core.atlas.labels import EVERY
from attention_core.atlas.manifest import MANIFEST
from attention_core.atlas.reading import Atlas
from tests.atlas.written import drop_measure, numbers, write_atlas
from tests.ui.pages import run_page, sent
from ui import atlases
from ui.atlas.files import csv_of, parquet_of, table_of
from ui.atlas.said import columns_of
from ui.components.atlas import place_told

TRAINED = atlases.BUNDLED / "photographs"
STAYS = "“Photographs” is shown in its place."


@pytest.fixture(autouse=True)
def on_ones_own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `python -m ui` starts the server."""
    monkeypatch.setattr(atlases, "served_at", lambda: "127.0.0.1")


def opened(**query: Any) -> AppTest:
    page = run_page("atlas", **query)
    assert not page.exception and not page.error
    return page


def grid(page: AppTest) -> dict[str, Any]:
    (found,) = sent(page, "regard_atlas")
    return found


def column(page: AppTest, name: str) -> np.ndarray:
    (found,) = (each for each in grid(page)["columns"] if each["name"] == name)
    return np.array(found["values"], dtype=float)


def warnings(page: AppTest) -> list[str]:
    return [each.value for each in page.warning]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """An atlas of one's own, with pictures and labels."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    drawn = np.random.default_rng(0)
    for at in range(20):
        Image.fromarray(drawn.integers(0, 255, (40, 40, 3), dtype=np.uint8)).save(pictures / f"{at:04d}.jpg")
    lines = [f"{at:04d}.jpg,{'cat' if at < 8 else 'dog'}" for at in range(20)]
    (pictures / "labels.csv").write_text("\n".join(["picture,kind", *lines]) + "\n")
    return write_atlas(tmp_path / "mine", numbers(20), source=pictures, title="My model")


def test_it_opens_with_the_bundled_atlas_and_the_head_that_varies_most() -> None:
    page, atlas = opened(), Atlas(TRAINED)
    found = atlas.grid("entropy")
    np.testing.assert_allclose(column(page, "mean"), found.mean)
    np.testing.assert_allclose(column(page, "deviation"), found.deviation)
    layer, head, _ = atlas.varying("entropy")[0]
    assert grid(page)["chosen"] == [layer, head] and grid(page)["column"] == "mean" and not grid(page)["ranked"]
    assert grid(page)["pictures"] == 52 and not warnings(page)
    assert [each["name"] for each in grid(page)["columns"]] == ["mean", "deviation"]


def test_the_link_says_what_is_shown() -> None:
    page = opened(measure="Prefix share", show="Variation between pictures", order="By value", head="3.4")
    assert (grid(page)["column"], grid(page)["ranked"], grid(page)["chosen"]) == ("deviation", True, [3, 4])
    np.testing.assert_allclose(column(page, "mean"), Atlas(TRAINED).grid("prefix_share").mean)
    for said, shown in (("table", "table"), ("grid", "grid"), ("Table", "grid"), ("", "grid")):
        assert grid(opened(**{"as": said}))["view"] == shown


def test_two_atlases_are_compared() -> None:
    page = opened(beside="photographs-untrained", show="Effect size")
    expected = compare(Atlas(TRAINED), Atlas(atlases.BUNDLED / "photographs-untrained"), "entropy")
    assert expected.paired and grid(page)["column"] == "effect"
    np.testing.assert_allclose(column(page, "effect"), expected.effect)
    np.testing.assert_allclose(column(page, "difference"), expected.difference)
    assert any("Paired over the 52 pictures" in each.value for each in page.caption)


def test_a_folder_of_ones_own_opens_with_its_labels(mine: Path) -> None:
    page = opened(atlas=str(mine), by=json.dumps(["labels.csv", "kind"]), are='["cat"]')
    atlas = Atlas(mine)
    only = atlas.labels[0].chosen("kind", ("cat",))
    np.testing.assert_allclose(column(page, "mean"), atlas.grid("entropy", only).mean)
    assert grid(page)["pictures"] == 8 and "My model" in grid(page)["title"]
    np.testing.assert_allclose(column(opened(atlas=str(mine)), "mean"), atlas.grid("entropy", EVERY).mean)


def test_weights_of_ones_own_are_not_those_of_your_image(mine: Path) -> None:
    """After fine-tuning a model still has its name, and the page "Your image" would open with what it was before."""
    for weights, note in (("", ""), ("0123abcd", "the weights of “A model” are not offered here.")):
        said = json.loads((mine / MANIFEST).read_text())
        (mine / MANIFEST).write_text(json.dumps(said | {"title": "A model", "weights": weights}))
        (head,) = sent(opened(atlas=str(mine)), "regard_atlas_head")
        assert head["said"]["note"].endswith(note) and bool(head["said"]["note"]) == bool(note)


def test_what_an_older_atlas_lacks_is_not_measured(mine: Path) -> None:
    drop_measure(mine, "mean_distance")
    assert grid(opened(atlas=str(mine)))["pictures"] == 20 and not opened(atlas=str(mine)).info
    page = opened(atlas=str(mine), measure="Mean distance")
    said = "Mean distance is not measured here: the atlas of “mine” is older than this measure. `regard atlas` makes it again."
    assert [each.value for each in page.info] == [said] and not sent(page, "regard_atlas")
    page = opened(beside=str(mine), measure="Mean distance", show="Difference")
    assert [each.value for each in page.info] == [said]
    assert [each["name"] for each in grid(page)["columns"]] == ["mean", "deviation"]


def test_the_page_says_what_each_measure_is() -> None:
    said = next(each.value for each in opened().markdown if "What you see" in each.value)
    lines = [line for line in said.splitlines() if line.startswith("- **")]
    assert len(lines) == len(MEASURES) and lines[0].startswith("- **Entropy**, in bits: Over how many tokens")
    assert lines[-1].startswith("- **Similarity**: How near")


def test_a_folder_is_typed_in(mine: Path) -> None:
    page = opened()
    page.text_input(key="atlas-folder").set_value(str(mine)).run()
    assert "My model" in grid(page)["title"] and page.query_params["atlas"] in (str(mine), [str(mine)])


@pytest.mark.parametrize("value", ["cow", "'; DROP TABLE x", "", "[]", "[1, {}]", "[" * 2000, "null"])
def test_labels_that_there_are_not_choose_nothing(mine: Path, value: str) -> None:
    for by in ('["labels.csv", "kind"]', '["labels.csv", "weight"]', '["/etc/passwd", "kind"]', value):
        assert grid(opened(atlas=str(mine), by=by, are=value))["pictures"] == 20


def test_what_is_no_atlas_is_one_sentence_and_the_page_stays(tmp_path: Path) -> None:
    old = write_atlas(tmp_path / "old", numbers(3))
    said = json.loads((old / MANIFEST).read_text())
    (old / MANIFEST).write_text(json.dumps(said | {"version": 0}))
    begun = write_atlas(tmp_path / "begun", numbers(3), finished=False, shards=0)
    for folder, says in ((tmp_path, "is no atlas"), (old, "older Regard"), (begun, "still being written")):
        (warning,) = warnings(page := opened(atlas=str(folder)))
        assert says in warning and warning.endswith(STAYS) and warning.count("\n") == 0
        assert grid(page)["pictures"] == 52
        assert says in warnings(opened(beside=str(folder)))[0]


def test_one_that_is_being_written_shows_what_is_there(tmp_path: Path) -> None:
    folder = write_atlas(tmp_path / "begun", numbers(40), finished=False, shards=1)
    page = opened(atlas=str(folder))
    assert grid(page)["pictures"] == 16 and not warnings(page)
    assert page.info[0].value == "“begun” is still being written: 16 of 40 pictures are in it so far."


def test_a_hosted_server_opens_no_folder_and_does_not_say_whether_it_is_there(
    mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGARD_ADDRESS", "0.0.0.0")
    for path in (mine, tmp_path / "nothing", Path("/etc"), Path("photographs/../../../etc")):
        page = opened(atlas=str(path), beside=str(path))
        assert warnings(page) == [atlases.plain(f"{REFUSED} {each}") for each in (STAYS, "Nothing stands beside it.")]
        assert [each.key for each in page.text_input if "folder" in str(each.key)] == []
    monkeypatch.setenv("REGARD_ATLASES", str(tmp_path))
    page = opened(atlas=str(mine))
    assert "My model" in grid(page)["title"] and "mine" in str(page.pills)


def test_where_streamlit_listens_to_all_machines_it_is_hosted_whatever_the_settings_say(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    assert atlases.served_at() == "0.0.0.0", "as `streamlit run app.py` does"
    assert warnings(opened(atlas=str(mine))) == [atlases.plain(f"{REFUSED} {STAYS}")]


def test_labels_and_pictures_outside_of_allowed_folders_stay_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mine: Path
) -> None:
    allowed = write_atlas(tmp_path / "allowed" / "atlas", numbers(3), source=mine.parent / "pictures")
    monkeypatch.setenv("REGARD_ATLASES", str(tmp_path / "allowed"))
    atlas = atlases.opened(str(allowed))
    assert atlas.labels == () and atlases.thumbnail(atlas, "0001.jpg", 64) == b""
    monkeypatch.setenv("REGARD_ATLASES", str(tmp_path))
    again = write_atlas(tmp_path / "allowed" / "again", numbers(3), source=mine.parent / "pictures")
    assert atlases.thumbnail(atlases.opened(str(again)), "0001.jpg", 64)


def test_what_others_wrote_is_no_markdown() -> None:
    hostile = "[click](https://a.org) :red[x] *a* _b_ <b> $x$ :material/home: \\"
    assert atlases.plain(hostile) == r"\[click\](https://a.org) \:red\[x\] \*a\* \_b\_ \<b\> \$x\$ \:material/home: \\"
    assert warnings(opened(atlas="/nowhere/[a](b)"))[0].startswith(r"/nowhere/\[a\](b) is no atlas")
    assert atlases.plain("Run `regard atlas`: it is 1.5.") == "Run `regard atlas`: it is 1.5."


def test_tables_have_every_number() -> None:
    atlas = Atlas(TRAINED)
    found = atlas.grid("entropy")
    columns = columns_of(MEASURES[NAMES.index("entropy")], found, None)
    table = table_of(atlas.manifest, MEASURES[0], columns, found.count.tolist())
    for read in (pyarrow.parquet.read_table(io.BytesIO(parquet_of(table))), pyarrow.csv.read_csv(io.BytesIO(csv_of(table)))):
        assert read.column_names == ["layer", "path", "head", "mean", "mean_low", "mean_high", "deviation", "pictures"]
        assert read.num_rows == 72 and set(read["pictures"].to_pylist()) == {52}
        np.testing.assert_allclose(read["mean"].to_numpy(), found.mean.ravel())
        np.testing.assert_allclose(read["mean_high"].to_numpy(), found.high.ravel())
    assert table.schema.field("mean").metadata[b"unit"] == b"bits"


@pytest.mark.parametrize("told", [None, [1], [1, 2, 3], [True, 0], [0.0, 1], "1.2", [-1, 0], [0, 2], [3, 0], {"layer": 1}])
def test_what_a_browser_tells_is_a_head_or_nothing(told: object) -> None:
    assert place_told(told, [2, 2, 2]) is None
    assert place_told([2, 1], [2, 2, 2]) == (2, 1)


def test_your_image_opens_a_picture_of_an_atlas_and_says_where_it_is_gone(mine: Path) -> None:
    link = {"picture": "From an atlas", "across": "8"}
    page = run_page("your_image", **link, **{"of-atlas": "photographs", "of-picture": "cat.jpg#0,0,120,120"})
    assert not page.exception and any("from the atlas “Photographs”" in each.value for each in page.caption)
    gone = run_page("your_image", **link, **{"of-atlas": str(mine), "of-picture": "../secret.jpg"})
    assert not gone.exception and "is not where the atlas was made from any more" in gone.info[0].value
    assert "“Astronaut” stands in for it" in gone.info[0].value
