"""The page "Compare", without a browser: what its script gives, and what the browser may then ask for."""

from __future__ import annotations

import io
from typing import Any

import pytest
import timm
import torch
from PIL import Image
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from attention_core import load_image, load_model
from tests.ui.compare.pages import asked, data, opened, picture_bytes
from tests.ui.pages import run_page, sent
from ui import keeping, pictures
from ui.shared.kept import store

VIEW = {"kind": "features", "clean": "as-is"}

OLD = [{"number": 1, "link": {"scale": "robust", "scales": "own"}}]
"""The first order after a link that says nothing of the view: it may be an old one, whose scale was another."""


def orders(page: AppTest) -> list[dict[str, Any]]:
    given: list[dict[str, Any]] = data(page)["orders"]["given"]
    return given


def test_two_photographs_are_compared_by_what_their_patches_are() -> None:
    page = opened()
    found = data(page)
    assert [side["title"] for side in found["sides"]] == ["Astronaut", "Cat"] and found["oneSpace"]
    assert [side["grid"] for side in found["sides"]] == [{"rows": 8, "cols": 8}, {"rows": 5, "cols": 8}]
    assert found["kinds"] == ["features", "raw", "q", "k", "v"] and not found["standsIn"] and orders(page) == OLD
    assert [each["title"] for each in found["pictures"]] == ["Astronaut", "Cat"]
    assert not page.error and not page.warning and not page.info


def test_the_link_says_pictures_and_models_and_the_browser_reads_the_rest() -> None:
    link = {
        "left-picture": "Rocket",
        "right-picture": "Coffee",
        "right-model": "Random heads",
        "right-seed": "3",
        "layers": "4,0",
        "pin": "right,1,2",
    }
    page = opened(**link)
    found = data(page)
    assert [side["title"] for side in found["sides"]] == ["Rocket", "Coffee"]
    assert found["sides"][1]["model"] == "Random heads" and "seed=3" in found["sides"][1]["recording"]
    assert orders(page) == [{"number": 1, "link": {"scale": "robust", "scales": "own", "layers": "4,0", "pin": "right,1,2"}}]
    assert not found["oneSpace"], "features of two models cannot be matched"
    assert found["kinds"] == ["q", "k", "v"], "random heads stand in no block"


def test_a_link_is_followed_once() -> None:
    page = opened(show="pca")
    assert orders(page) == orders(page.run()) == [{"number": 1, "link": {"scale": "robust", "scales": "own", "show": "pca"}}]


def test_components_are_of_the_set_and_of_the_sides() -> None:
    found = data(opened(pictures=["Coffee", "Cat"]))
    assert [each["title"] for each in found["pictures"]] == ["Astronaut", "Cat", "Coffee"]
    entry, arrays = asked("components", found, view=VIEW)
    assert entry["grids"] == [[8, 8], [5, 8], [5, 8]] and entry["leftOut"] == {}
    assert arrays["scores"].shape == ((64 + 40 + 40) * 8,) and arrays["mask"].shape == (64 + 40 + 40,)


def test_a_picture_of_the_set_waits_to_be_recorded_until_it_is_asked_for() -> None:
    store().forget(lambda name: "recording" in name)
    found = data(opened(pictures=["Coffee"]))
    name = found["pictures"][2]["recording"]
    assert keeping.kept_recording(name) is None
    asked("segments", found, view=VIEW | {"k": 3})
    assert keeping.kept_recording(name) is not None


def test_one_picture_in_two_layers_is_there_twice() -> None:
    found = data(opened(**{"right-picture": "Astronaut"}))
    assert [each["title"] for each in found["pictures"]] == ["Astronaut", "Astronaut"] and found["oneSpace"]
    assert asked("components", found, (3, 9), view=VIEW)[0]["grids"] == [[8, 8], [8, 8]]


def test_left_and_right_change_places_with_all_that_is_theirs() -> None:
    page = opened(**{"right-picture": "Rocket", "right-model": "Raw patches", "right-patch": "24"})
    before = data(page)
    next(button for button in page.button if button.label == "Swap").click().run()
    after = data(page)
    assert [side["recording"] for side in after["sides"]] == [side["recording"] for side in reversed(before["sides"])]
    assert orders(page) == [*OLD, {"number": 2, "mirror": True}]
    next(button for button in page.button if button.label == "Swap").click().run()
    assert [side["recording"] for side in data(page)["sides"]] == [side["recording"] for side in before["sides"]]
    assert orders(page) == [*OLD, {"number": 2, "mirror": True}, {"number": 3, "mirror": True}]


def test_another_picture_releases_pin_box_and_heads() -> None:
    page = opened()
    before = data(page)["sides"][0]["picture"]
    page.button_group(key="left-picture").set_value("coffee").run()
    assert data(page)["sides"][0]["picture"] != before
    assert orders(page)[-1]["settings"] == {"pin": None, "box": None, "heads": None, "within": "all"}


def test_a_finer_detail_says_on_which_grid_a_link_counts() -> None:
    page = opened()
    page.slider(key="left-across").set_value(16).run()
    assert data(page)["sides"][0]["askedGrid"] == data(page)["sides"][0]["grid"] == {"rows": 16, "cols": 16}


@pytest.mark.parametrize("preset", ["Two pictures", "Where it looks · what it resembles", "Two layers", "Two models"])
def test_an_example_is_a_press_away(preset: str) -> None:
    page = opened(**{"right-picture": "Rocket"})
    next(button for button in page.button if button.label == preset).click().run()
    assert not page.exception and not page.error and not page.warning
    titles = [side["title"] for side in data(page)["sides"]]
    assert (titles[0] == titles[1]) is (preset != "Two pictures")
    settings = orders(page)[-1]["settings"]
    assert settings.keys() == data(page)["defaults"].keys() and settings["pin"] is None
    assert settings["layers"] == {"Two layers": [4, 11], "Two models": [11, 0]}.get(preset, [11, 11])


def test_pictures_of_other_shapes_one_grey_and_one_tiny() -> None:
    page = opened()
    grey = io.BytesIO()
    Image.new("RGB", (300, 90), (128, 128, 128)).save(grey, "PNG")
    files = [("grey.png", grey.getvalue(), "image/png"), ("tiny.png", picture_bytes(16, 18), "image/png")]
    page.file_uploader(key="compare-upload-0").set_value(files).run()
    assert not page.exception and not page.error and not page.warning
    found = data(page)
    assert [side["title"] for side in found["sides"]] == ["grey.png", "tiny.png"]
    assert set(asked("segments", found, view=VIEW | {"k": 5})[1]["labels"]) <= set(range(5))
    assert len(asked("matches", found, view=VIEW)[1]["forward"]) == 8 * 2


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
    page = run_page("compare", **hub, **{"left-hub": name, "right-hub": name})
    assert not page.exception and not page.error and not page.warning and not page.info
    found = data(page)
    assert found["sides"][0]["recording"].split("/")[1] == name
    assert found["oneSpace"] and found["kinds"] == ["features", "raw", "q", "k", "v"]
    layers = found["sides"][0]["layers"]
    last = len(layers) - 1
    entry, _ = asked("components", found, (last, last), view=VIEW)
    assert entry["grids"][0] == [layers[last]["rows"], layers[last]["cols"]]
    assert len(asked("matches", found, (last, last), view=VIEW)[1]["forward"]) == layers[last]["rows"] * layers[last]["cols"]


def test_the_catalogue_has_the_pictures_that_the_page_opens_with() -> None:
    assert {"astronaut", "cat"} <= set(pictures.photographs())
    assert load_image("assets/photos/astronaut.jpg").size[0] > 0
