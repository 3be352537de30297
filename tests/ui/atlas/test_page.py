"""The page "Atlas", without a browser: what it answers against the atlas itself, what its link may say, and what it refuses."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from attention_core.atlas.allowed import REFUSED
from attention_core.atlas.columns import MEASURES
from attention_core.atlas.comparing import compare
from attention_core.atlas.labels import EVERY
from attention_core.atlas.manifest import MANIFEST
from attention_core.atlas.reading import Atlas
from tests.atlas.written import drop_measure, numbers, write_atlas
from tests.js.node import called
from tests.ui.atlas.asking import AtlasReader, opened_page
from tests.ui.data.test_hostile_requests import is_refused
from tests.ui.pages import run_page
from ui import atlases
from ui.atlas.leading import asked_for
from ui.atlas.view_state import PARAMETERS

TRAINED = atlases.BUNDLED / "photographs"
STAYS = "This page shows “Photographs” instead."


@pytest.fixture(autouse=True)
def on_ones_own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `python -m ui` starts the server."""
    monkeypatch.setattr(atlases, "served_at", lambda: "127.0.0.1")


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


def test_it_opens_with_the_bundled_atlas() -> None:
    reader, atlas = opened_page(), Atlas(TRAINED)
    found = atlas.grid("entropy")
    for name, values in (("mean", found.mean), ("deviation", found.deviation)):
        np.testing.assert_allclose(np.array(reader.column(name), dtype=float), values)
    grid = reader.grid()
    np.testing.assert_allclose(np.array(grid["columns"][0]["low"], dtype=float), found.low)
    assert grid["pictures"] == 52 and not warnings(reader.page)
    assert [each["name"] for each in grid["columns"]] == ["mean", "deviation"]
    assert reader.data["heads"] == [6] * 12 and reader.data["caption"] == "Photographs · DINOv2-small"


def test_what_one_head_does_is_answered_with_its_pictures() -> None:
    reader, atlas = opened_page(), Atlas(TRAINED)
    said, arrays = reader.fetch("atlas-cell", measure="mean_distance", layer=3, head=4)
    spread = atlas.spread("mean_distance", 3, 4)
    assert said["counts"] == spread.counts.tolist() and said["pictures"] == 52
    assert (said["mean"], said["deviation"]) == (spread.mean, spread.deviation)
    for part, most in (("most", True), ("least", False)):
        expected = atlas.pictures("mean_distance", 3, 4, most, 8)
        assert [(each["name"], each["value"]) for each in said[part]] == expected
    images, at = arrays["images"].tobytes(), 0
    for each in (*said["most"], *said["least"]):
        with Image.open(io.BytesIO(images[at : at + each["bytes"]])) as image:
            assert max(image.size) <= 240
        at += each["bytes"]
    assert at == len(images)


def test_the_link_goes_to_the_browser_as_the_page_is_entered_and_no_further() -> None:
    said = {"measure": "Prefix share", "order": "By value", "head": "3.4", "as": "table", "show": "?"}
    page = opened_page(**said).page
    orders = opened_page(**said).data["orders"]
    assert [each["link"] for each in orders["given"]] == [said]
    page.run()
    assert len(AtlasReader(page).data["orders"]["given"]) == 1
    assert opened_page().data["orders"]["given"] == []


def test_the_browser_reads_the_parameters_that_it_is_given() -> None:
    assert called("../tests/js/link_names.js", "ofAtlas") == list(PARAMETERS)


def test_two_atlases_are_compared() -> None:
    reader = opened_page(beside="photographs-untrained")
    other = Atlas(atlases.BUNDLED / "photographs-untrained")
    expected = compare(Atlas(TRAINED), other, "entropy")
    assert expected.paired and reader.data["beside"] == "Photographs, untrained"
    for name in ("difference", "effect"):
        np.testing.assert_allclose(np.array(reader.column(name), dtype=float), getattr(expected, name))
    grid = reader.grid()
    np.testing.assert_allclose(np.array(grid["other"], dtype=float), other.grid("entropy").mean)
    assert grid["says"].startswith("Paired over the 52 pictures")


