"""How far heads moved: the planted one first, the way to it, and why there is sometimes no table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from attention_core import load_model
from tests.ui.compare.pages import MOVED_HEAD, MOVED_LAYER, asked, data, opened, planted
from tests.ui.pages import sent
from ui import caches, keeping
from ui.compare.movement import why_not
from ui.recording import Recording, make_recording
from ui.shared.kept import store

NAME, TITLE = "dino-s16", "DINO ViT-S/16"
OWN = save({"norm.weight": torch.ones(3)})
DIGEST = hashlib.sha256(OWN).hexdigest()[:32]
HUB = {"left-model": "From the hub", "right-model": "From the hub", "left-hub": TITLE, "right-hub": TITLE}


@pytest.fixture(scope="module", autouse=True)
def loaded() -> Iterator[None]:
    original, tuned = planted()
    keeping.keep_hub_model(NAME, "", replace(original, name=NAME, title="original"))
    keeping.keep_hub_model(NAME, DIGEST, replace(tuned, name=NAME, title="tuned"))
    yield
    store().forget(lambda _: True)


def tuned() -> AppTest:
    page = opened(**HUB | {"right-picture": "Astronaut"})
    return page.file_uploader(key="right-own-weights").upload("mine.safetensors", OWN, "").run()


def test_the_planted_head_is_the_farthest_of_its_layer_and_none_before_it_moved() -> None:
    page = tuned()
    assert [side["model"] for side in data(page)["sides"]] == ["original", "tuned"] and not data(page)["oneSpace"]
    assert sent(page, "regard_moved") == [{"key": "compare", "turn": sent(page, "regard_moved")[0]["turn"]}]
    layers = asked("movement", data(page))[0]["layers"]
    assert all(max(layer["heads"]) < 1e-6 and layer["alike"] > 1 - 1e-6 for layer in layers[:MOVED_LAYER])
    heads = [(value, layer["layer"], head) for layer in layers for head, value in enumerate(layer["heads"])]
    assert max(heads)[1:] == (MOVED_LAYER, MOVED_HEAD)
    assert layers[MOVED_LAYER]["alike"] < 1 - 1e-4


def test_weights_of_ones_own_change_places_too() -> None:
    page = tuned()
    next(button for button in page.button if button.label == "Swap").click().run()
    assert [side["model"] for side in data(page)["sides"]] == ["tuned", "original"] and not page.info
    next(button for button in page.button if button.label == "Swap").click().run()
    assert [side["model"] for side in data(page)["sides"]] == ["original", "tuned"] and not page.info


def recorded(name: str, model: str = "dinov2-small", across: int = 8, **options: int) -> Recording:
    key = f"{name}/{model}/{across}/{options}"
    return make_recording(key, caches.photograph(name), load_model(model, **options), across, features=True)


def test_where_there_is_no_table_a_sentence_says_why() -> None:
    cat = recorded("cat")
    assert "Choose the same picture" in why_not(cat, recorded("coffee"))
    assert "nothing moved" in why_not(cat, cat)
    assert "same patches" in why_not(cat, recorded("cat", across=9))
    assert "12 layers on the left, 1 on the right" in why_not(cat, recorded("cat", "raw-patches", patch_size=16))
    heads = [recorded("cat", "random-heads", patch_size=16, num_heads=count) for count in (2, 3)]
    assert "2 heads on the left, 3 on the right" in why_not(*heads)
    seeds = [recorded("cat", "random-heads", patch_size=16, seed=seed) for seed in (0, 1)]
    assert why_not(*seeds) == ""
