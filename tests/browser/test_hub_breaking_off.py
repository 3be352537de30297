"""A hub that sends half a model: a sentence and a line in the log with one id, and the rest of the page stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import hover, top, wait_for_map
from tests.browser.serving import running
from tests.browser.test_hub_models import ask_for, load, mirror
from tests.models.conftest import Hub

__all__ = ["mirror"]
pytestmark = pytest.mark.nightly

Open = Callable[..., Page]
NAME = "hf-hub:tests/half"
BROKE_OFF = re.compile(
    r"The download of tests/half broke off, and nothing of it was kept; load it again \(fault ([0-9a-f]{8})\)\."
)


@pytest.fixture
def hosted(mirror: Hub, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The app, and the file of what it writes, which is whole once it has stopped."""
    output, home = tmp_path / "output", tmp_path / "home"
    with running(output=output, HF_ENDPOINT=mirror.endpoint, HF_HOME=str(home)) as (url, _):
        yield url, output


def half(body: bytes) -> bytes:
    return body[: len(body) // 2]


def test_half_a_file_is_a_sentence_and_a_line_and_the_second_try_works(
    open_page: Open, hosted: tuple[str, Path], mirror: Hub, tmp_path: Path
) -> None:
    url, output = hosted
    mirror.add_tiny("tests/half")
    mirror.sent = half
    page = open_page(f"{url}/your_image?model=From+the+hub&picture=Cat&layer=1&across=9")
    wait_for_map(page)
    before = top(page)
    ask_for(page, NAME)
    load(page)
    said = page.get_by_text(BROKE_OFF)
    expect(said).to_have_count(1)
    assert top(page) == before
    hover(page, 2, 3, 9, 9)
    assert "Under the pointer" in page.locator(".regard-explorer .readout").inner_text(), "the map is alive"
    (number,) = BROKE_OFF.findall(said.inner_text())
    assert not list((tmp_path / "home").rglob("*.incomplete")) and not list((tmp_path / "home").rglob("model.safetensors"))

    mirror.sent = lambda body: body
    load(page)
    page.get_by_role("tab", name="How to read it").click()
    expect(page.get_by_text("Weights: hub, tests/half.")).to_be_visible()
    expect(page.get_by_text(BROKE_OFF)).to_have_count(0)
    wait_for_map(page)
    assert top(page) != before
    page.goto("about:blank")  # before the server goes
    written = output.read_text("utf-8")
    (line,) = (line for line in written.splitlines() if "fault" in line.lower())
    facts = dict(word.split("=") for word in line.removeprefix("fault ").split(" "))
    assert (facts["id"], facts["type"], facts["page"]) == (number, "WeightsFaultError", "your_image")
    for text in ("model.safetensors", str(tmp_path), "tests/half", "Traceback"):
        assert text not in written, text
