"""What it costs to run a model again with heads switched off, against plain passes: one process, alternating runs, medians."""

from __future__ import annotations

import statistics
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
SIDE, FEW = 37, 16
"""Patches across a square picture: 1,369 and 256 patches."""
LAYER = 6
ALLOWANCE = 0.15
"""Seconds besides a plain pass in which an edit is shown."""
EDITED = ((Edit(LAYER, (3,)),), (Edit(LAYER, (2,), "temperature", 0.5),), (Edit(LAYER, (1,), "inside", box=(9, 9, 8, 8)),))


@cache
def model() -> VisionModel:
    torch.manual_seed(0)
    sizes = {"patch_size": PATCH, "img_size": SIDE * PATCH, "num_classes": 0, "init_values": 1e-5}
    module = timm.create_model("vit_small_patch14_dinov2", **sizes, dynamic_img_size=True).eval().requires_grad_(False)
    return as_vision_model(module, "ViT-S/14", "ViT-S/14", source="random", licence="MIT")


@cache
def base(across: int) -> Outcome:
    picture = Image.effect_noise((across * PATCH, across * PATCH), 60).convert("RGB")
    return run(model(), picture, across)


def plain(across: int) -> None:
    with torch.inference_mode():
        model().module(base(across).pixels)


def figures() -> list[Figure]:
    effects = alternating_ratio(lambda: every_effect(model(), base(FEW)), lambda: [plain(FEW) for _ in range(72)], 3)
    return [
        Figure("One edit shown, layer 6 of 12 / plain pass + 150 ms, 1,369 patches", _one_edit(), 1.0),
        Figure("All 72 heads' effects / 72 plain passes, 256 patches", effects, 0.6),
    ]


def _one_edit(rounds: int = 9) -> float:
    """The worst of several kinds, each with what it moved."""

    def shown(edits: tuple[Edit, ...]) -> None:
        before = base(SIDE)
        change(model(), before, run(model(), Image.new("RGB", (1, 1)), None, edits, before))

    plain(SIDE)
    worst = []
    for edits in EDITED:
        shown(edits)
        ratios = [seconds(lambda edits=edits: shown(edits)) / (seconds(lambda: plain(SIDE)) + ALLOWANCE) for _ in range(rounds)]
        worst.append(statistics.median(ratios))
    return max(worst)


if __name__ == "__main__":
    print(*(figure.row() for figure in figures()), sep="\n")
