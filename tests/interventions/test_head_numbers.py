"""All heads with their measures, and rankings by them."""

from __future__ import annotations

import csv
import io
import math

import pytest
import torch

from attention_core.interventions.effects import every_effect
from attention_core.interventions.head_numbers import NAMES, head_numbers, heads_csv, maps_of, ranked
from attention_core.interventions.outcome import run
from tests.interventions.cases import MODELS, picture
from tests.planted import PLANTED, SQUARE, planted


def test_every_ranking_finds_the_planted_head() -> None:
    model = planted()
    base = run(model, picture())
    rows = head_numbers(model, base, every_effect(model, base))
    assert [(row.layer, row.head) for row in rows] == [(layer, head) for layer in range(3) for head in range(4)]
    last = {by: ranked(rows, by)[-1] for by in NAMES}
    for by in ("effect", "contribution"):
        assert (last[by].layer, last[by].head) == PLANTED["nothing"] and last[by].numbers[by] < 1e-6
    entropy = ranked(rows, "entropy")
    assert (entropy[0].layer, entropy[0].head) == PLANTED["everywhere"]
    assert entropy[0].numbers["entropy"] == pytest.approx(math.log2(65))
    nearest, cls = ranked(rows, "mean_distance")[-1], ranked(rows, "prefix_share")[0]
    assert (nearest.layer, nearest.head) == PLANTED["left"] and ranked(rows, "distance")[-1] == nearest, (
        "as its column is called"
    )
    assert (cls.layer, cls.head) == PLANTED["CLS"] and cls.numbers["prefix_share"] > 0.99
    numbers = [row.numbers["entropy"] for row in entropy]
    assert numbers == sorted(numbers, reverse=True) and len(numbers) == 12


def test_without_effects_they_are_absent() -> None:
    model = planted()
    rows = head_numbers(model, run(model, picture()))
    assert all(math.isnan(row.numbers["effect"]) for row in rows)
    with pytest.raises(ValueError, match="no head of this model has a effect; sort by another of effect, contribution"):
        ranked(rows, "effect")
    with pytest.raises(
        ValueError, match="heads are sorted by effect, contribution, distance, entropy, prefix_share, received 'size'"
    ):
        ranked(rows, "size")
    table = list(csv.DictReader(io.StringIO(heads_csv(rows))))
    assert list(table[0]) == ["layer", "head", "effect", "contribution", "distance", "entropy", "prefix_share"]
    assert len(table) == 12 and table[5]["effect"] == "" and float(table[5]["entropy"]) == rows[5].numbers["entropy"]


def test_windows_have_no_distance() -> None:
    model = MODELS["Swin"]()
    rows = head_numbers(model, run(model, picture()))
    assert len(rows) == 12 and all(math.isnan(row.numbers["mean_distance"]) and row.numbers["entropy"] > 0 for row in rows)


def test_maps_are_the_rows_of_a_token() -> None:
    model = planted()
    base = run(model, picture())
    maps = maps_of(model, base, lambda on: on.prefix + on.grid.index(4, 4))
    row, col, rows, cols = SQUARE
    assert maps[PLANTED["left"]].argmax() == 4 * 8 + 3
    assert maps[PLANTED["square"]][row : row + rows, col : col + cols].sum() > 0.9
    assert torch.equal(maps[0, 2].flatten(), base.record.layers[0].rows([37])[0, 2, 0, 1:])
