"""The controls of "Your image", without a browser: defaults, files, what is kept, and the link."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.images.bad_images import BAD_IMAGES
from tests.ui.pages import run_page
from ui.explorer.state import DEFAULTS


@pytest.fixture
def app() -> Callable[..., AppTest]:
    return run_page


def test_every_control_has_its_stated_default(app: Callable[..., AppTest]) -> None:
    shown = app("your_image")
    rendered = {key: shown.session_state[key] for key in DEFAULTS if key in shown.session_state}
    assert rendered == {key: DEFAULTS[key] for key in rendered}
    assert set(DEFAULTS) - set(rendered) == {"patch", "num_heads", "head_dim", "seed"}, "of untrained models"


def test_a_control_that_was_away_comes_back_as_it_was(app: Callable[..., AppTest]) -> None:
    shown = app("your_image", across="8")
    shown.button_group(key="model").set_value("raw-patches").run()
    shown.slider(key="patch").set_value(24).run()
    shown.button_group(key="model").set_value("dinov2-small").run()
    assert "Patch size (px)" not in {slider.label for slider in shown.slider}
    shown.button_group(key="model").set_value("raw-patches").run()
    assert shown.slider(key="patch").value == 24


def test_detail_is_one_of_three_sizes_or_a_number_of_ones_own(app: Callable[..., AppTest]) -> None:
    shown = app("your_image")
    detail = shown.button_group(key="detail")
    assert detail.value == "normal"
    detail.set_value("coarse").run()
    assert shown.slider(key="across").value == 18 and shown.query_params["across"] in ("18", ["18"])
    shown.slider(key="across").set_value(9).run()
    assert shown.button_group(key="detail").value == "own"
    said = [caption.value for caption in shown.caption]
    assert (
        "9 × 9 patches of 14 × 14 px. The model was trained on 37 × 37. Its position embeddings are interpolated. Numbers far "
        "from 37 are less familiar to the model." in said
    )


def menu_of_detail(shown: AppTest) -> str:
    (menu,) = (block.popover.label for block in blocks(shown) if block.popover.label.startswith("Detail"))
    return str(menu)


def blocks(shown: AppTest) -> Iterator[Any]:
    """Those of the page's containers that are popovers."""
    waiting: list[Any] = [shown.main]
    while waiting:
        block = waiting.pop()
        waiting += list(getattr(block, "children", {}).values())
        if getattr(block, "proto", None) is not None and hasattr(block.proto, "popover") and block.proto.HasField("popover"):
            yield block.proto


@pytest.mark.parametrize(("link", "says"), [({}, "normal"), ({"across": "18"}, "coarse"), ({"across": "9"}, "own")])
def test_the_menu_of_detail_says_what_it_is(app: Callable[..., AppTest], link: dict[str, str], says: str) -> None:
    shown = app("your_image", **link)
    assert menu_of_detail(shown) == f"Detail: {says}" and shown.button_group(key="detail").value == says
    shown.slider(key="across").set_value(63).run()
    assert menu_of_detail(shown) == "Detail: fine"
    shown.slider(key="across").set_value(10).run()
    assert menu_of_detail(shown) == "Detail: own"


def test_an_upload_becomes_the_picture_and_leaves_nothing_on_disk(
    app: Callable[..., AppTest], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = app("your_image")
    buffer = io.BytesIO()
    Image.effect_mandelbrot((240, 120), (-2, -1, 1, 1), 50).save(buffer, "PNG")
    scratch = tmp_path_factory.mktemp("scratch")
    monkeypatch.setenv("TMPDIR", str(scratch))
    shown.file_uploader(key="upload").upload("fractal.png", buffer.getvalue(), "image/png").run()
    assert not shown.exception and not shown.error
    assert shown.session_state["picture"] == "yours"
    assert shown.session_state["uploaded"].image.size == (240, 120)
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("name", BAD_IMAGES)
def test_a_bad_file_gets_one_sentence_and_the_picture_stays(app: Callable[..., AppTest], name: str) -> None:
    data, expected = BAD_IMAGES[name]
    shown = app("your_image", picture="Cat", across="8")
    shown.file_uploader(key="upload").upload("bad.png", data, "image/png").run()
    assert not shown.exception
    (error,) = shown.error
    assert expected in error.value
    assert error.value.endswith("The picture on screen stays.")
    assert shown.session_state["picture"] == "cat"


def test_a_pin_outside_the_grid_is_dropped(app: Callable[..., AppTest]) -> None:
    assert not app("your_image", pin="900,900").exception


@pytest.mark.parametrize(
    ("patching", "step", "note"),
    [
        ("trained", 14, ""),
        ("overlapping", 7, "Overlapping patches"),
        ("small", 8, "Patches of 8 × 8 px"),
        ("large", 20, "Patches of 20"),
    ],
)
def test_patches_may_overlap_or_have_another_size_and_the_page_says_what_that_means(
    app: Callable[..., AppTest], patching: str, step: int, note: str
) -> None:
    shown = app("your_image", across="12")
    shown.session_state["tab"] = "How to read it"
    shown.button_group(key="patching").set_value(patching).run()
    assert not shown.exception and not shown.error
    (canvas,) = (item for item in shown.get("bidi_component") if item.proto.component_name == "regard_explorer")
    assert json.loads(canvas.proto.json)["grid"] == {"rows": 12, "cols": 12}
    written = " ".join(item.value for item in shown.markdown)
    assert (note in written) if note else ("Overlapping patches:" not in written)
