"""Cost of measuring how much each head writes: DINOv2-small at 784 patches, against a plain pass."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from attention_core import AttentionRecord, load_model, record_attention
from benchmarks.figure import Figure, alternating_ratio


def figures(short: bool = False) -> Iterator[Figure]:
    across, rounds = (14, 1) if short else (28, 21)
    model = load_model("dinov2-small", device="cpu")
    pixels = torch.randn(1, 3, across * 14, across * 14, generator=torch.Generator().manual_seed(0))

    def plain() -> None:
        with torch.inference_mode():
            model.module(pixels)

    def recorded(blocks: bool) -> AttentionRecord:
        with torch.inference_mode(), record_attention(blocks=blocks) as record:
            model.module(pixels)
        return record

    def contributed() -> list[Tensor | None]:
        return recorded(blocks=True).contributions()

    patches = f"{across**2:,} patches"
    following = alternating_ratio(lambda: recorded(blocks=True), lambda: recorded(blocks=False), rounds)
    yield Figure(f"Recording with blocks / recording without, {patches}", following, 1.06)
    contribution = alternating_ratio(contributed, plain, rounds)
    yield Figure(f"Pass and contribution of all heads and queries / plain pass, {patches}", contribution, 2.5)
