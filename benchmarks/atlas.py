"""The cost of an atlas: the job against the bare model, memory for ten times the pictures, and work repeated after a kill.

`python -m benchmarks.atlas [base speed base-command command base-kept kept memory resume]` runs these parts, or all of
them.
"""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Final
from unittest import mock

import numpy as np
import psutil
import timm
import torch
from PIL import Image

from attention_core import PatchGrid, VisionModel, load_model
from attention_core.atlas import Settings, build, find_source, shards
from attention_core.atlas.measuring import Measured
from attention_core.atlas.places import Place
from attention_core.atlas.plan import begin
from attention_core.atlas.process import keep_freed_memory
from attention_core.images.decoding import load_image
from attention_core.models.timm_models import as_vision_model
from benchmarks.figure import Figure, seconds
from benchmarks.memory import in_fresh_process, peak_over_base

PHOTOS = Path(__file__).resolve().parent.parent / "assets/photos"
SIDE, BATCH, SMALL = 224, 16, 32
FEWEST_A_SECOND = 0.90
"""A share of the bare model's pictures per second."""


@dataclass(frozen=True)
class Size:
    """Numbers of batches, of rounds, and of small pictures for the few and the many."""

    batches: int = 8
    rounds: int = 3
    few: int = 1_000
    many: int = 10_000


WHOLE, SHORT = Size(), Size(batches=1, rounds=1, few=64, many=128)


def crops(folder: Path, count: int, side: int) -> None:
    """Write JPEGs of one shape, cut out of the photographs that ship."""
    photos = [load_image(path) for path in sorted(PHOTOS.glob("*.jpg"))]
    places = np.random.default_rng(0)
    for number in range(count):
        photo = photos[number % len(photos)]
        left, top = (int(places.integers(0, length - side + 1)) for length in photo.size)
        photo.crop((left, top, left + side, top + side)).save(folder / f"{number:05d}.jpg", quality=90)


def speed(size: Size, name: str = "DINOv2-small") -> Figure:
    """Return the ratio of the whole job (after its plan) to the model alone on the same batches as tensors in memory."""
    ratios, model = [], MODELS[name]()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as out:
        crops(Path(folder), BATCH * size.batches, SIDE)
        bare, job = bare_model(folder, model), whole_job(folder, model)
        for number in range(size.rounds + 1):
            begun = partial(job, begin_in(folder, Path(out) / str(number), model))
            first, second = (bare, begun) if number % 2 else (begun, bare)
            times = {first: seconds(first), second: seconds(second)}
            ratios.append(times[begun] / times[bare])
    title = f"Atlas, {BATCH * size.batches} JPEGs of {SIDE} px to Parquet / {name} alone, on the same batches in memory"
    return Figure(title, statistics.median(ratios[1:]), 1 / FEWEST_A_SECOND)


def command(size: Size, model: str = "DINOv2-small", bare: str = "bare") -> Figure:
    """Return the same ratio for separate processes. The job keeps freed memory, as the command `atlas` does.

    bare: "bare" for a model process as users have it, or "kept" for a model process that keeps freed memory, too.
    """
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        crops(Path(folder), BATCH * size.batches, SIDE)
        for number in range(size.rounds):
            order = (bare, "job") if number % 2 else ("job", bare)
            times = {which: in_own_process(which, folder, model) for which in order}
            ratios.append(times["job"] / times[bare])
    beside = {"bare": "the model in a process of its own", "kept": "the model in one that keeps it, too"}[bare]
    name = f"{model} as `regard atlas` runs it, which keeps memory that it has freed / {beside}"
    return Figure(name, statistics.median(ratios), 1 / FEWEST_A_SECOND)


def in_own_process(which: str, folder: str, model: str) -> float:
    """Return the seconds of one run, as `alone` prints them."""
    asked = [sys.executable, "-m", "benchmarks.atlas", "alone", which, folder, model]
    return float(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)


def alone(which: str, folder: str, name: str) -> float:
    model = MODELS[name]()
    if which != "bare":
        keep_freed_memory()
    if which != "job":
        return seconds(bare_model(folder, model))
    with tempfile.TemporaryDirectory() as out:
        return seconds(partial(whole_job(folder, model), begin_in(folder, Path(out) / "atlas", model)))


@cache
def dino() -> VisionModel:
    return load_model("dinov2-small", device="cpu")