def test_a_folder_of_ones_own_opens_with_its_labels(mine: Path) -> None:
    reader = opened_page(atlas=str(mine), by=json.dumps(["labels.csv", "kind"]), are='["cat"]')
    atlas = Atlas(mine)
    only = atlas.labels[0].chosen("kind", ("cat",))
    np.testing.assert_allclose(np.array(reader.column("mean"), dtype=float), atlas.grid("entropy", only).mean)
    assert reader.grid()["pictures"] == 8 and "My model" in reader.data["caption"]
    assert str(mine) not in json.dumps({**reader.data, "caption": ""}), "where it lies is nobody's business"
    said, _ = reader.fetch("atlas-cell", measure="entropy", layer=0, head=1)
    assert {each["name"] for each in said["most"]} == {f"{at:04d}.jpg" for at in range(8)}
    whole = opened_page(atlas=str(mine))
    np.testing.assert_allclose(np.array(whole.column("mean"), dtype=float), atlas.grid("entropy", EVERY).mean)


def test_weights_of_ones_own_are_not_those_of_your_image(mine: Path) -> None:
    """After fine-tuning a model still has its name, and the page "Your image" would open with what it was before."""
    for weights, note in (("", ""), ("0123abcd", "This server does not offer the weights of “A model”.")):
        said = json.loads((mine / MANIFEST).read_text())
        (mine / MANIFEST).write_text(json.dumps(said | {"title": "A model", "weights": weights}))
        found = opened_page(atlas=str(mine)).data["note"]
        assert found.endswith(note) and bool(found) == bool(note)


def test_what_an_older_atlas_lacks_is_not_measured(mine: Path) -> None:
    drop_measure(mine, "mean_distance")
    said = (
        "Mean distance is not measured here, because the atlas “mine” is older than this measure. "
        "Make the atlas again with `regard atlas`."
    )
    older = opened_page(atlas=str(mine))
    assert older.grid()["pictures"] == 20
    assert {each["name"]: each["lacking"] for each in older.data["measures"] if each["lacking"]} == {"mean_distance": said}
    for kind, more in (("atlas", {}), ("atlas-cell", {"layer": 0, "head": 0}), ("atlas-table", {"format": "csv"})):
        assert is_refused(older.post(kind, measure="mean_distance", **more))
    beside = opened_page(beside=str(mine))
    assert {each["name"]: each["uncompared"] for each in beside.data["measures"] if each["uncompared"]} == {
        "mean_distance": said
    }
    assert not any(each["lacking"] for each in beside.data["measures"])
    assert [each["name"] for each in beside.grid("mean_distance")["columns"]] == ["mean", "deviation"]
    assert "says" not in beside.grid("mean_distance")


def test_the_page_says_what_each_measure_is() -> None:
    said = next(each.value for each in opened_page().page.markdown if "What you see" in each.value)
    lines = [line for line in said.splitlines() if line.startswith("- **")]
    assert len(lines) == len(MEASURES) and lines[0].startswith("- **Entropy**, in bits: Over how many tokens")
    assert lines[-1].startswith("- **Similarity**: How near")


def test_a_folder_is_typed_in(mine: Path) -> None:
    page = opened_page().page
    page.text_input(key="atlas-folder").set_value(str(mine)).run()
    assert "My model" in AtlasReader(page).data["caption"] and page.query_params["atlas"] in (str(mine), [str(mine)])


@pytest.mark.parametrize("value", ["cow", "'; DROP TABLE x", "", "[]", "[1, {}]", "[" * 2000, "null"])
def test_labels_that_there_are_not_choose_nothing(mine: Path, value: str) -> None:
    for by in ('["labels.csv", "kind"]', '["labels.csv", "weight"]', '["/etc/passwd", "kind"]', value):
        assert opened_page(atlas=str(mine), by=by, are=value).grid()["pictures"] == 20


def test_what_is_no_atlas_is_one_sentence_and_the_page_stays(tmp_path: Path) -> None:
    old = write_atlas(tmp_path / "old", numbers(3))
    said = json.loads((old / MANIFEST).read_text())
    (old / MANIFEST).write_text(json.dumps(said | {"version": 0}))
    begun = write_atlas(tmp_path / "begun", numbers(3), finished=False, shards=0)
    for folder, says in ((tmp_path, "is no atlas"), (old, "older Regard"), (begun, "still being written")):
        reader = opened_page(atlas=str(folder))
        (warning,) = warnings(reader.page)
        assert says in warning and warning.endswith(STAYS) and warning.count("\n") == 0
        assert reader.grid()["pictures"] == 52
        assert says in warnings(opened_page(beside=str(folder)).page)[0]


