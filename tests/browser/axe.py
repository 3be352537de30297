"""axe-core over what Regard draws; the rest of a page is Streamlit's."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def violations(page: Page, within: str = ".stBidiComponent") -> list[str]:
    found = Axe().run(page, context={"include": [within]}).response
    assert found["passes"], "axe must have looked at something"
    return [f"{violation['id']}: {violation['nodes'][0]['html'][:200]}" for violation in found["violations"]]
