"""What Python gave a component last is what it shows, also where its script comes later than all that was given."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.firefox import is_firefox
from tests.browser.held_scripts import HeldScripts
from tests.browser.serving import ROOT, Servers

Open = Callable[..., Page]


@pytest.fixture
def app(servers: Servers) -> Iterator[str]:
    with servers.lend("tests/browser/given_app.py", PYTHONPATH=str(ROOT)) as url:
        yield url


def test_what_was_given_last_is_shown(open_page: Open, app: str) -> None:
    held: list[HeldScripts] = []
    page = open_page(app, prepare=lambda page: held.append(HeldScripts(page)))
    expect(page.get_by_role("heading", name="Run 6 was the last")).to_be_visible()
    held[0].release()
    expect(page.locator(".given:empty")).to_have_count(0)
    plain, ours = (page.locator(f"[class*=st-key-{name}] .given").all_inner_texts() for name in ("plain", "ours"))
    assert len(plain) == len(ours) and set(ours) == {"6"}
    if not is_firefox(page):
        assert set(plain) != {"6"}, "ui/components/component.py is no longer needed: Streamlit keeps the order"
