"""What comparing patches costs beside a plain pass of DINOv2-small at 1,369 patches: keeping features, components, matches."""

from __future__ import annotations

import torch

from attention_core import AttentionRecord, load_model, record_attention
from attention_core.analysis.components import principal_components
from attention_core.analysis.matching import match
from benchmarks.figure import Figure, alternating_ratio

ACROSS, PICTURES, ROUNDS = 37, 4, 21


def figures() -> list[Figure]:
    model = load_model("dinov2-small", device="cpu")
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randn(PICTURES, 3, ACROSS * 14, ACROSS * 14, generator=generator)

    def plain() -> None:
        with torch.inference_mode():
            model.module(pixels[:1])

    def kept() -> AttentionRecord:
        with (
            torch.inference_mode(),
            record_attention(only=(), features=True) as record,
        ):  # attention is measured in recording.py
            model.module(pixels[:1])
        return record

    with torch.inference_mode():
        features = list(model.module.forward_features(pixels)[:, len(model.prefix_tokens) :])  # (N, D) each
    patches = f"{ACROSS**2:,}"
    keeping = alternating_ratio(kept, plain, ROUNDS)
    joint = alternating_ratio(lambda: principal_components(features), plain, ROUNDS)
    matched = alternating_ratio(lambda: match(*features[:2]).mutual, plain, ROUNDS)
    return [
        Figure(f"Features of all blocks kept / plain pass, {patches} patches", keeping, 1.05),
        Figure(f"Joint PCA of {PICTURES} × {patches} patches / plain pass of one", joint, 1.0),
        Figure(f"Mutual matches of {patches} × {patches} / plain pass", matched, 0.5),
    ]


if __name__ == "__main__":
    print(*(figure.row() for figure in figures()), sep="\n")
