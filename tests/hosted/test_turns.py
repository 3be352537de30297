"""Readers who wait for the gate, on real pages over the real protocol.

A reader who changes something while waiting keeps the place.
"""

from __future__ import annotations

import asyncio
import random

import pytest

from benchmarks.load import picture
from benchmarks.visitor import Visitor
from tests.asynchronous import run
from tests.browser.serving import serve

pytestmark = pytest.mark.nightly

CLICKS = 6
BETWEEN_SECONDS = 0.3


async def in_turn(url: str) -> list[str]:
    """Return the order in which three readers got their pictures.

    They came one after the other while a fourth had the gate, and the first continued to click.
    """
    busy, names = Visitor(url), ("clicks", "waits", "waits longer")
    await busy.enter("what_if")
    await busy.measure()
    ended = list[str]()
    visitors = {name: Visitor(url) for name in names}
    for visitor in visitors.values():
        await visitor.enter(query="model=Raw+patches")

    async def bring(name: str) -> None:
        await visitors[name].bring(picture(random.Random(name), (480, 480)))
        ended.append(name)

    waiting = list[asyncio.Task[None]]()
    for name in names:
        waiting.append(asyncio.create_task(bring(name)))
        await asyncio.sleep(BETWEEN_SECONDS)
    for _ in range(CLICKS):
        assert not ended, "the gate was free"
        await visitors["clicks"].click(0)
        await visitors["clicks"].run_again()
        await asyncio.sleep(BETWEEN_SECONDS)
    await asyncio.gather(*waiting)
    for visitor in (busy, *visitors.values()):
        await visitor.leave()
    return ended


def test_a_click_while_a_picture_waits_keeps_the_place() -> None:
    with serve(REGARD_CONCURRENCY="1") as url:
        assert run(in_turn(url)) == ["clicks", "waits", "waits longer"]
