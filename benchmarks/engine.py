"""Cost of rows, rollouts and recordings of large images against other tools: one process, alternating runs, medians.

The peers: transformers with output_attentions=True (its eager attention), timm with its fused attention off and a hook
on every softmax, and rollout as a product of whole matrices. All run ViT-S: 12 layers, 6 heads, width 384, seeded
random weights.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import timm
import torch
from torch import Tensor, nn

from attention_core import AttentionRecord, record_attention
from benchmarks.figure import Figure, alternating_ratio, seconds
from benchmarks.memory import in_fresh_process, peak_over_base
from benchmarks.plot import SVG, draw

PATCH = 16
ROUNDS = {14: 101, 28: 31, 56: 9}
"""Rounds by patches across a square picture. Shorter passes have more rounds, because their single runs vary more."""
SHORT = {14: 2, 28: 1}
LIMITS = {14: 1.10, 28: 1.07, 56: 1.07}
MEDIUM = 28
"""Patches across for two measurements: rows, and references to the model's own tensors (values included) in place of copies."""


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
    config = ViTConfig(**size, image_size=max(ROUNDS) * PATCH, patch_size=PATCH, attn_implementation="eager")
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
    """Return the rollout as usually written: identity and mean matrix mixed, normalised, and multiplied whole."""
    product = torch.eye(matrices[0].shape[-1])
    for weights in matrices:
        mixed = 0.5 * weights[0].mean(0) + 0.5 * torch.eye(weights.shape[-1])
        product = mixed / mixed.sum(-1, keepdim=True) @ product
    return product[query]


PEERS = {"Regard": "recorded", "transformers, output_attentions": "transformers", "timm, hooks, not fused": "hooks"}
PEAKS = {"recorded": recorded, "transformers": with_transformers, "hooks": with_hooks}


def figures(short: bool = False) -> Iterator[Figure]:
    """Yield all figures, and draw what the peers took into docs/peers.svg."""
    rounds = SHORT if short else ROUNDS
    passes = {}
    for side in rounds:
        passes[side] = alternating_ratio(recorded(side), plain(side), rounds[side])
        yield Figure(f"Recorded pass / plain pass, ViT-S, {side**2:,} patches", passes[side], LIMITS[side])
    references = alternating_ratio(recorded(MEDIUM, keep_v=True, copy=False), plain(MEDIUM), rounds[MEDIUM])
    yield Figure(f"The same with references, values kept, {MEDIUM**2:,} patches", references, 1.03)
    largest = max(rounds)
    memory = {name: in_fresh_process("benchmarks.engine", action, str(largest)) for name, action in PEERS.items()}
    peak_ratio = memory["Regard"] / memory["transformers, output_attentions"]
    yield Figure(f"Peak memory, recorded / transformers with output_attentions, {largest**2:,} patches", peak_ratio, 0.10)
    yield from _rows(40, 5) if short else _rows(112, 31)
    yield from (rolled := list(_rollout(largest, 1 if short else 5)))
    _draw(memory, passes[largest], rolled[1].value, largest, short)


def _draw(memory: dict[str, float], recorded: float, rolled: float, side: int, short: bool) -> None:
    """Measure the peers' passes, and draw them all. A short run does not write into docs/."""
    names = list(PEERS.items())[1:]
    time = {name: alternating_ratio(PEAKS[action](side), plain(side), 1 if short else 3) for name, action in names}
    whole = with_hooks(side)
    slow = alternating_ratio(lambda: plain_rollout(whole(), side), plain(side), 1 if short else 3)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / SVG.name if short else SVG
        draw(memory, {"Regard": recorded, **time}, {"Regard": recorded + rolled, "whole matrices": slow}, path)


def peak(action: str, side: int) -> float:
    """Return the peak in megabytes, after a small pass of the same kind."""
    if action == "rollout":
        recorded(14)().rollout(7)
        record = recorded(side)()
        return peak_over_base(lambda: record.rollout(record.layers[0].num_queries // 2))
    make = PEAKS[action]
    make(14)()
    return peak_over_base(make(side))


def _rows(side: int, rounds: int) -> Iterator[Figure]:
    """Yield the figures of rows. side: patches across the larger picture."""
    layer, pass_784 = recorded(MEDIUM)().layers[6], plain(MEDIUM)
    pass_784()
    row = statistics.median(seconds(lambda: [layer.rows([at]) for at in range(0, 700, 7)]) / 100 for _ in range(rounds))
    whole = statistics.median(seconds(pass_784) for _ in range(min(rounds, 15)))
    yield Figure("One row, all heads, one layer / plain pass, 784 patches", row / whole, 0.001)
    large = recorded(side)().layers[6]
    ratios = []
    for _ in range(rounds):
        small = seconds(lambda: [layer.rows([at]) for at in range(0, 700, 35)]) / 20
        ratios.append(seconds(lambda: [large.rows([at]) for at in range(0, side**2, side**2 // 20)]) / 20 / small)
    growth = statistics.median(ratios) / (large.num_keys / layer.num_keys)
    yield Figure(f"Growth of a row from 784 to {side**2:,} patches / growth of their number", growth, 1.2)


def _rollout(side: int, rounds: int) -> Iterator[Figure]:
    record = recorded(side)()
    query = record.layers[0].num_queries // 2
    memory = in_fresh_process("benchmarks.engine", "rollout", str(side))
    yield Figure(f"Rollout of one query, {side**2:,} patches: extra peak memory", memory, 100, "MB")
    ratio = alternating_ratio(lambda: record.rollout(query), plain(side), rounds)
    yield Figure(f"Rollout of one query / plain pass, {side**2:,} patches", ratio, 3)


if __name__ == "__main__":
    print(peak(sys.argv[1], int(sys.argv[2])))