@cache
def vit_base() -> VisionModel:
    """Return a model of 144 heads. The time of a pass does not depend on its weights, so they are random."""
    torch.manual_seed(0)
    module = timm.create_model("vit_base_patch16_224").eval().requires_grad_(False)
    return as_vision_model(module, "vit-base", "ViT-B/16", source="none", licence="none")


MODELS: Final[dict[str, Callable[[], VisionModel]]] = {"DINOv2-small": dino, "ViT-B/16 (144 heads)": vit_base}


def settings(model: VisionModel) -> Settings:
    return Settings(across=SIDE // model.patch_size, batch_size=BATCH)


def begin_in(folder: str, out: Path, model: VisionModel) -> Path:
    begin(find_source(folder), model, Place.of(out), settings(model))
    return out


def whole_job(folder: str, model: VisionModel) -> Callable[[Path], object]:
    source = find_source(folder)
    return lambda out: build(source, model, out, settings(model))


def bare_model(folder: str, model: VisionModel) -> Callable[[], None]:
    """Return the model on batches that are already tensors. One pass has warmed it up."""
    pictures = [load_image(path) for path in sorted(Path(folder).glob("*.jpg"))]
    grid = model.grid_for(pictures[0], settings(model).across)
    pixels = torch.cat([model.preprocess(picture, grid) for picture in pictures]).split(BATCH)

    def bare() -> None:
        with torch.inference_mode():
            for batch in pixels:
                model.module(batch)

    with torch.inference_mode():
        model.module(pixels[0])
    return bare


def memory(size: Size) -> Figure:
    """Return the ratio of memory for ten times as many pictures: how much a process that makes an atlas adds to its base."""
    many, few = (in_fresh_process("benchmarks.atlas", str(count)) for count in (size.many, size.few))
    return Figure(f"Atlas, memory at its peak: {size.many:,} pictures of {SMALL} px / {size.few:,}", many / few, 1.05)


def peak(count: int) -> float:
    """Return the peak in megabytes, including the memory in use before the job."""
    model = load_model("random-heads", device="cpu", patch_size=8)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as out:
        crops(Path(folder), count, SMALL)
        base = psutil.Process().memory_info().rss / 2**20
        return base + peak_over_base(lambda: build(find_source(folder), model, out, Settings(across=4)))


class Broken(BaseException):
    """Ends a job as a kill would."""


def resume(size: Size) -> Figure:
    """Return how many pictures are measured twice after an interruption at half of the work, in batches.

    It comes while a batch is measured.
    """
    model = load_model("random-heads", device="cpu", patch_size=8)
    measured, ends = 0, True

    class Counted(shards.Measurer):
        def __call__(self, pictures: Sequence[Image.Image], grid: PatchGrid) -> Measured:
            nonlocal measured, ends
            measured += len(pictures)
            if ends and measured >= size.few / 2:
                ends = False
                raise Broken
            return super().__call__(pictures, grid)

    counting = mock.patch.object(shards, "Measurer", Counted)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as out, counting:
        crops(Path(folder), size.few, SMALL)
        source, asked = find_source(folder), Settings(across=4, batch_size=BATCH)
        with contextlib.suppress(Broken):
            build(source, model, out, asked)
        build(source, model, out, asked)
    name = f"Atlas, broken off at half of {size.few:,} pictures and gone on with: batches done twice"
    return Figure(name, (measured - size.few) / BATCH, 1)


BASE: Final = "ViT-B/16 (144 heads)"
PARTS = {
    "base": partial(speed, name=BASE),
    "speed": speed,
    "base-command": partial(command, model=BASE),
    "command": command,
    "base-kept": partial(command, model=BASE, bare="kept"),
    "kept": partial(command, bare="kept"),
    "memory": memory,
    "resume": resume,
}
SHORT_PARTS: Final = ("base", "command", "memory", "resume")
"""The other parts differ from these only in one parameter."""


def figures(short: bool = False) -> Iterator[Figure]:
    for part in SHORT_PARTS if short else PARTS:
        yield PARTS[part](SHORT if short else WHOLE)


if __name__ == "__main__":
    asked = sys.argv[1:]
    if asked and asked[0].isdecimal():
        print(peak(int(asked[0])))
    elif asked[:1] == ["alone"]:
        print(alone(*asked[1:]))
    else:
        for part in asked or PARTS:
            print(PARTS[part](WHOLE).row(), flush=True)
