"""One person on a host of 1 GB: the largest size of the server's process while they use it.

`python -m benchmarks.small_host`. `--limit 1000` sets a real limit in MB, which root can do on Linux. The person opens
"Your image" with the trained model, waits for every layer, changes layers, uploads three pictures, and visits the other
pages.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psutil

from benchmarks.load import LAYERS, MEMORY, OPENING, SIZES, picture
from benchmarks.visitor import Visitor
from tests.browser.serving import SERVER, running
from tests.limited import limited

OTHERS: Final = ("", "self_attention", "queries_keys_values", "multi_head", "compare", "what_if")
SETTLES_SECONDS: Final = 1.0


class Memory:
    """Memory of a process in MB: the present and the largest size."""

    def __init__(self, process: int) -> None:
        self._process = psutil.Process(process)
        self.peak = self.files = 0.0

    async def watch(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(0.02)

    def look(self) -> float:
        found = self._process.memory_info()
        now = found.rss / 1e6
        if now > self.peak:
            self.peak, self.files = now, found.shared / 1e6
        return now

    @contextmanager
    def around(self, what: str) -> Iterator[None]:
        """Print the largest size up to the end of the block, and the size at its end."""
        yield
        print(f"| {what} | {self.look():.0f} | {self.peak:.0f} |")


async def visit(url: str, memory: Memory) -> None:
    watching = asyncio.create_task(memory.watch())
    chance, visitor = random.Random(0), Visitor(url)
    with memory.around("server started"):
        await asyncio.sleep(SETTLES_SECONDS)
    with memory.around("Your image, first map"):
        await visitor.enter()
    with memory.around("every layer"):
        await visitor.fetch_layers(LAYERS, OPENING)
    with memory.around("other layers"):
        for layer in range(LAYERS):
            await visitor.look_at(layer)
    for number, size in enumerate(SIZES[:3], start=1):
        with memory.around(f"own picture {number}, every layer"):
            await visitor.bring(picture(chance, size))
            await visitor.fetch_layers(LAYERS, OPENING)
    await visitor.leave()
    for page in OTHERS:
        with memory.around(f"page {page or 'Start'}"):
            await _enter(Visitor(url), page)
    watching.cancel()


def within(limit: int, script: str, environment: dict[str, str]) -> float:
    """Return the most memory in MB that the server used under this limit, without libraries that others had read.

    Raises CannotLimitError if no limit can be set, and RuntimeError if the system ended the server.
    """
    with limited(limit * 10**6) as group:
        with running(script, within=group.within, **environment) as (url, process):
            asyncio.run(visit(url, Memory(process.pid)))
            if group.killed:
                raise RuntimeError(f"the system ended the server, which may use {limit} MB")
        return group.most / 1e6


async def _enter(visitor: Visitor, page: str) -> None:
    await visitor.enter(page)
    await visitor.leave()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", type=int, default=200, help="REGARD_MEMORY")
    parser.add_argument("--limit", type=int, default=0, help="MB that the system lets the server use")
    wanted = parser.parse_args()
    environment = {"REGARD_MEMORY": str(wanted.memory), **MEMORY}
    print("| After | MB | MB at most so far |\n|---|---|---|")
    if wanted.limit:
        used = within(wanted.limit, SERVER, environment)
        print(f"Used at most {used:.0f} MB of {wanted.limit}; nothing was ended for want of memory.")
        return
    with running(SERVER, **environment) as (url, process):
        memory = Memory(process.pid)
        asyncio.run(visit(url, memory))
    print(f"At most {memory.peak:.0f} MB, of which {memory.files:.0f} MB are mapped files, which the system can drop.")


if __name__ == "__main__":
    main()
