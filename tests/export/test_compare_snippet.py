"""The script that repeats a comparison runs, and its results equal those of the core."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from attention_core import load_image, load_model
from attention_core.analysis.matching import match
from attention_core.analysis.similarity import cleaned, cosine_similarity
from attention_core.export.compare_snippet import SnippetSide, compare_snippet

LEFT = SnippetSide("assets/photos/cat.jpg", "dinov2-small", 8, 10)
RIGHT = SnippetSide("assets/photos/coffee.jpg", "dinov2-small", 9, 11)


def run(code: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    exec(compile(code, "snippet", "exec"), found)
    return found


def test_the_script_finds_the_similarity_and_the_matches(capsys: pytest.CaptureFixture[str]) -> None:
    found = run(compare_snippet(LEFT, RIGHT, (2, 3), "k", "position"))
    model = load_model("dinov2-small")
    patches = []
    for side in (LEFT, RIGHT):
        record, grid = model.record(load_image(side.picture), side.across, features=True)
        features = model.feature_map(record, grid, side.layer, "k")
        patches.append(cleaned(features.patches, features.grid, "position"))
    expected = cosine_similarity(patches[0][2 * 8 + 3 : 2 * 8 + 4], patches[1])[0]
    torch.testing.assert_close(found["similarity"].flatten(), expected)
    assert found["matches"].forward.equal(match(*patches).forward)
    assert capsys.readouterr().out.count("\n") == 1 + int(match(*patches).mutual.sum())


def test_two_models_are_compared_each_within_itself() -> None:
    other = SnippetSide("assets/photos/cat.jpg", "random-heads", 8, 0, {"patch_size": 16})
    code = compare_snippet(LEFT, other, (2, 3), "q", "as it is", one_space=False)
    assert "match(" not in code
    found = run(code)
    assert found["similarity"].shape[1] == 8 and found["similarity"][2, 3].item() == pytest.approx(1, abs=1e-5)


def test_a_name_stays_a_string_whatever_it_holds() -> None:
    odd = SnippetSide('x"); import os #.png', "dinov2-small", 8, 10)
    assert "image = load_image('x\"); import os #.png')" in compare_snippet(odd, RIGHT, (0, 0), "q", "mean")
