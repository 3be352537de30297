"""A server with little memory refuses what would take too much, and the system does not end it."""

from __future__ import annotations

import asyncio
import random
import re

import pytest

from benchmarks.load import MEMORY, picture
from benchmarks.visitor import VisitError, Visitor
from tests.asynchronous import run
from tests.browser.serving import running
from tests.limited import CannotLimitError, limited

ACROSS = (37, 60, 128)
LIMIT = 900 * 10**6
PLAIN = {"PYTHONMALLOC": "", "GLIBC_TUNABLES": ""}
"""CI sets these so that freed memory is kept. This undoes it."""
REFUSED = re.compile(r"\d+ × \d+ patches of DINOv2-small take about \d+ MB of memory, and \d+ MB are free: .+\.")


@pytest.mark.nightly
def test_readers_who_need_too_much_memory_get_a_sentence() -> None:
    try:
        with (
            limited(LIMIT) as group,
            running(within=group.within, REGARD_MEMORY="200", **MEMORY, **PLAIN) as (url, process),
        ):
            said, shown = zip(*run(_all(url)), strict=True)
            run(_come_anew(url))
            assert process.poll() is None and group.killed == 0
    except CannotLimitError as error:
        pytest.skip(str(error))
    assert all(sentence == "" or REFUSED.match(sentence) for sentence in said), said
    assert any(said) and any(shown), "some are refused and some are not"


async def _all(url: str) -> list[tuple[str, bool]]:
    return await asyncio.gather(*(_reader(url, across) for across in ACROSS))


async def _reader(url: str, across: int) -> tuple[str, bool]:
    """Return the refusal ("" for none) for a reader who sets this detail and uploads a picture, and whether they saw a map
    before.
    """
    visitor, chance = Visitor(url), random.Random(across)
    try:
        await visitor.enter("your_image", f"patching=small&across={across}")
        await visitor.bring(picture(chance, (640, 640)))
    except VisitError as error:
        return str(error), bool(visitor.waits)
    finally:
        await visitor.leave()
    return "", True


async def _come_anew(url: str) -> None:
    visitor = Visitor(url)
    await visitor.enter("multi_head")
    await visitor.leave()
