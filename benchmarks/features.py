"""Cost of comparing patches against a plain pass of DINOv2-small at 1,369 patches: keeping features, components, matches."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from attention_core import AttentionRecord, load_model, record_attention
from attention_core.analysis.components import principal_components
from attention_core.analysis.matching import match
from benchmarks.figure import Figure, alternating_ratio

PICTURES = 4


def figures(short: bool = False) -> Iterator[Figure]:
    across, rounds = (16, 1) if short else (37, 21)
    model = load_model("dinov2-small", device="cpu")
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randn(PICTURES, 3, across * 14, across * 14, generator=generator)

    def plain() -> None:
        with torch.inference_mode():
            model.module(pixels[:1])

    def kept() -> AttentionRecord:
        with (
            torch.inference_mode(),
            record_attention(only=(), features=True) as record,
        ):  # recording.py measures attention
            model.module(pixels[:1])
        return record

    with torch.inference_mode():
        features = list(model.module.forward_features(pixels)[:, len(model.prefix_tokens) :])  # (N, D) each
    patches = f"{across**2:,}"
    keeping = alternating_ratio(kept, plain, rounds)
    yield Figure(f"Features of all blocks kept / plain pass, {patches} patches", keeping, 1.05)
    joint = alternating_ratio(lambda: principal_components(features), plain, rounds)
    yield Figure(f"Joint PCA of {PICTURES} × {patches} patches / plain pass of one", joint, 1.0)
    matched = alternating_ratio(lambda: match(*features[:2]).mutual, plain, rounds)
    yield Figure(f"Mutual matches of {patches} × {patches} / plain pass", matched, 0.5)
