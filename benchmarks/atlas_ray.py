"""Cost of Ray for an atlas, and gain from a second worker: DINOv2-small at 16 × 16 patches, on two local processors.

The time counts from the moment when every worker has made its first shard to the end. It leaves out some ten seconds:
the start of Ray and of the workers, the loading of the model, and the sample for the mean patterns.
"""

from __future__ import annotations

import logging
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from attention_core import VisionModel, load_model
from attention_core.atlas import Settings, build, find_source
from attention_core.atlas.on_ray import Cluster, build_on_ray
from benchmarks.figure import Figure

SHARD = 8
ASKED = Settings(across=16, batch_size=SHARD, shard_size=SHARD)
Told = Callable[[int, int, int, int], None]


def load(device: str) -> VisionModel:
    return load_model("dinov2-small", device="cpu")


def figures(short: bool = False) -> Iterator[Figure]:
    shards, rounds = (2, 1) if short else (8, 3)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray

    ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    model = load("cpu")
    with tempfile.TemporaryDirectory() as folder:
        source = find_source(pictures(Path(folder) / "pictures", shards))

        def plainly(out: Path, told: Told) -> None:
            build(source, model, out, ASKED, told)

        def on_ray(out: Path, told: Told, workers: int, threads: int) -> None:
            build_on_ray(source, load, out, ASKED, Cluster(workers=workers, threads=threads), told, "cpu")

        torch.set_num_threads(2)
        pair = ((partial(on_ray, workers=1, threads=2), 1), (plainly, 1))
        yield Figure("Atlas through Ray with one worker / plain job", ratio(*pair, Path(folder), rounds), 1 / 0.85)
        if not short:  # the start of a second worker takes as long as a whole short run
            pair = ((partial(on_ray, workers=2, threads=1), 2), (partial(on_ray, workers=1, threads=1), 1))
            yield Figure("Atlas through Ray: two workers of one thread / one", ratio(*pair, Path(folder), rounds), 1 / 1.7)
    ray.shutdown()


Run = tuple[Callable[[Path, Told], None], int]
"""A job and its number of workers."""


def ratio(one: Run, other: Run, folder: Path, rounds: int) -> float:
    """Return the median ratio of the seconds per picture. The order is swapped every round."""
    ratios = []
    for i in range(rounds):
        took = {run: seconds_a_picture(*run, folder) for run in ((one, other), (other, one))[i % 2]}
        ratios.append(took[one] / took[other])
    return statistics.median(ratios)


def seconds_a_picture(job: Callable[[Path, Told], None], workers: int, folder: Path) -> float:
    moments: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory(dir=folder) as out:
        job(Path(out), lambda pictures, done, *_: moments.append((done, time.perf_counter())))
    begun, start = next(moment for moment in moments if moment[0] >= workers * SHARD)
    return (moments[-1][1] - start) / (moments[-1][0] - begun)


def pictures(folder: Path, shards: int) -> Path:
    folder.mkdir()
    generator = np.random.default_rng(0)
    for number in range(SHARD * shards):
        coarse = Image.fromarray(generator.integers(0, 256, (16, 16, 3), np.uint8))
        coarse.resize((320, 320), Image.Resampling.BICUBIC).save(folder / f"{number:03d}.jpg")
    return folder
