"""The pages as scripts, without a browser."""

from __future__ import annotations

import pytest
import streamlit as st

from attention_core.settings import Settings
from tests.ui.pages import run_page

PAGES = ("start", "your_image")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_and_shows_the_explorer(page: str) -> None:
    shown = run_page(page)
    assert not shown.exception
    assert "regard_explorer" in [item.proto.component_name for item in shown.get("bidi_component")]
    assert not shown.warning and not shown.error


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("runner.postScriptGC", False),
        ("global.maxCachedMessageAge", 30),
        ("server.maxUploadSize", Settings().upload_megabytes),
        ("browser.gatherUsageStats", False),
        ("server.showEmailPrompt", False),
        ("server.fileWatcherType", "none"),
        ("client.showErrorDetails", "none"),
        ("logger.enableRich", False),
    ],
)
def test_streamlit_takes_the_options_that_regard_relies_on(option: str, value: object) -> None:
    assert st.get_option(option) == value
