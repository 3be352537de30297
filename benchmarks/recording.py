"""Cost of recording: a pass of DINOv2-small recorded as in the app, which keeps q and k, against a plain pass."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from attention_core import AttentionRecord, load_model, record_attention
from benchmarks.figure import Figure, alternating_ratio

ROUNDS = {16: 61, 37: 31}
"""Number of timed rounds, by patches across a square picture."""
SHORT = {16: 2}
LIMITS = {16: 1.10, 37: 1.07}


def figures(short: bool = False) -> Iterator[Figure]:
    model = load_model("dinov2-small", device="cpu")
    for across, rounds in SHORT.items() if short else ROUNDS.items():
        pixels = torch.randn(1, 3, across * 14, across * 14, generator=torch.Generator().manual_seed(0))

        def plain(pixels: torch.Tensor = pixels) -> None:
            with torch.inference_mode():
                model.module(pixels)

        def recorded(pixels: torch.Tensor = pixels) -> AttentionRecord:
            with torch.inference_mode(), record_attention(keep_v=False) as record:
                model.module(pixels)
            return record

        ratio = alternating_ratio(recorded, plain, rounds)
        yield Figure(f"Recorded pass / plain pass, DINOv2-small, {across**2:,} patches", ratio, LIMITS[across])
