"""The lessons' results in the browser equal torch's on the same numbers, whatever a link sets."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import urlencode

import pytest
import torch

from tests.js.node import called
from ui.lessons.confirmation import difference, read_heads, read_projected, read_self_attention

READ = {"self_attention": read_self_attention, "queries_keys_values": read_projected, "multi_head": read_heads}
CASES = 200
MASKS = ("None", "Causal", "Window", "Only before", "Your own")
KINDS = ("As chosen above", "Identity", "Random", "Zero")
RECIPES = ("Identity", "Random", "Look at the previous one", "Look at the most different one", "Zero queries")


def told(lesson: str, links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return called("../tests/js/lesson_reports.js", "reports", lesson, [urlencode(link) for link in links])


def links(lesson: str) -> list[dict[str, Any]]:
    """Return seeded random links. The first is the opening one."""
    draw = random.Random(lesson)
    return [
        {},
        *({"self_attention": plain, "queries_keys_values": projected, "multi_head": heads}[lesson](draw) for _ in range(CASES)),
    ]


def rows(draw: random.Random, count: int, width: int) -> str:
    return "~".join(
        "_".join(repr(round(draw.gauss(0, 1.2), draw.choice([1, 3, 9]))) for _ in range(width)) for _ in range(count)
    )


def mask(draw: random.Random, count: int) -> dict[str, Any]:
    chosen = draw.choice(MASKS)
    own = "~".join("".join(draw.choice("01") for _ in range(count)) for _ in range(count))
    return {"mask": chosen, "radius": draw.randint(0, 6), "cells": own}


def plain(draw: random.Random) -> dict[str, Any]:
    count, width = draw.randint(1, 12), draw.randint(1, 16)
    order = draw.sample(range(1, count + 1), count)
    chosen = {"X": rows(draw, count, width), "weights": draw.choice(["Dot products", "Softmax", "Scaled softmax"])}
    chosen |= {"order": "_".join(map(str, order))} if draw.random() < 0.5 else {}
    return chosen | mask(draw, count) | ({"positions": "true"} if draw.random() < 0.5 else {})


def projected(draw: random.Random) -> dict[str, Any]:
    chosen = plain(draw) | {"recipe": draw.choice(RECIPES), "draw": draw.randint(0, 999), "d": draw.randint(1, 16)}
    chosen |= {f"W{role}_is": draw.choice(KINDS) for role in "qkv"}
    return chosen | (
        {"source": "another set z", "Z": rows(draw, draw.randint(1, 12), draw.randint(1, 16))} if draw.random() < 0.4 else {}
    )


def heads(draw: random.Random) -> dict[str, Any]:
    count = draw.randint(1, 12)
    chosen = {
        "X8": rows(draw, count, draw.randint(1, 16)),
        "pieces": draw.choice([1, 2, 4, 8, 3]),
        "draw": draw.randint(0, 999),
    }
    chosen |= {"reading": draw.choice(["a slice of x", "all of x"]), "join": draw.choice(["Random", "Identity", "Off"])}
    chosen |= {"heads_are": draw.choice(["Random", "Identity"]), "heads_off": draw.choice(["", "0", "0_2", "1"])}
    return chosen | mask(draw, count)


@pytest.mark.parametrize("lesson", READ)
def test_weights_and_outputs_are_torchs(lesson: str) -> None:
    found = told(lesson, links(lesson))
    assert len(found) == CASES + 1
    largest = 0.0
    for each in found:
        shown = each["report"]
        largest = max(largest, difference(shown, READ[lesson](shown).trace()))
    assert largest < 1e-6


def test_random_numbers_of_links_are_torchs() -> None:
    (found,) = told("queries_keys_values", [{"recipe": "Random", "draw": 7}])
    for at, role in enumerate("qkv"):
        drawn = torch.randn(4, 4, generator=torch.Generator().manual_seed(21 + at), dtype=torch.float64) / 2
        assert found["report"]["made"][role]["weight"] == drawn.mul(100).round().div(100).tolist()
    (found,) = told("multi_head", [{"draw": 3, "reading": "all of x"}])
    drawn = torch.randn(8, 8, generator=torch.Generator().manual_seed(15), dtype=torch.float64) / 8**0.5
    assert found["report"]["layer"]["W0"] == drawn.mul(100).round().div(100).tolist()
    drawn = torch.randn(4, 8, 2, generator=torch.Generator().manual_seed(12), dtype=torch.float64) * 1.6 / 8**0.5
    assert found["report"]["layer"]["Wq"] == drawn.mul(100).round().div(100).tolist()
