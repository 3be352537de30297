"""One reader's actions do not reach another, and uploads disappear when their session ends. Over the real protocol."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import re
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pytest
import timm
from safetensors.torch import save
from streamlit.proto.Delta_pb2 import Delta

from benchmarks.load import picture
from benchmarks.visitor import Visitor
from tests.asynchronous import run
from tests.browser.serving import serve
from tests.browser.waiting import PATIENCE_MS
from ui.data.leases import RELOAD_SECONDS, SWEEP_SECONDS

pytestmark = pytest.mark.nightly

OWN_WEIGHTS: Final = ", own weights"
OWN: Final = {name: [picture(random.Random(f"{name}{number}"), (480, 360)) for number in range(2)] for name in "ab"}
_DEFERRED: Final = re.compile(rb"(?<=b )[0-9a-f]{32}")
"""Streamlit's name for a file that it will make when a button is pressed. It is new in every run."""
_RANDOM: Final = re.compile(rb'"(?:lease|session)": ?"[^"]*"')
"""The name of a lease, or of the script's session in the browser."""
_TURN: Final = re.compile(rb'"turn": \["[0-9a-f]{8} [^]]*\]')
"""The moment when a session gave a component its data (ui/components/component.py)."""

Page = Mapping[Any, bytes]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def stays(delta: Delta) -> bool:
    """Return True unless the element is progress or an empty place."""
    return delta.WhichOneof("type") == "add_block" or delta.new_element.WhichOneof("type") not in (None, "empty", "progress")


def _without_chance(data: bytes) -> bytes:
    for chance in (_TURN, _RANDOM, _DEFERRED):
        data = chance.sub(b"", data)
    return data


async def visit(url: str, name: str) -> list[Page]:
    """Upload pictures and look at layers. Return the page's elements after each step, and the layers."""
    visitor, pages = Visitor(url), []

    def look() -> None:
        sent = {
            place: delta.SerializeToString(deterministic=True) for place, (_, delta) in visitor.page.items() if stays(delta)
        }
        pages.append({place: _without_chance(data) for place, data in sent.items()})

    await visitor.enter()
    look()
    for data in OWN[name]:
        await visitor.bring(data)
        look()
        for layer in (2, 7):
            await visitor.look_at(layer)
            look()
        await visitor.fetch_layers(12, 7)
        look()
    await visitor.leave()
    assert len(visitor.layers) == 1 + 2 * 12, "one of the picture that the page opened with"
    return [*pages, visitor.layers]


async def side_by_side(url: str) -> tuple[list[Page], list[Page]]:
    one, other = await asyncio.gather(visit(url, "a"), visit(url, "b"))
    return one, other


@pytest.fixture(scope="module")
def watched() -> Iterator[str]:
    with serve("tests/hosted/watched_server.py", STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="1") as url:
        yield url


def test_two_readers_with_pictures_of_their_own_see_what_each_sees_alone(watched: str) -> None:
    with serve() as url:
        alone = [run(visit(url, name)) for name in OWN]
    assert len([place for place in alone[0][-1] if alone[0][-1][place] != alone[1][-1].get(place)]) > 5
    beside = run(side_by_side(watched))
    for before, after in zip(alone, beside, strict=True):
        for step, (one, other) in enumerate(zip(before, after, strict=True)):
            assert set(one) == set(other), f"step {step}"
            assert {place: data[-300:] for place, data in one.items() if data != other[place]} == {}, f"step {step}"


def held(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/held", timeout=PATIENCE_MS / 1000) as answer:
        said: dict[str, Any] = json.load(answer)
        return said


async def until(url: str, there: Callable[[dict[str, Any]], bool]) -> None:
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while not there(await asyncio.to_thread(held, url)):
            await asyncio.sleep(0.2)


async def until_gone(url: str, there: Callable[[dict[str, Any]], bool]) -> None:
    """Wait until the state is reached, while other readers come and go.

    Streamlit removes ended sessions only when another session ends.
    """
    async with asyncio.timeout(RELOAD_SECONDS + SWEEP_SECONDS + PATIENCE_MS / 1000):
        while not there(await asyncio.to_thread(held, url)):
            await asyncio.sleep(1.5)  # longer than it keeps an ended session
            last = Visitor(url)
            await last.enter()
            await last.leave()


def test_pictures_go_as_their_sessions_end_and_those_of_others_stay(watched: str) -> None:
    gone, stays, both = digest(OWN["a"][0]), digest(OWN["b"][0]), digest(OWN["b"][1])

    async def come_and_go() -> None:
        one, other = Visitor(watched), Visitor(watched)
        for visitor, pictures in ((one, [OWN["a"][0], OWN["b"][1]]), (other, [OWN["b"][1], OWN["b"][0]])):
            await visitor.enter()
            for data in pictures:
                await visitor.bring(data)
        names = str((await asyncio.to_thread(held, watched))["kept"])
        assert gone in names and stays in names and both in names
        await one.leave()
        await until_gone(watched, lambda said: gone not in str(said["kept"]))
        assert stays in str(held(watched)["kept"]) and both in str(held(watched)["kept"])
        await other.leave()
        await until_gone(watched, lambda said: not any(each in str(said["kept"]) for each in (gone, stays, both)))
        await until_gone(watched, lambda said: not {gone, stays, both} & set(said["pictures"]))

    run(come_and_go())


def test_weights_of_ones_own_go_as_their_session_ends(watched: str) -> None:
    """The file and the model that was loaded from it."""
    weights = save(timm.create_model("test_vit", num_classes=0).state_dict())
    link = "model=From+the+hub&hub=test_vit&picture=Cat&across=8"

    async def come_and_go() -> None:
        visitor = Visitor(watched)
        await visitor.enter(query=link)
        await visitor.give("own-weights", "mine.safetensors", weights)
        await visitor.press("load-model")
        await until(watched, lambda said: OWN_WEIGHTS in str(said["models"]))
        assert await uploads(watched) >= len(weights), "as long as the reader is there"
        await visitor.leave()
        async with asyncio.timeout(PATIENCE_MS / 1000):
            while await uploads(watched) >= len(weights):
                last = Visitor(watched)
                await last.enter()
                await last.leave()  # Streamlit removes ended sessions only when another session ends
        await until(watched, lambda said: OWN_WEIGHTS not in str(said["models"]))

    run(come_and_go())


async def uploads(url: str) -> int:
    """Return the bytes of all uploaded files, as Streamlit itself counts them every 5 s."""
    await asyncio.sleep(5.5)
    with urllib.request.urlopen(f"{url}/_stcore/metrics", timeout=PATIENCE_MS / 1000) as answer:
        said = answer.read().decode()
    return sum(int(line.split()[-1]) for line in said.splitlines() if "UploadedFileManager" in line)
