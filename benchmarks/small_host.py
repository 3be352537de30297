"""One person on a host of 1 GB: the largest size of the server's process while they look around.

`python -m benchmarks.small_host`; with `--limit 1000` within a real limit of so many MB, which root can set on Linux. They
open "Your image" with the trained model, have every layer brought, change layers, bring three pictures of their own, and visit
the other pages.
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
    """Of a process, in MB: now, and the largest seen."""

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
        """Say the largest size up to the end of it, and the size then."""
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
    """The most MB that the server used of so many, libraries that others had read left out. Raises CannotLimitError where no
    limit can be set, and RuntimeError where the system ended it.
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
