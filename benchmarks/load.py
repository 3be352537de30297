"""Many readers at once, of this commit or another: `python -m benchmarks.load --commit C --active 50 --seconds 90`.

A reader is a session over Streamlit's own protocol (benchmarks/visitor.py), not a browser: it sends what a browser
sends, and receives everything. Active readers change the layer every 3 s, also while they wait for a picture. They
upload a picture every 30 s, or as soon as the previous one is there. The browser itself draws what they click while
they wait, so this run counts as work and not as a wait.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import random
import statistics
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import psutil
from PIL import Image

from benchmarks.figure import quantile
from benchmarks.visitor import Visitor
from tests.browser.serving import ROOT, SERVER, running

MEMORY: Final = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "1048576"}
"""The same values as in deploy/Containerfile."""
LAYERS: Final = 12
OPENING: Final = 10
CHANGE_SECONDS: Final = 3.0
PICTURE_SECONDS: Final = 30.0
AFTER_SECONDS: Final = 60.0
SIZES: Final = ((480, 480), (640, 480), (480, 640), (700, 400), (360, 540))


@dataclass
class Load:
    """Waits and errors of a crowd. Memory is in MB."""

    waits: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    peak: float = 0.0
    after: float = 0.0
    cores: tuple[float, float] = (0.0, 0.0)

    def rows(self, name: str) -> list[str]:
        rows = []
        for what, waits in sorted(self.waits.items()):
            spread = (statistics.median(waits), quantile(waits, 0.95), max(waits))
            rows.append(f"| {name}: {what} | {' | '.join(f'{wait:.2f}' for wait in spread)} | {len(waits)} |")
        server, readers = self.cores
        return [
            *rows,
            f"| {name}: errors {len(self.errors)}; memory {self.peak:.0f} MB at most, {self.after:.0f} MB a minute after; "
            f"cores {server:.2f} for the server, {readers:.2f} for the readers |",
        ]


async def crowd(url: str, active: int, looking: int, arrive: float, seconds: float) -> Load:
    """Run readers who come within `arrive` seconds and stay for `seconds`."""
    load, ends = Load(), time.perf_counter() + arrive + seconds
    lives = [_live(url, number, arrive * number / active, ends, load) for number in range(active)]
    lives += [_look(url, arrive * number / looking, ends, load) for number in range(looking)]
    await asyncio.gather(*lives)
    return load


async def _live(url: str, number: int, comes: float, ends: float, load: Load) -> None:
    chance = random.Random(number)
    await asyncio.sleep(comes)
    visitor = Visitor(url)
    try:
        await visitor.enter()
        fetching = asyncio.create_task(visitor.fetch_layers(LAYERS, OPENING))
        next_picture = time.perf_counter() + chance.uniform(0, PICTURE_SECONDS)
        while time.perf_counter() < ends:
            await asyncio.sleep(chance.uniform(0.5, 1.5) * CHANGE_SECONDS)
            if time.perf_counter() > next_picture:
                next_picture += PICTURE_SECONDS
                size = SIZES[number // 5 % len(SIZES)] if number % 5 == 0 else SIZES[0]
                await _while_clicking(visitor, chance, visitor.bring(picture(chance, size)))
                await fetching
                fetching = asyncio.create_task(visitor.fetch_layers(LAYERS, OPENING))
            else:
                await visitor.look_at(chance.randrange(LAYERS))
        await fetching
    except Exception as error:  # noqa: BLE001 (whatever happens to a reader is counted)
        load.errors.append(f"{type(error).__name__}: {error}")
    finally:
        await visitor.leave()
    _add(load, visitor)


async def _while_clicking(visitor: Visitor, chance: random.Random, waits: Coroutine[Any, Any, None]) -> None:
    waiting = asyncio.create_task(waits)
    while not (await asyncio.wait([waiting], timeout=chance.uniform(0.5, 1.5) * CHANGE_SECONDS))[0]:
        await visitor.click(chance.randrange(LAYERS))
    await waiting


async def _look(url: str, comes: float, ends: float, load: Load) -> None:
    """Open the page, and only hover: this needs no request to the server."""
    await asyncio.sleep(comes)
    visitor = Visitor(url)
    try:
        await visitor.enter()
        await visitor.fetch_layers(LAYERS, OPENING)
        await asyncio.sleep(max(0.0, ends - time.perf_counter()))
    except Exception as error:  # noqa: BLE001
        load.errors.append(f"{type(error).__name__}: {error}")
    finally:
        await visitor.leave()
    _add(load, visitor)


def _add(load: Load, visitor: Visitor) -> None:
    for what, waits in visitor.waits.items():
        load.waits.setdefault(what, []).extend(waits)


def picture(chance: random.Random, size: tuple[int, int]) -> bytes:
    """Return a picture that is new to the server: soft colours, different for each picture."""
    small = np.random.default_rng(chance.randrange(2**32)).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(small).resize(size, Image.Resampling.BICUBIC).save(file, "jpeg", quality=90)
    return file.getvalue()


async def _watched(load: Load, process: int, done: asyncio.Event) -> None:
    server = psutil.Process(process)
    while not done.is_set():
        load.peak = max(load.peak, server.memory_info().rss / 1e6)
        await asyncio.sleep(0.5)


async def measured(url: str, process: int, active: int, looking: int, arrive: float, seconds: float) -> Load:
    watched, done, server = Load(), asyncio.Event(), psutil.Process(process)
    watching = asyncio.create_task(_watched(watched, process, done))
    began, before = time.perf_counter(), (_cpu_seconds(server), time.process_time())
    load = await crowd(url, active, looking, arrive, seconds)
    took = time.perf_counter() - began
    load.cores = ((_cpu_seconds(server) - before[0]) / took, (time.process_time() - before[1]) / took)
    done.set()
    await watching
    await asyncio.sleep(AFTER_SECONDS)
    load.peak, load.after = watched.peak, psutil.Process(process).memory_info().rss / 1e6
    return load


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """Yield a folder with this repository at that commit."""
    if not commit:
        yield ROOT
        return
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        yield Path(folder)


def how(folder: Path) -> dict[str, Any]:
    """Return how the container starts the app in that folder, or plain Streamlit for a commit before the container."""
    return {"cwd": folder, **MEMORY} if (folder / SERVER).exists() else {"cwd": folder, "script": "app.py"}


def loaded(commit: str, active: int, looking: int, arrive: float, seconds: float, warm: bool) -> Load:
    """Return the load of a server of that commit under these readers. warm: one reader has visited it before."""
    with checked_out(commit) as folder, running(**how(folder)) as (url, process):
        if warm:
            asyncio.run(crowd(url, 1, 0, 0.1, 0.1))
        return asyncio.run(measured(url, process.pid, active, looking, arrive, seconds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commit", default="", help="of which the app is measured; this one")
    parser.add_argument("--active", type=int, default=50)
    parser.add_argument("--looking", type=int, default=0)
    parser.add_argument("--arrive", type=float, default=5.0, help="seconds within which they come")
    parser.add_argument("--seconds", type=float, default=90.0, help="how long they stay")
    parser.add_argument("--warm", action="store_true", help="one comes before the others")
    wanted = parser.parse_args()
    name = f"{wanted.active} active, {wanted.looking} looking, {'warm' if wanted.warm else 'cold'}"
    load = loaded(wanted.commit, wanted.active, wanted.looking, wanted.arrive, wanted.seconds, wanted.warm)
    print(*load.rows(f"{name}{f', {wanted.commit}' if wanted.commit else ''}"), *sorted(set(load.errors))[:5], sep="\n")


if __name__ == "__main__":
    main()
