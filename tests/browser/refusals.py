"""What a browser refuses a page, noted in the page itself."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.waiting import answered, rest

WATCH = """
globalThis.refused = [];
document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile }) =>
  globalThis.refused.push([effectiveDirective, blockedURI, sourceFile.split("/").pop().split(".")[0]]));
"""
FALLS_BACK = ["script-src", "wasm-eval", "protobuf"]
"""Streamlit's protobuf tries WebAssembly for whole numbers of 64 bits, and does without."""


def watching(page: Page) -> None:
    page.add_init_script(WATCH)


def refused(page: Page) -> list[list[str]]:
    rest(page, 300)
    answered(page)
    found: list[list[str]] = page.evaluate("globalThis.refused.splice(0)")
    return [each for each in found if each != FALLS_BACK]
