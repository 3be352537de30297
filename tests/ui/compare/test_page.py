"""The page "Compare", without a browser: what it sends, and what it answers."""

from __future__ import annotations

import io

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from safetensors.torch import save

from attention_core import load_image, load_model
from attention_core.analysis.components import principal_components
from attention_core.analysis.matching import match
from attention_core.analysis.similarity import cleaned
from tests.ui.compare.pages import data, opened, picture_bytes
from tests.ui.pages import run_page, sent
from ui import caches, keeping, pictures
from ui.compare.files import arrays, live_page
from ui.compare.findings import Part, find
from ui.compare.settings import CompareSettings
from ui.recording import Recording, make_recording


@pytest.fixture(scope="module")
def shown() -> tuple[Recording, Recording]:
    model = load_model("dinov2-small")
    made = [make_recording(f"{name}-8", caches.photograph(name), model, 8, features=True) for name in ("astronaut", "coffee")]
    return made[0], made[1]


def test_two_photographs_are_compared_by_what_their_patches_are() -> None:
    page = opened()
    found = data(page)
    assert [side["title"] for side in found["sides"]] == ["Astronaut", "Cat"] and found["oneSpace"]
    assert [side["grid"] for side in found["sides"]] == [{"rows": 8, "cols": 8}, {"rows": 5, "cols": 8}]
    assert found["given"] == {"matches": None, "components": None, "segments": None}
    assert found["settings"] == found["defaults"] and found["kinds"] == ["features", "raw", "q", "k", "v"]
    assert [each["title"] for each in found["pictures"]] == ["Astronaut", "Cat"]
    assert not page.error and not page.warning and not page.info


def test_the_link_says_pictures_models_and_settings() -> None:
    link = {
        "left-picture": "Rocket",
        "right-picture": "Coffee",
        "right-model": "Random heads",
        "right-seed": "3",
        "layers": "4,0",
        "pin": "right,1,2",
        "lines": "10",
    }
    found = data(opened(**link))
    assert [side["title"] for side in found["sides"]] == ["Rocket", "Coffee"]
    assert found["sides"][1]["model"] == "Random heads" and "seed=3" in found["sides"][1]["recording"]
    assert found["settings"]["layers"] == [4, 0] and found["settings"]["pin"] == {"side": 1, "row": 1, "col": 2}
    assert not found["oneSpace"] and found["given"]["matches"] is None, "features of two models cannot be matched"
    assert found["kinds"] == ["q", "k", "v"], "random heads stand in no block"


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ({"lines": "20"}, "matches"),
        ({"show": "pca"}, "components"),
        ({"within": "foreground"}, "components"),
        ({"show": "segments"}, "segments"),
        ({"within": "segment-1"}, "segments"),
    ],
)
def test_python_finds_what_the_settings_need_and_nothing_else(link: dict[str, str], kind: str) -> None:
    given = data(opened(**link))["given"]
    assert {name for name, value in given.items() if value} == {kind}


def test_components_are_of_the_set_and_of_the_sides() -> None:
    found = data(opened(show="pca", pictures=["Coffee", "Cat"]))
    assert [each["title"] for each in found["pictures"]] == ["Astronaut", "Cat", "Coffee"]
    assert [(each["rows"], each["cols"]) for each in found["pictures"]] == [(8, 8), (5, 8), (5, 8)]


def test_one_picture_in_two_layers_is_there_twice() -> None:
    found = data(opened(**{"right-picture": "Astronaut", "layers": "3,9", "show": "pca"}))
    assert [each["title"] for each in found["pictures"]] == ["Astronaut", "Astronaut"] and found["oneSpace"]


def test_what_is_found_is_what_the_core_finds(shown: tuple[Recording, Recording]) -> None:
    settings = CompareSettings(show="pca", lines=5, clean="position", k=3, within="segment-0")
    parts = [Part(each, layer, "", 0) for each, layer in zip(shown, (11, 4), strict=True)]
    found = {finding.kind: finding for finding in find(parts, settings, True)}
    features = []
    for each, layer in zip(shown, (11, 4), strict=True):
        patches = each.model.feature_map(each.record, each.grid, layer).patches.half().float()
        features.append(cleaned(patches, each.grid, "position"))
    expected = match(*features)
    assert found["matches"].arrays["forward"].tolist() == expected.forward.tolist()
    np.testing.assert_allclose(found["matches"].arrays["backwardSecond"], expected.backward_second.numpy(), atol=1e-6)
    components = principal_components(features)
    np.testing.assert_allclose(
        found["components"].arrays["scores"].reshape(-1, 8), torch.cat(components.scores).numpy(), atol=1e-4
    )
    assert found["components"].arrays["mask"].shape == (64 + 40,)
    assert set(found["segments"].arrays["labels"]) == {0, 1, 2}


def test_an_npz_has_features_grids_and_what_was_found(shown: tuple[Recording, Recording]) -> None:
    settings = CompareSettings(layers=(11, 4), kind="v", lines=3)
    parts = [Part(each, layer, "", 0) for each, layer in zip(shown, settings.layers, strict=True)]
    with np.load(io.BytesIO(arrays(shown, settings, find(parts, settings, True)))) as file:
        assert file["left_grid"].tolist() == [8, 8] and file["right_grid"].tolist() == [5, 8]
        expected = shown[1].model.feature_map(shown[1].record, shown[1].grid, 4, "v").patches
        np.testing.assert_array_equal(file["right_features"], expected.numpy())
        assert file["matches_forward"].shape == (64,)


