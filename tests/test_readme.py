"""The pictures, links and commands of README.md exist and are what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.hosting import MARKS, written

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
LINKED = [found for found in re.findall(r"\]\(([^)\s]+)\)", README) if "://" not in found]


def test_it_opens_with_a_readable_animation_that_loads_quickly() -> None:
    shown = re.search(r"!\[[^\]]+\]\((\S+)\)", README)
    assert shown is not None and shown.start() < README.index("\n## ")
    path = ROOT / shown[1]
    assert path.stat().st_size <= 3_000_000
    with Image.open(path) as animation:
        assert animation.n_frames > 100 and animation.info["loop"] == 0
        assert 800 <= animation.width <= 1280


@pytest.mark.parametrize("path", LINKED)
def test_what_it_links_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("target", re.findall(r"`make (\w+)`", README))
def test_its_make_targets_exist(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_a_server_figure_changes_only_its_own_column() -> None:
    begin, end = MARKS
    text = f"above\n{begin}\n| Figure | Before | Now | Aim |\n|---|---|---|---|\n| a: first | 3 s | 2 s | 1 s |\n{end}\nbelow"
    text = written(text, [("a: first", "1 s", "1 s"), ("b", "7 MB", "")], before=False)
    text = written(text, [("b", "9 MB", "")], before=True)
    lines = text.splitlines()
    assert lines[4:6] == ["| a: first | 3 s | 1 s | 1 s |", "| b | 9 MB | 7 MB |  |"] and (lines[0], lines[-1]) == (
        "above",
        "below",
    )
