"""1024 × 1024 pixels at patch 8, 16,384 tokens: what it takes, beside what was estimated before it began.

The model is DINOv2-small with its patch embedding resampled to 8 pixels, as the app does it.
"""

from __future__ import annotations

import statistics
import sys

from PIL import Image

from attention_core import load_model
from benchmarks.figure import Figure, seconds
from benchmarks.memory import in_fresh_process, peak_over_base

PATCH, ACROSS, ROUNDS = 8, 128, 3


def figures() -> list[Figure]:
    model, grey = load_model("dinov2-small", patch_size=PATCH, device="cpu"), Image.new("RGB", (ACROSS, ACROSS), "grey")
    model.record(grey, 16, keep_v=False)
    grid = model.grid_for(grey, ACROSS)
    times = []
    for _ in range(ROUNDS):
        model.__dict__.pop("cost", None)  # estimated anew, at the speed that the machine has now
        estimate = model.estimate(grid)
        times.append(seconds(lambda: model.record(grey, ACROSS, keep_v=False)) / estimate.seconds)
    memory = in_fresh_process("benchmarks.large", "peak")
    return [
        Figure("Recorded pass of 16,384 patches, DINOv2-small: time / estimate", statistics.median(times), 1.5),
        Figure("Recorded pass of 16,384 patches, DINOv2-small: peak memory / estimate", memory * 2**20 / estimate.peak, 1.2),
        Figure("Recorded pass of 16,384 patches, DINOv2-small: peak memory", memory, 2000, "MB"),
    ]


def peak() -> float:
    """Megabytes of one pass, after a small one."""
    model, grey = load_model("dinov2-small", patch_size=PATCH, device="cpu"), Image.new("RGB", (ACROSS, ACROSS), "grey")
    model.record(grey, 16, keep_v=False)
    return peak_over_base(lambda: model.record(grey, ACROSS, keep_v=False))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(print(peak()))
    print(*(figure.row() for figure in figures()), sep="\n")