@pytest.mark.parametrize("one_space", [True, False])
def test_a_live_page_has_both_pictures_and_what_was_found(shown: tuple[Recording, Recording], one_space: bool) -> None:
    settings = CompareSettings(layers=(11, 4), show="pca", lines=3, within="segment-0")
    spaces = (0, 0) if one_space else (0, 1)
    parts = [Part(each, layer, "", space) for each, layer, space in zip(shown, settings.layers, spaces, strict=True)]
    page = live_page(parts, settings, find(parts, settings, one_space), one_space)
    assert page.startswith("<!doctype html>") and ("matches:left/0|right/0/features/as-is" in page) is one_space
    assert '"components"' in page and '"segments"' in page


def test_left_and_right_change_places_with_all_that_is_theirs() -> None:
    link = {"right-picture": "Rocket", "right-model": "Raw patches", "right-patch": "24", "layers": "7,0", "pin": "left,2,3"}
    page = opened(**link, box="right,0,1,2,2")
    before = data(page)
    next(button for button in page.button if button.label == "Swap").click().run()
    after = data(page)
    assert [side["recording"] for side in after["sides"]] == [side["recording"] for side in reversed(before["sides"])]
    assert after["settings"]["layers"] == [0, 7] and after["settings"]["pin"]["side"] == 1
    assert after["settings"]["box"]["side"] == 0 and after["version"] > before["version"]
    next(button for button in page.button if button.label == "Swap").click().run()
    assert data(page)["settings"] == before["settings"]


def test_a_pin_stays_where_it_was_on_the_picture_however_it_is_cut() -> None:
    page = opened(pin="left,4,6")
    page.slider(key="left-across").set_value(16).run()
    assert data(page)["settings"]["pin"] == {"side": 0, "row": 9, "col": 13}


def test_another_picture_releases_pin_box_and_heads() -> None:
    page = opened(pin="left,4,6", heads="1", box="left,0,0,2,2", within="box")
    page.button_group(key="left-picture").set_value("coffee").run()
    found = data(page)["settings"]
    assert [found[name] for name in ("pin", "heads", "box", "within")] == [None, None, None, "all"]


@pytest.mark.parametrize("preset", ["Two pictures", "Where it looks · what it resembles", "Two layers", "Two models"])
def test_an_example_is_a_press_away(preset: str) -> None:
    page = opened(**{"right-picture": "Rocket"})
    next(button for button in page.button if button.label == preset).click().run()
    assert not page.exception and not page.error and not page.warning
    titles = [side["title"] for side in data(page)["sides"]]
    assert (titles[0] == titles[1]) is (preset != "Two pictures")


def test_pictures_of_other_shapes_one_grey_and_one_tiny() -> None:
    page = opened(show="segments", lines="5")
    grey = io.BytesIO()
    Image.new("RGB", (300, 90), (128, 128, 128)).save(grey, "PNG")
    files = [("grey.png", grey.getvalue(), "image/png"), ("tiny.png", picture_bytes(16, 18), "image/png")]
    page.file_uploader(key="compare-upload-0").set_value(files).run()
    assert not page.exception and not page.error and not page.warning
    found = data(page)
    assert [side["title"] for side in found["sides"]] == ["grey.png", "tiny.png"]
    assert found["given"]["matches"] and found["given"]["segments"]


def test_of_models_that_need_python_for_rows_the_asking_patch_is_computed() -> None:
    page = opened(**{"left-model": "Raw patches"})
    assert not page.exception and sent(page, "regard_compare")[0]["sides"][0]["inBrowser"]


@pytest.mark.parametrize("name", ["test_vit", "test_vit2", "test_vit_relpos", "test_maxvit"])
def test_any_architecture_can_be_compared(name: str) -> None:
    """With CLS, with a register alone, without either and with a bias, in windows: against the same model, other picture."""
    torch.manual_seed(0)
    weights = save(timm.create_model(name).state_dict())
    keeping.keep_hub_model(name, "", load_model(name, checkpoint=weights))
    hub = {"left-model": "From the hub", "right-model": "From the hub"}
    page = run_page("compare", **hub, **{"show": "pca", "lines": "5", "left-hub": name, "right-hub": name})
    assert not page.exception and not page.error and not page.warning and not page.info
    found = data(page)
    assert found["sides"][0]["recording"].split("/")[1] == name
    assert found["oneSpace"] and found["kinds"] == ["features", "raw", "q", "k", "v"]
    assert found["given"]["matches"] and found["given"]["components"]
    layers = found["sides"][0]["layers"]
    assert found["pictures"][0]["rows"] == layers[min(11, len(layers) - 1)]["rows"]


def test_the_catalogue_has_the_pictures_that_the_page_opens_with() -> None:
    assert {"astronaut", "cat"} <= set(pictures.photographs())
    assert load_image("assets/photos/astronaut.jpg").size[0] > 0
