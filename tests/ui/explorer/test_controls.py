"""The controls of "Your image", without a browser: defaults, files, what is kept, and the link."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.images.bad_images import BAD_IMAGES
from tests.ui.pages import run_page
from ui.explorer.state import DEFAULTS, _moved


@pytest.fixture
def app() -> Callable[..., AppTest]:
    return run_page


def test_every_control_has_its_stated_default(app: Callable[..., AppTest]) -> None:
    shown = app("your_image")
    rendered = {key: shown.session_state[key] for key in DEFAULTS if key in shown.session_state}
    assert rendered == {key: DEFAULTS[key] for key in rendered}
    assert shown.slider(key="layer-of-12").value == DEFAULTS["layer"]
    assert set(DEFAULTS) - set(rendered) == {
        "layer",
        "patch",
        "num_heads",
        "head_dim",
        "seed",
        "fusion",
        "discard",
        "measure",
    }, "of untrained models, the rollout and the heads' numbers"


def test_a_control_that_was_away_comes_back_as_it_was(app: Callable[..., AppTest]) -> None:
    shown = app("your_image")
    shown.slider(key="layer-of-12").set_value(3).run()
    shown.button_group(key="model").set_value("raw-patches").run()
    assert "Layer" not in {slider.label for slider in shown.slider}
    shown.button_group(key="model").set_value("dinov2-small").run()
    assert shown.slider(key="layer-of-12").value == 3


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
    shown.button_group(key="patching").set_value(patching).run()
    assert not shown.exception and not shown.error
    (canvas,) = (item for item in shown.get("bidi_component") if item.proto.component_name == "regard_canvas")
    assert json.loads(canvas.proto.json)["grid"] == {"rows": 12, "cols": 12}
    written = " ".join(item.value for item in shown.markdown)
    assert (note in written) if note else ("Overlapping patches:" not in written)


def test_all_heads_stay_all_and_chosen_ones_stay_chosen(app: Callable[..., AppTest]) -> None:
    shown = app("your_image", model="Random heads", num_heads="3", across="8")
    assert shown.button_group(key="heads-of-3").value == [0, 1, 2]
    shown.number_input(key="num_heads").set_value(6).run()
    assert shown.button_group(key="heads-of-6").value == list(range(6)) and "heads" not in shown.query_params
    shown.button_group(key="heads-of-6").set_value([1, 4]).run()
    assert shown.query_params["heads"] in ("1,4", ["1,4"])
    shown.number_input(key="num_heads").set_value(5).run()
    assert shown.button_group(key="heads-of-5").value == [1, 4]
    shown.button_group(key="heads-of-5").set_value([]).run()
    assert any(caption.value.startswith("Runs on the CPU in float32. Weights: ") for caption in shown.caption)
    assert "No head is chosen: all are shown." in [caption.value for caption in shown.caption]
    next(button for button in shown.button if button.label == "Reset").click().run()
    assert "heads" not in shown.query_params and not shown.exception


def test_a_layer_that_the_model_lacks_is_said(app: Callable[..., AppTest]) -> None:
    said = "Layer 99 was asked for; this model's last is 11."
    assert said in [caption.value for caption in app("your_image", layer="99", across="8").caption]
    assert not [caption for caption in app("your_image", layer="11", across="8").caption if "asked for" in caption.value]


def test_a_link_names_heads_once_or_each(app: Callable[..., AppTest]) -> None:
    for heads in (["0", "2"], ["0,2"]):
        shown = app("your_image", model="Random heads", across="8", heads=heads)
        assert shown.button_group(key="heads-of-6").value == [0, 2]


def test_a_pin_keeps_its_place_in_the_picture_on_any_grid() -> None:
    for before, after in (((37, 37), (128, 128)), ((56, 56), (7, 7)), ((25, 37), (25, 37)), ((128, 60), (37, 17))):
        for place in ((0, 0), (before[0] - 1, before[1] - 1), (before[0] // 3, before[1] // 2)):
            row, col = _moved(place, before, after)
            assert 0 <= row < after[0] and 0 <= col < after[1]
            assert abs((row + 0.5) / after[0] - (place[0] + 0.5) / before[0]) <= 0.5 / after[0] + 1e-9
            if after[0] >= before[0]:
                assert _moved((row, col), after, before) == place, "there and back"