def test_one_that_is_being_written_shows_what_is_there(tmp_path: Path) -> None:
    folder = write_atlas(tmp_path / "begun", numbers(40), finished=False, shards=1)
    reader = opened_page(atlas=str(folder))
    assert reader.grid()["pictures"] == 16 and not warnings(reader.page)
    assert reader.page.info[0].value == "“begun” is still being written: 16 of 40 pictures are in it so far."


def test_a_hosted_server_opens_no_folder_and_does_not_say_whether_it_is_there(
    mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGARD_ADDRESS", "0.0.0.0")
    for path in (mine, tmp_path / "nothing", Path("/etc"), Path("photographs/../../../etc")):
        page = opened_page(atlas=str(path), beside=str(path)).page
        assert warnings(page) == [atlases.plain(f"{REFUSED} {each}") for each in (STAYS, "This page shows one atlas only.")]
        assert [each.key for each in page.text_input if "folder" in str(each.key)] == []
    monkeypatch.setenv("REGARD_ATLASES", str(tmp_path))
    reader = opened_page(atlas=str(mine))
    assert "My model" in reader.data["caption"] and "mine" in str(reader.page.pills)


def test_where_streamlit_listens_to_all_machines_it_is_hosted_whatever_the_settings_say(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    assert atlases.served_at() == "0.0.0.0", "as `streamlit run app.py` does"
    assert warnings(opened_page(atlas=str(mine)).page) == [atlases.plain(f"{REFUSED} {STAYS}")]


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
    assert warnings(opened_page(atlas="/nowhere/[a](b)").page)[0].startswith(r"/nowhere/\[a\](b) is no atlas")
    assert atlases.plain("Run `regard atlas`: it is 1.5.") == "Run `regard atlas`: it is 1.5."


def test_tables_have_every_number() -> None:
    found, reader = Atlas(TRAINED).grid("entropy"), opened_page()
    tables = {}
    for kind, read in (("csv", pyarrow.csv.read_csv), ("parquet", pyarrow.parquet.read_table)):
        said, arrays = reader.fetch("atlas-table", measure="entropy", format=kind)
        assert said["name"] == f"photographs-entropy.{kind}"
        table = tables[kind] = read(io.BytesIO(arrays["bytes"].tobytes()))
        assert table.column_names == ["layer", "path", "head", "mean", "mean_low", "mean_high", "deviation", "pictures"]
        assert table.num_rows == 72 and set(table["pictures"].to_pylist()) == {52}
        np.testing.assert_allclose(table["mean"].to_numpy(), found.mean.ravel())
        np.testing.assert_allclose(table["mean_high"].to_numpy(), found.high.ravel())
    assert tables["parquet"].schema.field("mean").metadata[b"unit"] == b"bits"


@pytest.mark.parametrize(
    "told",
    [
        None,
        *("cat.jpg", ["cat.jpg"], ["cat.jpg", 1], ["", 0, 0], ["a" * 5000, 0, 0], [1, 1, 1], ["cat.jpg", 1, 2, 3]),
        *(["cat.jpg", *place] for place in ([True, 0], [0.0, 1], [-1, 0], [0, 2], [3, 0], [None, None], ["0", "1"])),
        {"layer": 1},
    ],
)
def test_what_a_browser_tells_is_a_picture_and_a_head_or_nothing(told: object) -> None:
    assert asked_for(told, [2, 2, 2]) is None
    assert asked_for(["cat.jpg", 2, 1], [2, 2, 2]) == ("cat.jpg", (2, 1))


def test_your_image_opens_a_picture_of_an_atlas_and_says_where_it_is_gone(mine: Path) -> None:
    link = {"picture": "From an atlas", "across": "8"}
    page = run_page("your_image", **link, **{"of-atlas": "photographs", "of-picture": "cat.jpg#0,0,120,120"})
    assert not page.exception and any("from the atlas “Photographs”" in each.value for each in page.caption)
    gone = run_page("your_image", **link, **{"of-atlas": str(mine), "of-picture": "../secret.jpg"})
    assert not gone.exception and "is not where the atlas was made from any more" in gone.info[0].value
    assert "This page shows “Astronaut” instead." in gone.info[0].value
