"""The page's queries hold only a part of an atlas in memory."""

from __future__ import annotations

import sys

import pytest

from benchmarks import atlas_memory


@pytest.mark.nightly
@pytest.mark.skipif(sys.platform != "linux", reason="the highest size of a process is read from /proc")
def test_ten_times_the_pictures_take_little_more_memory() -> None:
    for figure in atlas_memory.figures():
        assert figure.value <= figure.at_most, figure.row()
