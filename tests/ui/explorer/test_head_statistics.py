"""The tab "All heads" of "Your image": what each number is, or why there are none."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.pages import open_lesson, sent


def app(**query: str) -> AppTest:
    return open_lesson("your_image", across="8", **query)


def atlas(page: AppTest) -> dict[str, Any] | None:
    return next(iter(sent(page, "regard_heads_atlas")), None)


@pytest.mark.parametrize(("title", "contributes"), [("DINOv2-small", "stream"), ("Random heads", "")])
def test_the_page_shows_the_heads_and_says_whether_what_they_write_is_known(title: str, contributes: str) -> None:
    page = app(model=title)
    found, explored = atlas(page), sent(page, "regard_explorer")[0]
    assert found is not None and found["key"] == "explorer"
    assert explored["measured"] and explored["contributes"] == contributes


def test_a_model_of_one_head_has_nothing_to_compare() -> None:
    page = app(model="Raw patches")
    assert atlas(page) is None and not sent(page, "regard_explorer")[0]["measured"]
    assert any("This model has one head" in each.value for each in page.markdown)


def test_many_patches_are_not_measured_and_the_page_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.recording.LARGE_PATCHES", 20)
    page = app(model="Random heads", picture="Coffee")
    assert atlas(page) is None and not sent(page, "regard_explorer")[0]["measured"]
    assert any("would take minutes" in each.value for each in page.markdown)
