"""Cost of 1024 × 1024 pixels at patch 8 (16,384 tokens), against the estimate before the pass.

The model is DINOv2-small with its patch embedding resampled to 8 pixels, as in the app.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator

from PIL import Image

from attention_core import load_model
from benchmarks.figure import Figure, seconds
from benchmarks.memory import in_fresh_process, peak_over_base

PATCH = 8


def figures(short: bool = False) -> Iterator[Figure]:
    across, rounds = (32, 1) if short else (128, 3)
    model, grey = load_model("dinov2-small", patch_size=PATCH, device="cpu"), Image.new("RGB", (across, across), "grey")
    model.record(grey, 16, keep_v=False)
    grid = model.grid_for(grey, across)
    times = []
    for _ in range(rounds):
        model.__dict__.pop("cost", None)  # estimated again, at the machine's present speed
        estimate = model.estimate(grid)
        times.append(seconds(lambda: model.record(grey, across, keep_v=False)) / estimate.seconds)
    what = f"Recorded pass of {across**2:,} patches, DINOv2-small"
    yield Figure(f"{what}: time / estimate", statistics.median(times), 1.5)
    memory = in_fresh_process("benchmarks.large", str(across))
    yield Figure(f"{what}: peak memory / estimate", memory * 2**20 / estimate.peak, 1.2)
    yield Figure(f"{what}: peak memory", memory, 2000, "MB")


def peak(across: int) -> float:
    """Return the megabytes of one pass, after a small one."""
    model, grey = load_model("dinov2-small", patch_size=PATCH, device="cpu"), Image.new("RGB", (across, across), "grey")
    model.record(grey, 16, keep_v=False)
    return peak_over_base(lambda: model.record(grey, across, keep_v=False))


if __name__ == "__main__":
    print(peak(int(sys.argv[1])))
