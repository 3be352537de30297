"""Waiting times of the page "Atlas": opening an atlas of 100,000 pictures × 144 heads, and its grid with intervals."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pyarrow as pa
from playwright.sync_api import expect, sync_playwright

from attention_core.atlas.columns import NAMES, schema
from attention_core.atlas.manifest import MANIFEST, Manifest
from attention_core.atlas.places import Place
from attention_core.atlas.reading import Atlas, Grid
from attention_core.atlas.shards import shard_of
from benchmarks.figure import Figure, seconds
from tests.browser.atlas_page import wait_for_atlas
from tests.browser.serving import DESKTOP, launch, serve

LAYERS, HEADS = 12, 12
SHARD_SIZE = 8_192
AT_MOST_SECONDS = 2.0


def figures(short: bool = False) -> Iterator[Figure]:
    pictures, rounds = (1_000, 1) if short else (100_000, 5)
    name = f"Atlas of {pictures:,} pictures × {LAYERS * HEADS} heads opened, grid with intervals"
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), pictures)

        def opened() -> Grid:
            return Atlas(folder).grid("entropy")

        assert opened().pictures == pictures
        yield Figure(name, statistics.median(seconds(opened) for _ in range(rounds)), AT_MOST_SECONDS, "s")
        seen = statistics.median(on_screen(folder) for _ in range(rounds))
        yield Figure(f"{name}, on screen", seen, AT_MOST_SECONDS, "s")


def on_screen(folder: str) -> float:
    """Return the seconds from the link to the cells. The server has shown the page but not this atlas."""
    with sync_playwright() as playwright, serve() as url:
        browser = launch(playwright)
        before = browser.new_page(viewport=DESKTOP)
        before.goto(f"{url}/atlas")
        wait_for_atlas(before)
        page = browser.new_page(viewport=DESKTOP)
        start = time.perf_counter()
        page.goto(f"{url}/atlas?atlas={quote(folder)}")
        expect(page.locator(".regard-atlas .cell")).to_have_count(LAYERS * HEADS)
        took = time.perf_counter() - start
        browser.close()
    return took


def write(folder: Path, pictures: int, seed: int = 0) -> None:
    """Write shards of random numbers in the form of `regard atlas`."""
    drawn = np.random.default_rng(seed)
    manifest = Manifest(
        model="dinov2-small",
        title="Drawn at random",
        heads=[HEADS] * LAYERS,
        layers=[f"blocks.{layer}.attn" for layer in range(LAYERS)],
        patch_size=14,
        source=str(folder),
        pictures=pictures,
        shard_size=SHARD_SIZE,
        finished=True,
    )
    for number in range(manifest.num_shards):
        first = number * SHARD_SIZE
        shard_of(Place.of(folder), number).write_table(_shard(first, min(SHARD_SIZE, pictures - first), drawn))
    (folder / MANIFEST).write_bytes(manifest.to_bytes())


def _shard(first: int, pictures: int, drawn: np.random.Generator) -> pa.Table:
    rows = pictures * LAYERS * HEADS
    names = pa.array([f"pictures/{at:06d}.jpg" for at in range(first, first + pictures)])
    numbers = np.repeat(np.arange(pictures, dtype=np.int32), LAYERS * HEADS)
    columns: dict[str, object] = {
        "picture": pa.DictionaryArray.from_arrays(pa.array(numbers), names).cast(pa.string()),
        "layer": np.tile(np.repeat(np.arange(LAYERS, dtype=np.int16), HEADS), pictures),
        "head": np.tile(np.arange(HEADS, dtype=np.int16), pictures * LAYERS),
        "rows": np.full(rows, 16, np.int16),
        "cols": np.full(rows, 16, np.int16),
        **{name: drawn.random(rows, dtype=np.float32) for name in NAMES},
    }
    return pa.table(columns, schema=schema())
