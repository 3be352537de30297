"""Models that the settings name are loaded before a server answers."""

from __future__ import annotations

import psutil
import pytest

from attention_core.models.weights import cache_file
from benchmarks.load import MEMORY
from tests.browser.serving import running


def memory_of_a_server_that_answers(warm: str) -> int:
    """Return the memory in bytes before anybody has come."""
    with running(REGARD_WARM=warm, **MEMORY) as (_, process):
        return int(psutil.Process(process.pid).memory_info().rss)


@pytest.mark.nightly
def test_a_server_that_answers_has_loaded_them() -> None:
    without, warm = map(memory_of_a_server_that_answers, ("", "dinov2-small"))
    assert warm - without > cache_file().stat().st_size
