"""A server that offers less: what pages then show, and what links cannot get past."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from attention_core.settings import SettingsError
from tests.ui.pages import run_page
from ui import jobs, warming
from ui.explorer.hub_models import Wanted, refusal
from ui.offers import offered_models, opening_model
from ui.shared.kept import store


def models(app: AppTest, key: str = "model") -> list[str]:
    return list(next(item for item in app.get("button_group") if item.key == key).options)


def uploaders(app: AppTest) -> list[str]:
    return [item.key for item in app.file_uploader]


def said(app: AppTest) -> str:
    return " ".join(item.value for item in [*app.markdown, *app.warning, *app.info])


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGARD_MODELS", "raw-patches")
    monkeypatch.setenv("REGARD_HUB", "no")
    monkeypatch.setenv("REGARD_OWN_WEIGHTS", "no")


def test_weights_may_have_as_many_megabytes_as_the_server_lets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGARD_WEIGHTS_MEGABYTES", "20")
    app = run_page("your_image", across="8", model="From the hub")
    assert app.file_uploader(key="own-weights").proto.max_upload_size_mb == 20


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("link", [{}, {"model": "From the hub", "hub": "dino-s16"}, {"model": "DINOv2-small"}])
def test_a_page_opens_with_what_there_is_whatever_its_link_says(link: dict[str, str]) -> None:
    app = run_page("your_image", across="8", **link)
    assert models(app) == ["Raw patches"] and not app.exception and uploaders(app) == ["upload"]
    assert "hub" not in said(app)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("page", ["start", "compare", "what_if"])
def test_other_pages_take_another_model_too(page: str) -> None:
    app = run_page(page)
    assert not app.exception


@pytest.mark.usefixtures("few")
def test_reset_and_examples_stay_within_it() -> None:
    app = run_page("your_image", across="8")
    next(item for item in app.button if item.label == "Reset").click().run()
    assert not app.exception and models(app) == ["Raw patches"]
    compare = run_page("compare")
    assert not [item.label for item in compare.button if item.label in ("Two models", "Original · fine-tuned")]


def test_without_the_hub_weights_of_ones_own_are_still_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGARD_HUB", "no")
    link = {"model": "Your own weights", "picture": "Cat", "across": "8"}
    app = run_page("your_image", **link, hub="DINO ViT-S/16")
    assert "loads no models from the hub" in said(app) and "load-model" not in {item.key for item in app.button}
    app.file_uploader(key="own-weights").upload("mine.safetensors", save({"norm.weight": torch.ones(3)}), "").run()
    assert "load-model" in {item.key for item in app.button}
    assert "this server does not use the hub" in refusal(Wanted("somebody/model", b"weights"))


def test_without_weights_of_ones_own_the_hub_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGARD_OWN_WEIGHTS", "no")
    app = run_page("your_image", model="From the hub", hub="DINO ViT-S/16", picture="Cat", across="8")
    assert uploaders(app) == ["upload"] and "load-model" in {item.key for item in app.button}


def test_a_name_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGARD_MODELS", "raw-patches,resnet")
    with pytest.raises(SettingsError, match=r"REGARD_MODELS names 'resnet'\. Known models: dinov2-small"):
        offered_models()


def test_a_page_opens_with_its_usual_model_where_that_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert opening_model("dinov2-small") == "dinov2-small"
    monkeypatch.setenv("REGARD_MODELS", "random-heads,raw-patches")
    assert opening_model("dinov2-small") == "random-heads"


def test_what_is_warmed_is_what_the_page_opens_with(monkeypatch: pytest.MonkeyPatch) -> None:
    store().forget(lambda _: True)
    warming.warm("dinov2-small")
    monkeypatch.setattr(jobs, "made", lambda name, *_: pytest.fail(f"{name} was to be made yet"))
    assert not run_page("your_image").exception
