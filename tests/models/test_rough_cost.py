"""What cannot fit is refused before it is begun, in one sentence."""

from __future__ import annotations

import re

import pytest
from PIL import Image

from attention_core import load_model
from attention_core.models import rough_cost
from attention_core.models.cost import LARGE_PATCHES, TooLargeError
from tests.models.conftest import Hub, kept, refused

SIDE = 37


@pytest.mark.nightly
def test_a_pass_is_refused_where_less_is_free_than_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    model = load_model("dinov2-small")
    image, ran = Image.new("RGB", (SIDE, SIDE), "grey"), []
    needed = model.cost.at(SIDE**2 + 1).peak
    assert SIDE**2 < LARGE_PATCHES
    hook = model.module.register_forward_pre_hook(lambda *_: ran.append(1))
    monkeypatch.setattr(rough_cost, "free_bytes", lambda _: round(0.9 * needed))
    with pytest.raises(TooLargeError) as caught:
        model.record(image, SIDE)
    assert re.fullmatch(
        r"37 × 37 patches of DINOv2-small take about \d+ MB of memory, and \d+ MB are free: .+\.", str(caught.value)
    )
    assert caught.value.across is None and not ran
    monkeypatch.setattr(rough_cost, "free_bytes", lambda _: round(1.3 * needed))
    model.record(image, SIDE)
    assert ran
    hook.remove()


def test_weights_are_refused_before_they_are_fetched(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add_tiny()
    monkeypatch.setattr(rough_cost, "available_bytes", lambda: 1000)
    assert "tests/tiny takes about" in refused() and kept() == []
    assert not any(line.endswith("model.safetensors") for line in hub.gets())
