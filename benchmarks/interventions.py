"""Cost of running a model again with heads switched off, against plain passes: one process, alternating runs, medians."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from functools import cache

import timm
import torch
from PIL import Image

from attention_core import VisionModel
from attention_core.interventions.change import change
from attention_core.interventions.edits import Edit
from attention_core.interventions.effects import every_effect
from attention_core.interventions.outcome import Outcome, run
from attention_core.models.timm_models import as_vision_model
from benchmarks.figure import Figure, alternating_ratio, seconds

PATCH = 14
SIDES, SHORT = (37, 16), (18, 8)
"""Patches across a square picture, for one edit and for all heads' effects."""
ROUNDS = 9
LAYER = 6
ALLOWANCE = 0.15
"""Seconds above a plain pass within which an edit must appear."""
EDITED = ((Edit(LAYER, (3,)),), (Edit(LAYER, (2,), "temperature", 0.5),), (Edit(LAYER, (1,), "inside", box=(9, 9, 8, 8)),))


@cache
def model() -> VisionModel:
    torch.manual_seed(0)
    sizes = {"patch_size": PATCH, "img_size": SIDES[0] * PATCH, "num_classes": 0, "init_values": 1e-5}
    module = timm.create_model("vit_small_patch14_dinov2", **sizes, dynamic_img_size=True).eval().requires_grad_(False)
    return as_vision_model(module, "ViT-S/14", "ViT-S/14", source="random", licence="MIT")


@cache
def base(across: int) -> Outcome:
    picture = Image.effect_noise((across * PATCH, across * PATCH), 60).convert("RGB")
    return run(model(), picture, across)


def plain(across: int) -> None:
    with torch.inference_mode():
        model().module(base(across).pixels)


def figures(short: bool = False) -> Iterator[Figure]:
    side, few = SHORT if short else SIDES
    one = _one_edit(side, 1 if short else ROUNDS)
    yield Figure(f"One edit shown, layer 6 of 12 / plain pass + 150 ms, {side**2:,} patches", one, 1.0)
    passes = (lambda: every_effect(model(), base(few)), lambda: [plain(few) for _ in range(72)])
    effects = alternating_ratio(*passes, 1 if short else 3)
    yield Figure(f"All 72 heads' effects / 72 plain passes, {few**2:,} patches", effects, 0.6)


def _one_edit(side: int, rounds: int) -> float:
    """Return the slowest of several kinds of edits, each with its change of the output."""

    def shown(edits: tuple[Edit, ...]) -> None:
        before = base(side)
        change(model(), before, run(model(), Image.new("RGB", (1, 1)), None, edits, before))

    plain(side)
    worst = []
    for edits in EDITED:
        shown(edits)
        ratios = [seconds(lambda edits=edits: shown(edits)) / (seconds(lambda: plain(side)) + ALLOWANCE) for _ in range(rounds)]
        worst.append(statistics.median(ratios))
    return max(worst)
