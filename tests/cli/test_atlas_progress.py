"""The output of `regard atlas` on a terminal. On the test's clock every pass takes equally long."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest
from tqdm import std

from attention_core.atlas.measuring import Measurer
from attention_core.cli.main import INTERRUPTED, main
from tests.atlas.models import folder_of

PASS = 2.1
"""Seconds."""
MODEL = ["--model", "random-heads", "--across", "4", "--patch-size", "8", "--batch", "2"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Passes:
    """Makes each pass of the job take PASS seconds. After `most` passes it interrupts the job."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now, self.most = 1000.0, 10**6
        measure = Measurer.__call__

        def timed(measurer: Measurer, pictures: Any, grid: Any) -> Any:
            if measurer.means is not None:  # not those of the sample
                if self.most == 0:
                    raise KeyboardInterrupt
                self.most -= 1
                self.now += PASS
            return measure(measurer, pictures, grid)

        patch.setattr(Measurer, "__call__", timed)
        patch.setattr(std, "time", lambda: self.now)


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Passes:
    return Passes(monkeypatch)


def shown(words: list[str], monkeypatch: pytest.MonkeyPatch, code: int = 0) -> list[str]:
    """Return the texts of the progress line in their order, from the first count on."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", terminal := Terminal())
        assert main(words) == code
        frames = terminal.getvalue().split("\r")
    return [frame.split("|")[-1].partition("\n")[0].strip() for frame in frames if "%" in frame]


def test_rate_time_left_and_failures(tmp_path: Path, passes: Passes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passes have two pictures or one, because shards have three. The broken picture takes no time."""
    folder = folder_of(tmp_path / "pictures", 8, wide=0, broken=1)
    found = shown(["atlas", str(folder), "--out", str(tmp_path / "out"), *MODEL, "--shard", "3"], monkeypatch)
    assert "3/9 [00:02<00:04,  1.43/s, left out=1]" in found
    assert found[-1] == "9/9 [00:10<00:00,  0.86/s, left out=1]"


def test_earlier_work_is_in_the_count_but_not_in_the_rate(
    tmp_path: Path, passes: Passes, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path / "pictures", 10, wide=0)
    words = ["atlas", str(folder), "--out", str(tmp_path / "out"), *MODEL, "--shard", "4"]
    passes.most = 3
    assert shown(words, monkeypatch, INTERRUPTED)[-1] == "6/10 [00:06<00:04,  0.95/s]"
    passes.most = 2
    found = shown(words, monkeypatch)
    assert [each for each in found if each.startswith("8/10")] == ["8/10 [00:02<00:02,  0.95/s]"]
    assert found[-1] == "10/10 [00:04<00:00,  0.95/s]"
