"""Memory over thousands of interactions: `python -m benchmarks.soak`.

Readers come, look at layers and rollouts, upload pictures, switch heads off, start to measure the effect of every head,
compare models, open lessons and the atlas, and leave. Prints the server's memory after 100, 1,000 and 3,000
interactions, and after all have left. Takes about half an hour.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from dataclasses import dataclass, field
from typing import Final

import psutil

from benchmarks.load import LAYERS, MEMORY, OPENING, picture
from benchmarks.visitor import Visitor
from tests.browser.serving import running

STEPS: Final = (100, 1_000, 3_000)
AT_ONCE: Final = 4
HEADS: Final = 6
STAYS: Final = 30
"""Interactions of one reader. The first opens a page. Every eighth uploads a picture, and every eighth computes a rollout."""
ONCE: Final = ("atlas", "self_attention", "multi_head", "start")
PAGES: Final = (*4 * ["your_image"], *2 * ["what_if", "compare"], *ONCE)
EFFECTS_SHARE: Final = 0.2
"""Share of readers who measure every head. This takes many passes and continues for half a minute after they have left."""
CHANGES: Final = ("8.3:off", "5.*:off", "blank:3,13,11,9", "none")
BUTTONS: Final = {
    "what_if": ("what-if-One head off", "what-if-A whole layer off", "what-if-The face blanked"),
    "compare": ("preset-Two layers", "preset-Two models", "preset-Two pictures", "swap"),
}
AFTER_SECONDS: Final = 60.0


@dataclass
class Soak:
    """Interactions of all readers together, and the memory in MB at STEPS."""

    server: psutil.Process
    most: int
    done: int = 0
    said: list[tuple[str, float]] = field(default_factory=list)

    def count(self) -> None:
        self.done += 1
        if self.done in STEPS or self.done == self.most:
            self.say(f"{self.done:,} interactions")

    def say(self, what: str) -> None:
        self.said.append((what, self.server.memory_info().rss / 1e6))
        print(f"| {what} | {self.said[-1][1]:.0f} MB |", flush=True)


async def readers(url: str, soak: Soak, seed: int) -> None:
    """Run one reader after the other until enough interactions are done."""
    chance = random.Random(seed)
    while soak.done < soak.most:
        visitor, page = Visitor(url), chance.choice(PAGES)
        await visitor.enter(page)
        soak.count()
        if page == "what_if":
            await _change(visitor, soak, chance)
        if page == "your_image":
            await _look_around(visitor, soak, chance)
        for button in chance.sample(BUTTONS.get(page, ()), len(BUTTONS.get(page, ()))):
            await visitor.press(button)
            soak.count()
        await visitor.leave()


async def _change(visitor: Visitor, soak: Soak, chance: random.Random) -> None:
    for edits in (f"{chance.randrange(LAYERS)}.{chance.randrange(HEADS)}:off", *chance.sample(CHANGES, 2)):
        await visitor.change(edits)
        soak.count()
    if chance.random() < EFFECTS_SHARE:
        await visitor.measure()
        soak.count()


async def _look_around(visitor: Visitor, soak: Soak, chance: random.Random) -> None:
    for number in range(1, STAYS):
        if soak.done >= soak.most:
            return
        if number % 8 == 0:
            await visitor.bring(picture(chance, chance.choice([(480, 480), (640, 480), (360, 540)])))
            await visitor.fetch_layers(LAYERS, OPENING)
        else:
            await visitor.look_at(chance.randrange(LAYERS), "rollout" if number % 8 == 4 else "layer")
        soak.count()


async def soaked(url: str, process: int, most: int = STEPS[-1]) -> list[tuple[str, float]]:
    """Return the names of the moments, and the memory in MB at each."""
    soak = Soak(psutil.Process(process), most)
    soak.say("started")
    await asyncio.gather(*(readers(url, soak, seed) for seed in range(AT_ONCE)))
    await asyncio.sleep(AFTER_SECONDS)
    soak.say("a minute after all have left")
    return soak.said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interactions", type=int, default=STEPS[-1])
    wanted = parser.parse_args()
    with running("ui/server.py", **MEMORY) as (url, process):
        asyncio.run(soaked(url, process.pid, wanted.interactions))


if __name__ == "__main__":
    main()
