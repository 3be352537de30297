"""Cost of a monitored training step above the step itself and the monitor's own pass.

It includes writing and waiting for the files.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator

import timm
import torch
from torch.nn import functional as F

from attention_core import PatchGrid
from attention_core.monitor import AttentionMonitor
from benchmarks.figure import Figure, seconds

WATCHED = 4


def figures(short: bool = False) -> Iterator[Figure]:
    batch, rounds = (4, 1) if short else (32, 5)
    torch.manual_seed(0)
    model = timm.create_model("vit_small_patch16_224", num_classes=10)
    optimiser = torch.optim.AdamW(model.parameters())
    pictures, labels = torch.randn(batch, 3, 224, 224), torch.randint(10, (batch,))
    watched = torch.randn(WATCHED, 3, 224, 224)

    def train() -> None:
        F.cross_entropy(model(pictures), labels).backward()
        optimiser.step()
        optimiser.zero_grad()

    def plain() -> None:
        with torch.no_grad():
            model(watched)

    ratios = []
    with tempfile.TemporaryDirectory() as folder, AttentionMonitor(model, watched, PatchGrid(14, 14, 16), folder, 1) as monitor:

        def monitored() -> None:
            monitor.step()
            monitor.wait()

        for _ in range(rounds):  # in parts: a step of several seconds varies by more than the difference to measure
            step, alone, with_files = seconds(train), seconds(plain), seconds(monitored)
            ratios.append((step + with_files) / (step + alone))
    name = f"Monitored step / step and a pass, ViT-S, training on {batch} pictures, watching {WATCHED}"
    yield Figure(name, statistics.median(ratios), 1.05)
