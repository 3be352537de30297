"""The lessons' own files, written and opened for a test."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from ui.lessons.kinds import TITLES
from ui.lessons.standalone import standalone_lesson

DRAWN = "svg.toy [data-value]"
LAPTOP = {"width": 1280, "height": 720}


def written(folder: Path, lesson: str, link: str = "") -> Path:
    file = folder / f"{lesson}.html"
    file.write_text(standalone_lesson(TITLES[lesson], lesson, link), encoding="utf-8")
    assert file.stat().st_size <= 1_000_000
    return file


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator(DRAWN).first).to_be_attached()
    return page
