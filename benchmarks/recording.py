"""What recording costs: a pass of DINOv2-small recorded as the app does it, q and k kept, over a plain one."""

from __future__ import annotations

import torch

from attention_core import AttentionRecord, load_model, record_attention
from benchmarks.figure import Figure, alternating_ratio

ROUNDS = {16: 61, 37: 31}
"""Patches across a square picture, and how often each pair is timed."""
LIMITS = {16: 1.10, 37: 1.07}


def figures() -> list[Figure]:
    model = load_model("dinov2-small", device="cpu")
    found = []
    for across, rounds in ROUNDS.items():
        pixels = torch.randn(1, 3, across * 14, across * 14, generator=torch.Generator().manual_seed(0))

        def plain(pixels: torch.Tensor = pixels) -> None:
            with torch.inference_mode():
                model.module(pixels)

        def recorded(pixels: torch.Tensor = pixels) -> AttentionRecord:
            with torch.inference_mode(), record_attention(keep_v=False) as record:
                model.module(pixels)
            return record

        ratio = alternating_ratio(recorded, plain, rounds)
        found.append(Figure(f"Recorded pass / plain pass, DINOv2-small, {across**2:,} patches", ratio, LIMITS[across]))
    return found


if __name__ == "__main__":
    print(*(figure.row() for figure in figures()), sep="\n")
