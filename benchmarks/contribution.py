"""What it costs to know how much each head writes: of DINOv2-small at 784 patches, beside a plain pass."""

from __future__ import annotations

import torch
from torch import Tensor

from attention_core import AttentionRecord, load_model, record_attention
from benchmarks.figure import Figure, alternating_ratio

ACROSS, ROUNDS = 28, 21


def figures() -> list[Figure]:
    model = load_model("dinov2-small", device="cpu")
    pixels = torch.randn(1, 3, ACROSS * 14, ACROSS * 14, generator=torch.Generator().manual_seed(0))

    def plain() -> None:
        with torch.inference_mode():
            model.module(pixels)

    def recorded(blocks: bool) -> AttentionRecord:
        with torch.inference_mode(), record_attention(blocks=blocks) as record:
            model.module(pixels)
        return record

    def contributed() -> list[Tensor | None]:
        return recorded(blocks=True).contributions()

    patches = f"{ACROSS**2:,} patches"
    following = alternating_ratio(lambda: recorded(blocks=True), lambda: recorded(blocks=False), ROUNDS)
    contribution = alternating_ratio(contributed, plain, ROUNDS)
    return [
        Figure(f"Recording with blocks / recording without, {patches}", following, 1.06),
        Figure(f"Pass and contribution of all heads and queries / plain pass, {patches}", contribution, 2.5),
    ]


if __name__ == "__main__":
    print(*(figure.row() for figure in figures()), sep="\n")
