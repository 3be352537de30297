"""axe over the whole of every page, Streamlit's parts too, in both themes: nothing serious. test_embed.py has the frames."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.axe import violations
from tests.browser.explorer import wait_for_all_layers
from tests.browser.pages import PAGES, address, wait_for
from tests.browser.themes import GROUNDS, turn
from tests.browser.waiting import answered, until

Open = Callable[..., Page]


def serious(page: Page) -> list[str]:
    """Of all but the components, in which nothing at all may be found."""
    found = Axe().run(page, context={"exclude": [".stBidiComponent"]}).response
    assert found["passes"], "axe must have looked at something"
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}: {each['nodes'][0]['failureSummary'][:200]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_serious_on_a_page_in_either_theme(open_page: Open, server: str, name: str) -> None:
    page = open_page(address(server, name), reduced_motion="reduce")
    wait_for(page, name)
    if name == "your_image":
        wait_for_all_layers(page)  # until then heads that are on their way are faint
    for theme in GROUNDS:
        turn(page, theme)
        answered(page)  # what a run may still change is faint
        until(page, "() => document.getAnimations().every((each) => each.playState !== 'running')")  # and turns slowly
        assert serious(page) == []
        assert violations(page) == []
