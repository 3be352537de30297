"""Cost of a recording thread for another thread: the other thread's passes, against its passes while nobody records."""

from __future__ import annotations

import statistics
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import torch
from torch import nn

from attention_core import record_attention
from benchmarks.engine import plain
from benchmarks.figure import Figure, seconds

TOKENS = 196
ROUNDS = 61


@contextmanager
def another_thread_records() -> Iterator[None]:
    """Keep a recording block open in another thread. Its model is between two of its layers."""
    begun, done = Event(), Event()

    def record() -> None:
        with record_attention():
            begun.set()
            done.wait()

    thread = Thread(target=record)
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        done.set()
        thread.join()


def padded_encoder() -> Callable[[], object]:
    """Return torch's fast path over nested tensors. torch uses it for padded sequences while nobody records."""
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(384, 6, 1536, batch_first=True)
    encoder = nn.TransformerEncoder(layer, 12).eval().requires_grad_(False)
    tokens = torch.randn(4, TOKENS, 384)
    padding = torch.arange(TOKENS)[None] >= torch.tensor([196, 150, 100, 60])[:, None]

    def run() -> object:
        with torch.inference_mode():
            return encoder(tokens, src_key_padding_mask=padding)

    return run


def ratio_while_recorded(action: Callable[[], object], rounds: int) -> float:
    """Return the median over rounds, with the order swapped every round like `alternating_ratio`.

    The other thread's start is not timed.
    """

    def recorded() -> float:
        with another_thread_records():
            return seconds(action)

    ratios = []
    recorded(), seconds(action)
    for i in range(rounds):
        alone = seconds(action) if i % 2 else 0.0
        beside = recorded()
        ratios.append(beside / (alone or seconds(action)))
    return statistics.median(ratios)


def figures(short: bool = False) -> Iterator[Figure]:
    warnings.filterwarnings("ignore", "The PyTorch API of nested tensors")
    passes = {f"ViT-S, {TOKENS} patches": plain(14), "padded sequences, torch's fast path": padded_encoder()}
    for name, run in passes.items():
        ratio = ratio_while_recorded(run, 2 if short else ROUNDS)
        yield Figure(f"Another thread's pass while one records / alone, {name}", ratio, 1.03)
