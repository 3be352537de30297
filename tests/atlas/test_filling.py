"""Batches of pictures of one grid: how full they are, and that pictures are decoded while the model computes."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from attention_core.atlas import Settings, build, filling, find_source, read_manifest
from attention_core.atlas.filling import Batch, batches
from attention_core.atlas.measuring import Measurer
from tests.atlas.models import folder_of, picture, vit

SOON = 10.0
"""Seconds. If something that should happen during the computation has not happened by then, the test fails."""


def test_batches_are_filled_across_pictures_of_one_grid() -> None:
    shapes = [(64, 40), (48, 48), (40, 64)]
    pictures = [(f"{n:02d}", picture(n, *shapes[n % 3])) for n in range(24)]
    found = [each for each in batches(pictures, vit(), 6, 4) if isinstance(each, Batch)]
    assert [len(batch.names) for batch in found] == [4] * 6
    for batch in found:
        first = batch.numbers[0]
        assert batch.numbers == [first, first + 3, first + 6, first + 9], "those of one shape, in order"
        assert batch.names == [f"{number:02d}" for number in batch.numbers]
        assert {each.size for each in batch.pictures} == {(batch.grid.width, batch.grid.height)}


def test_pictures_are_decoded_while_the_model_computes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first pass waits until a picture of the second batch is decoded.

    That decoding waits until the first pass has begun.
    """
    folder = folder_of(tmp_path / "pictures", 6, wide=0)
    of_second_batch = (folder / "003.png").read_bytes()
    computing, decoded = threading.Event(), threading.Event()
    load_image, measure = filling.load_image, Measurer.__call__

    def load(source: Any) -> Image.Image:
        beside = source == of_second_batch and threading.current_thread() is not threading.main_thread()
        assert not beside or computing.wait(SOON), "decoded before the first pass begins"
        loaded = load_image(source)
        if beside:
            decoded.set()
        return loaded

    def pass_of(measurer: Measurer, pictures: Any, grid: Any) -> Any:
        if measurer.means is not None:  # not those of the sample
            computing.set()
            assert decoded.wait(SOON), "the pass ends before anything is decoded beside it"
        return measure(measurer, pictures, grid)

    monkeypatch.setattr(filling, "load_image", load)
    monkeypatch.setattr(Measurer, "__call__", pass_of)
    build(find_source(folder), vit(), tmp_path / "atlas", Settings(across=6, batch_size=2))
    assert decoded.is_set() and read_manifest(tmp_path / "atlas").finished
