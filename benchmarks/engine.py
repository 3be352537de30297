"""What rows, rollouts and recordings of large images cost, against what other tools do: one process, alternating runs, medians.

The peers: transformers with output_attentions=True (its eager attention), timm with its fused attention off and a hook on every
softmax, and rollout as a product of whole matrices. All run ViT-S: 12 layers, 6 heads, width 384, seeded random weights.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import timm
import torch
from torch import Tensor, nn

from attention_core import AttentionRecord, record_attention
from benchmarks.figure import Figure, alternating_ratio, seconds
from benchmarks.memory import in_fresh_process, peak_over_base
from benchmarks.plot import draw

PATCH = 16
SIDES = (14, 28, 56)
"""Patches across a square picture: 196, 784 and 3,136 patches."""
ROUNDS = {14: 101, 28: 31, 56: 9}
"""More of the shorter, whose single runs swing more."""
LARGEST = 56
LIMITS = {14: 1.10, 28: 1.07, 56: 1.07}
REFERENCES = 28
"""Patches across at which the model's own tensors are kept, values too, instead of copies."""


@cache
def model(fused: bool = True) -> nn.Module:
    torch.manual_seed(0)
    built = timm.create_model("vit_small_patch16_224", dynamic_img_size=True, num_classes=0).eval().requires_grad_(False)
    for block in built.blocks:
        block.attn.fused_attn = fused
    return built


@cache
def peer() -> nn.Module:
    from transformers import ViTConfig, ViTModel

    size = {"hidden_size": 384, "num_hidden_layers": 12, "num_attention_heads": 6, "intermediate_size": 1536}
    config = ViTConfig(**size, image_size=LARGEST * PATCH, patch_size=PATCH, attn_implementation="eager")
    return ViTModel(config, add_pooling_layer=False).eval().requires_grad_(False)


def pixels(side: int) -> Tensor:
    return torch.randn(1, 3, side * PATCH, side * PATCH, generator=torch.Generator().manual_seed(0))


def plain(side: int) -> Callable[[], object]:
    image = pixels(side)

    def run() -> object:
        with torch.inference_mode():
            return model()(image)

    return run


def recorded(side: int, **options: Any) -> Callable[[], AttentionRecord]:
    image, options = pixels(side), {"keep_v": False, **options}

    def run() -> AttentionRecord:
        with torch.inference_mode(), record_attention(**options) as record:
            model()(image)
        return record

    return run


def with_transformers(side: int) -> Callable[[], object]:
    image = pixels(side)

    def run() -> object:
        with torch.inference_mode():
            return peer()(image, output_attentions=True, interpolate_pos_encoding=True).attentions

    return run


def with_hooks(side: int) -> Callable[[], list[Tensor]]:
    image = pixels(side)

    def run() -> list[Tensor]:
        kept: list[Tensor] = []
        hooks = [
            block.attn.attn_drop.register_forward_hook(lambda _m, _i, out: kept.append(out)) for block in model(False).blocks
        ]
        with torch.inference_mode():
            model(False)(image)
        for hook in hooks:
            hook.remove()
        return kept

    return run


def plain_rollout(matrices: list[Tensor], query: int) -> Tensor:
    """As usually written: identity and mean matrix mixed, normalised, and multiplied whole."""
    product = torch.eye(matrices[0].shape[-1])
    for weights in matrices:
        mixed = 0.5 * weights[0].mean(0) + 0.5 * torch.eye(weights.shape[-1])
        product = mixed / mixed.sum(-1, keepdim=True) @ product
    return product[query]


PEERS = {"Regard": "recorded", "transformers, output_attentions": "transformers", "timm, hooks, not fused": "hooks"}
PEAKS = {"recorded": recorded, "transformers": with_transformers, "hooks": with_hooks}


def figures() -> list[Figure]:
    """All of them, and docs/peers.svg with what the peers took."""
    memory = {name: in_fresh_process("benchmarks.engine", action) for name, action in PEERS.items()}
    passes = {side: alternating_ratio(recorded(side), plain(side), ROUNDS[side]) for side in SIDES}
    with_references = alternating_ratio(recorded(REFERENCES, keep_v=True, copy=False), plain(REFERENCES), ROUNDS[REFERENCES])
    rolled = _rollout()
    time = {"Regard": passes[LARGEST]} | {
        name: alternating_ratio(PEAKS[action](LARGEST), plain(LARGEST), 3) for name, action in list(PEERS.items())[1:]
    }
    whole = with_hooks(LARGEST)
    slow = alternating_ratio(lambda: plain_rollout(whole(), LARGEST), plain(LARGEST), 3)
    draw(memory, time, {"Regard": passes[LARGEST] + rolled[1].value, "whole matrices": slow})
    peak_ratio = memory["Regard"] / memory["transformers, output_attentions"]
    return [
        *(Figure(f"Recorded pass / plain pass, ViT-S, {side**2:,} patches", passes[side], LIMITS[side]) for side in SIDES),
        Figure(f"The same with references, values kept, {REFERENCES**2:,} patches", with_references, 1.03),
        Figure(f"Peak memory, recorded / transformers with output_attentions, {LARGEST**2:,} patches", peak_ratio, 0.10),
        *_rows(),
        *rolled,
    ]


def peak(action: str) -> float:
    """Megabytes, after a small pass of the same kind."""
    if action == "rollout":
        recorded(14)().rollout(7)
        record = recorded(LARGEST)()
        return peak_over_base(lambda: record.rollout(record.layers[0].num_queries // 2))
    make = PEAKS[action]
    make(14)()
    return peak_over_base(make(LARGEST))


def _rows() -> list[Figure]:
    layer, pass_784 = recorded(28)().layers[6], plain(28)
    pass_784()
    row = statistics.median(seconds(lambda: [layer.rows([at]) for at in range(0, 700, 7)]) / 100 for _ in range(15))
    whole = statistics.median(seconds(pass_784) for _ in range(15))
    large = recorded(112)().layers[6]
    ratios = []
    for _ in range(31):
        small = seconds(lambda: [layer.rows([at]) for at in range(0, 700, 35)]) / 20
        ratios.append(seconds(lambda: [large.rows([at]) for at in range(0, 12_000, 600)]) / 20 / small)
    growth = statistics.median(ratios) / (large.num_keys / layer.num_keys)
    return [
        Figure("One row, all heads, one layer / plain pass, 784 patches", row / whole, 0.001),
        Figure("Growth of a row from 784 to 12,544 patches / growth of their number", growth, 1.2),
    ]


def _rollout() -> list[Figure]:
    record = recorded(LARGEST)()
    query = record.layers[0].num_queries // 2
    memory = in_fresh_process("benchmarks.engine", "rollout")
    ratio = alternating_ratio(lambda: record.rollout(query), plain(LARGEST), 5)
    return [
        Figure(f"Rollout of one query, {LARGEST**2:,} patches: extra peak memory", memory, 100, "MB"),
        Figure(f"Rollout of one query / plain pass, {LARGEST**2:,} patches", ratio, 3),
    ]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(print(peak(sys.argv[1])))
    print(*(figure.row() for figure in figures()), sep="\n")
