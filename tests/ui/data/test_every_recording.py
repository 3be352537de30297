"""Every kind of data of every kind of recording: numbers, or 400 and a sentence where the recording lacks what it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import numpy as np
import pytest
import timm
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from attention_core import VisionModel
from attention_core.export.attention_map import MAP_FORMATS
from attention_core.export.view_settings import ViewSettings
from attention_core.models.timm_models import as_vision_model
from tests.atlas.models import of_timm, swin, vit
from tests.browser.leased import leased
from tests.ui.data.asking import RANDOM, Reader, opened, reader
from tests.ui.data.test_hostile_requests import ANYTHING, NUMBERS, VALID, WHOLE, WORDS, is_refused
from ui import caches
from ui.data.depth import FUSIONS
from ui.data.files import LIVE
from ui.data.layers import FEATURES
from ui.recording import make_recording

KNOWN: Final = some.sampled_from(["outgoing", "incoming", *FEATURES, *FUSIONS, *MAP_FORMATS, *LIVE])
"""Words that some kind takes."""
VALUES: Final = (
    some.booleans()
    | some.integers(0, 70)
    | some.floats(0, 4)
    | some.lists(some.integers(0, 12), min_size=1, max_size=4)
    | some.sampled_from(
        ["layer", "rollout", "mean", "max", "patch", "prefix", "incoming", "box", "entropy", "query", "outside"]
    )
)
"""Values that some setting of a view takes."""


def rotary() -> VisionModel:
    torch.manual_seed(0)
    module = timm.create_model("vit_small_patch16_dinov3", pretrained=False, depth=2).eval()
    return as_vision_model(module, "rotary", "Rotary positions", source="none", licence="none")


def of(model: Callable[[], VisionModel], features: bool = False) -> Callable[[], Reader]:
    """Return a function that makes a reader of a model without learned weights."""

    def made() -> Reader:
        built = model()
        key = f"{built.name}/{features}"
        shown = leased(make_recording(key, caches.photograph("coffee"), built, built.default_across, features=features))
        assert shown.recipe is not None
        return Reader(shown, shown.recipe)

    return made


RECORDINGS: Final[Mapping[str, Callable[[], Reader]]] = {
    "plain": of(vit),
    "plain, with features": of(vit, features=True),
    "without a class token": of(lambda: vit(class_token=False)),
    "windows": of(swin, features=True),
    "coarser keys": of(lambda: of_timm("pvt_v2_b0", depths=(1,) * 4), features=True),
    "explicit softmax": of(lambda: of_timm("levit_128s"), features=True),
    "rotary": of(rotary),
    "one layer": lambda: reader("random-heads", options=RANDOM),
    "one head": lambda: reader("raw-patches"),
    "large": lambda: reader("raw-patches", 66, (("patch_size", 8),)),
}


@pytest.fixture(scope="module", params=RECORDINGS)
def asking(request: pytest.FixtureRequest) -> Iterator[Reader]:
    yield RECORDINGS[request.param]()


def test_features_out_of_the_range_of_16_bits_are_clamped() -> None:
    asking = of(lambda: of_timm("levit_128s"), features=True)()
    largest = torch.finfo(torch.float16).max
    for layer in range(len(asking.made.layers)):
        answer = asking.fetch("features", layer=layer, kind="raw")
        if answer.status_code == 200:
            values = opened(answer.content)[1]["values"].view(np.float16)
            expected = asking.made.feature_map(layer, "raw").patches.clamp(-largest, largest).flatten()
            np.testing.assert_allclose(values, expected.numpy(), rtol=1e-3, atol=1e-6)


def said(asking: Reader, kind: str, body: dict[str, Any]) -> str:
    """Return the fault of an answer; "" for numbers, and for a refusal in a sentence."""
    answer = asking.fetch(kind, **body)
    return "" if answer.status_code == 200 or is_refused(answer) else answer.text


def test_every_layer_has_its_numbers_or_a_sentence(asking: Reader, fault_lines: list[str]) -> None:
    for layer in range(len(asking.made.layers)):
        for kind, body in VALID.items():
            for word in FEATURES if kind == "features" else ("",):
                more = {"layer": layer, "head": 0, "kind": word}
                changed = body | {name: value for name, value in more.items() if name in body}
                assert said(asking, kind, changed) == "", (kind, changed)
    assert not fault_lines


@given(
    kind=some.sampled_from(sorted(VALID)),
    changes=some.fixed_dictionaries(
        {},
        optional={name: some.integers(-1, 70) | ANYTHING for name in WHOLE}
        | {name: some.floats(0, 4) | ANYTHING for name in NUMBERS}
        | dict.fromkeys(WORDS, KNOWN | ANYTHING),
    ),
    view=some.none() | some.dictionaries(some.sampled_from(sorted(ViewSettings().for_explorer())), VALUES) | ANYTHING,
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_of_it(
    asking: Reader, fault_lines: list[str], kind: str, changes: dict[str, Any], view: object
) -> None:
    body = VALID[kind] | changes | {"view": view}
    assert said(asking, kind, body) == "" and not fault_lines
