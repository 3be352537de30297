"""The parts of a drawing by `regard map` and `regard rollout` besides the map."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attention_core import load_image, load_model
from attention_core.export.attention_map import attention_map
from attention_core.export.figure import FigureOptions
from tests.cli.test_main import COMMON, PHOTO, run


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_drawing_has_the_requested_parts(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, asked = tmp_path / f"map.{kind}", ["--query", "2,5", "--head", "1", "--head", "3"]
    run(capsys, "map", str(PHOTO), *COMMON, *asked, "--size", "2", "--colour-bar", "--caption", "--no-box", "--out", str(out))
    model, picture = load_model("random-heads"), load_image(PHOTO)
    record, grid = model.record(picture, 9)
    about: dict[str, object] = {"model": "random-heads", "layer": 0}
    shown = attention_map(record.layers[0], picture, grid, (2, 5), [1, 3], about=about)
    whole = getattr(shown, kind)(FigureOptions(2, colour_bar=True, caption=True, box=False))
    assert out.read_bytes() == (whole if isinstance(whole, bytes) else whole.encode())


def test_a_rollout_says_in_its_caption_how_it_was_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "rollout.svg"
    run(capsys, "rollout", str(PHOTO), *COMMON, "--query", "2,5", "--discard", "0.5", "--caption", "--out", str(out))
    words = re.findall("<text[^>]*>([^<]*)", out.read_text("utf-8"))
    assert words == [
        "What patch (row 2, column 5) holds of each patch after all layers.",
        "random-heads, rollout, heads fused by mean, residual 0.5, discard 0.5, 6 by 9 patches.",
    ]
