"""Links that name weights of one's own: what is said and shown where these are not here, and what the link keeps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from attention_core import load_model
from tests.ui.pages import run_page
from ui import keeping
from ui.shared.kept import store

NAME, TITLE = "dino-s16", "DINO ViT-S/16"
OWN, OTHERS = save({"norm.weight": torch.ones(3)}), save({"norm.weight": torch.zeros(3)})
DIGESTS = {data: hashlib.sha256(data).hexdigest()[:32] for data in (OWN, OTHERS)}
LINK = {"hub": TITLE, "weights": DIGESTS[OWN][:8], "pin": "3,2", "heads": "1"}


@pytest.fixture(autouse=True)
def loaded() -> Iterator[None]:
    """That the models can be loaded, and how, is what other tests are about: here they are there, the hub's own too."""
    for title, digest in {"of the hub": "", "with OWN": DIGESTS[OWN], "with OTHERS": DIGESTS[OTHERS]}.items():
        keeping.keep_hub_model(NAME, digest, replace(load_model("random-heads", num_heads=4), name=NAME, title=title))
    yield
    store().forget(lambda _: True)


def opened(**link: str) -> AppTest:
    return run_page("your_image", model="From the hub", picture="Cat", across="8", **link)


def give(app: AppTest, data: bytes) -> AppTest:
    return app.file_uploader(key="own-weights").upload("mine.safetensors", data, "").run()


def shown(app: AppTest) -> dict[str, Any]:
    (data,) = (
        json.loads(item.proto.json) for item in app.get("bidi_component") if item.proto.component_name == "regard_explorer"
    )
    return data


def released(app: AppTest) -> set[str]:
    """The settings that the browser is to let go of, after it has followed the link."""
    first, *later = shown(app)["orders"]["given"]
    assert first["link"] == {"scale": "Robust"} | {name: LINK[name] for name in ("pin", "heads")}
    return {name for order in later for name, value in order["settings"].items() if value is None}


def of_link(app: AppTest, name: str) -> str | None:
    value = app.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def test_weights_that_are_shown_are_named_in_the_link() -> None:
    app = opened(hub=TITLE)
    assert (shown(app)["model"], of_link(app, "weights")) == ("of the hub", None)
    give(app, OWN)
    assert (shown(app)["model"], of_link(app, "weights")) == ("with OWN", DIGESTS[OWN][:8])
    app.button_group(key="model").set_value("raw-patches").run()
    assert of_link(app, "weights") is None
    app.button_group(key="model").set_value("hub").run()
    assert (shown(app)["model"], of_link(app, "weights")) == ("with OWN", DIGESTS[OWN][:8]), "they are still on the server"
    assert not app.info and not app.exception


def test_a_link_to_weights_that_are_not_here_says_so_and_shows_no_others_as_if_they_were_those() -> None:
    app = opened(**LINK)
    (info,) = app.info
    assert info.value.startswith(f"This link belongs to somebody's own weights of {TITLE} ({DIGESTS[OWN][:8]}…)")
    assert "This page shows DINOv2-small instead. The link's patch and heads are ignored." in info.value
    assert shown(app)["model"] == "DINOv2-small" and shown(app)["standsIn"]
    assert {name: of_link(app, name) for name in LINK} == LINK


def test_the_file_brings_model_patch_and_heads_of_the_link_back() -> None:
    app = give(opened(**LINK), OWN)
    assert shown(app)["model"] == "with OWN" and not shown(app)["standsIn"] and not app.info
    assert not released(app)


def test_other_weights_take_the_links_place_without_its_patch_and_heads() -> None:
    app = give(opened(**LINK), OTHERS)
    assert (shown(app)["model"], of_link(app, "weights")) == ("with OTHERS", DIGESTS[OTHERS][:8])
    assert {"pin", "heads"} <= released(app)


def test_the_hubs_own_weights_can_be_chosen_instead() -> None:
    app = opened(**LINK)
    next(button for button in app.button if button.label == "Use the hub's weights").click().run()
    assert (shown(app)["model"], of_link(app, "weights")) == ("of the hub", None)
    assert {"pin", "heads"} <= released(app) and not app.info


def test_a_file_that_is_taken_away_takes_its_weights_along() -> None:
    app = give(opened(hub=TITLE), OWN)
    app.file_uploader(key="own-weights").set_value(None).run()
    assert (shown(app)["model"], of_link(app, "weights")) == ("of the hub", None)


@pytest.mark.parametrize("nonsense", ["Softmax", "1a2b", "../../etc", "G" * 8, ""])
def test_what_is_no_digest_asks_for_nothing(nonsense: str) -> None:
    app = opened(hub=TITLE, weights=nonsense)
    assert shown(app)["model"] == "of the hub" and not app.info and not app.exception
