"""Every sentence of a lesson is true of the current numbers, over all presets, masks, forms and rows, and over hard cases."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
import torch
from torch import Tensor

from tests.js.node import ROOT, called
from tests.js.test_lesson_laws import LESSONS, tensor

Said = dict[str, Any]
VECTORS, VECTORS_8 = (
    [each["title"] for each in json.loads((LESSONS / f"{file}.json").read_text()).values()] for file in ("vectors", "vectors8")
)
MASKS: tuple[dict[str, str], ...] = (
    *({"mask": name} for name in ("None", "Causal", "Window", "Only before")),
    {"mask": "Your own", "cells": "00000~10000~01111~11111~00000"},
)
VERSIONS = ("Dot products", "Softmax", "Scaled softmax")
RECIPES = ("Identity", "Random", "Look at the previous one", "Look at the most different one", "Zero queries")
HARD_X = ("1", "0_0~0_0", "2~-1~3", "999.7_-998.3~991.1_977.9~-987.3_0.1", "1e-9_1e-9~1e-9_0", "1_1~1_1~1_1")
ROWS = ("1", "3", "5")
NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
SHUFFLED = {"order": "3_5_1_4_2"}


def links_of_self_attention() -> Iterator[dict[str, str]]:
    for version, vectors, mask, row in product(VERSIONS, VECTORS, MASKS, ROWS):
        yield {"weights": version, "vectors": vectors, "row": row, **mask}
        yield {"weights": version, "vectors": vectors, "row": row, **mask, **SHUFFLED, "positions": str(row == "3").lower()}
    for version, x, mask in product(VERSIONS, HARD_X, MASKS):
        yield {"weights": version, "X": x, **mask}
        yield {"weights": version, "X": x, **mask, "order": "3_1_2"}
    for temperature, query in product(("0 (hard)", "0.05", "1", "10", "∞ (mean)"), ("0.8_0.5", "1_1", "0_0")):
        yield {"t": temperature, "ask": query}


def links_of_qkv() -> Iterator[dict[str, str]]:
    sources = ({}, {"source": "another set z"}, {"source": "another set z", "Z": "1_2_3~4_5_6"})
    for recipe, source, mask, row in product(RECIPES, sources, MASKS, ROWS):
        for vectors in VECTORS[:3]:
            yield {"recipe": recipe, "vectors": vectors, "row": row, **source, **mask}
    changed = ({"Wq": "1_0~0_1"}, {"bq": "3_1"}, {"Wk_is": "Zero"}, {"Wq_is": "Random"}, {"Wv_is": "Identity", "d": "1"})
    for recipe, change, mask in product(RECIPES, changed, MASKS):
        yield {"recipe": recipe, "X": "1_0~0_1~-1_0~0_-2~1_1", **change, **mask}
    yield {"mask": "Your own", "cells": "~".join(["00000"] * 5)}
    for recipe, x in product(RECIPES, HARD_X):
        yield {"recipe": recipe, "X": x}


def links_of_heads() -> Iterator[dict[str, str]]:
    readings, joins = ("a slice of x", "all of x"), ("Random", "Identity", "Off")
    for reading, join, pieces, mask in product(readings, joins, ("1", "2", "3", "4", "8"), MASKS):
        yield {"reading": reading, "join": join, "pieces": pieces, "row": "1", **mask}
        yield {"reading": reading, "join": join, "pieces": pieces, **mask, "heads_off": "0", "b0": "1_0_0_0_0_0_0_2"}
    for vectors, x in product(VECTORS_8, ("", *HARD_X)):
        yield {"vectors8": vectors, **({"X8": x} if x else {})}


LINKS = {
    "self_attention": links_of_self_attention,
    "queries_keys_values": links_of_qkv,
    "multi_head": links_of_heads,
}


@cache
def said_by(lesson: str) -> list[tuple[str, Said]]:
    """Return the sentences of the lesson at each of its links."""
    links = [urlencode(link) for link in LINKS[lesson]()]
    return list(zip(links, called("../tests/js/lesson_reports.js", "pages", lesson, links), strict=True))


@pytest.fixture(params=LINKS)
def swept(request: pytest.FixtureRequest) -> tuple[str, list[tuple[str, Said]]]:
    """Return a lesson and all its sentences."""
    return request.param, said_by(request.param)


def sentences(said: Said) -> list[str]:
    return [*said["says"].values(), *filter(None, said["narration"].values())]


def chosen(said: Said) -> Tensor:
    """Return the row of weights that the sentences describe. For heads, return one row per head."""
    return tensor(said["weights"])[..., said["row"], :]


def test_no_sentence_has_a_gap(swept: tuple[str, list[tuple[str, Said]]]) -> None:
    for link, said in swept[1]:
        for sentence in sentences(said):
            assert not re.search(r"undefined|null|nan\b|NaN|\[object|[-−]0(?![.\d])|  |\.\.|\$|_", sentence), (link, sentence)
            assert sentence.endswith("."), (link, sentence)


def test_the_stated_sum_of_a_row_is_true(swept: tuple[str, list[tuple[str, Said]]]) -> None:
    found = 0
    for link, said in swept[1]:
        row = chosen(said)
        for sentence in sentences(said):
            for number in re.findall(rf"sum to ({NUMBER})", sentence):
                assert float(row.sum()) == pytest.approx(float(number), rel=0.06, abs=1e-9), (link, sentence)
                found += 1
            if "sum to about 1" in sentence:
                assert abs(float(row.sum()) - 1) < 0.005, (link, sentence)
            if "No weight of" in sentence or "between 0 and 1" in sentence:
                assert float(row.min()) >= 0 and float(row.max()) <= 1, (link, sentence)
    assert found or swept[0] == "multi_head"


def test_the_largest_weight_is_named_with_all_its_ties(swept: tuple[str, list[tuple[str, Said]]]) -> None:
    found = 0
    for link, said in swept[1]:
        for sentence in sentences(said):
            match = re.search(rf"The largest is ({NUMBER}), (for ([^.;]*)|the same for all keys)", sentence)
            if not match:
                continue
            found += 1
            row = chosen(said)
            assert float(row.max()) == pytest.approx(float(match[1]), rel=0.06), (link, sentence)
            places = (row >= row.max() - 1e-12).nonzero().flatten().tolist()
            if match[3] is None:
                assert len(places) == len(row) > 1, (link, sentence)
            else:
                names = [f"{at + 1}" for at in range(len(row))]
                if "order" in link and (given := said.get("names")):
                    names = [re.sub(r"\D", "", name) for name in given]
                assert re.findall(r"\d+", match[3]) == [names[at] for at in places], (link, sentence)
    assert found or swept[0] == "multi_head"


def test_only_fully_masked_queries_are_described_as_such(swept: tuple[str, list[tuple[str, Said]]]) -> None:
    for link, said in swept[1]:
        allowed = said["allowed"]
        empty = [] if allowed is None else [at for at, row in enumerate(allowed) if not any(row)]
        sentence = said["says"].get("empty", "")
        assert bool(sentence) == bool(empty), (link, sentence)
        raw = said.get("version") == "raw"
        assert ("softmax" in sentence.lower()) == (bool(empty) and not raw), (link, sentence)
        none = any(
            "may look at no key" in each for each in (said["narration"].get("Softmax") or "", said["says"].get("what", ""))
        )
        assert none == (said["row"] in empty and bool(said["narration"].get("Softmax") or said["says"].get("what"))), link
        if empty:
            output = tensor(said["output"])[empty]
            bias = (said.get("layer") or {}).get("b0")
            left = tensor(bias[0] if bias else [0.0]).expand_as(output)
            torch.testing.assert_close(output, left)
            assert ("b0 alone" in sentence) == bool(left.any()), (link, sentence)


def test_the_stated_number_of_masked_keys_is_true(swept: tuple[str, list[tuple[str, Said]]]) -> None:
    for link, said in swept[1]:
        sentence = said["narration"].get("Mask")
        if sentence is None:
            continue
        closed = said["allowed"][said["row"]].count(False)
        if closed:
            assert f"may not look at {closed} of {len(said['allowed'][0])} keys" in sentence, (link, sentence)
        else:
            assert "changes nothing" in sentence, (link, sentence)


def test_sentences_on_equal_and_different_values_are_true() -> None:
    moves = {"changed": 0, "every output": 0}
    for link, said in said_by("self_attention"):
        sentence = said["says"]["moved"]
        if not sentence.startswith("Shuffled"):
            continue
        alone = "positions=true" not in link and said["allowed"] is None
        assert not alone or "Each output moved with its vector" in sentence, (link, sentence)
        assert ("each position adds" in sentence) <= ("positions=true" in link), (link, sentence)
        assert ("the mask depends on position" in sentence) <= (said["allowed"] is not None), (link, sentence)
        moves["changed" if "changed" in sentence else "every output"] += 1
    assert all(moves.values())


def test_recipes_are_counted_without_ties_and_empty_rows() -> None:
    for link, said in said_by("queries_keys_values"):
        weights, sentence = tensor(said["weights"]), said["says"].get("recipe-does", "")
        count, keys = weights.shape
        if "the largest weight goes to" in sentence:
            target = [min(max(at - 1, 0), keys - 1) for at in range(count)]
            lead = [
                float(row[at] - torch.cat([row[:at], row[at + 1 :], row.new_zeros(1)]).max())
                for row, at in zip(weights, target, strict=True)
            ]
            assert f"{sum(by > 1e-12 for by in lead)} of {count} rows" in sentence, (link, sentence)
        if "all rows of W are the same" in sentence:
            assert float((weights - weights[0]).abs().max()) < 1e-9, (link, sentence)
        if "only the mask" in sentence:
            assert said["allowed"] is not None and float((weights - weights[0]).abs().max()) > 1e-9, (link, sentence)
        if "is zero" in sentence:
            assert not tensor(said["made"]["q"]["weight"]).any(), (link, sentence)
        assert "Wq_is" not in link or not sentence, (link, sentence)
        assert not said["done"][2] or bool(weights.any(-1).all()), link


def test_steps_described_as_without_effect_have_none() -> None:
    same = 0
    for _, said in said_by("queries_keys_values"):
        if "change nothing" not in said["says"]["differs"]:
            continue
        x, allowed = tensor(said["x"]), said["allowed"]
        scores = x @ x.T / x.shape[1] ** 0.5
        if allowed is not None:
            scores = scores.masked_fill(~torch.tensor(allowed), -torch.inf)
        plain = torch.nan_to_num(torch.softmax(scores, -1)) @ x
        torch.testing.assert_close(tensor(said["output"]), plain)
        same += 1
    assert same


def test_the_sentence_on_the_number_of_heads_is_true() -> None:
    for link, said in said_by("multi_head"):
        heads, tokens = len(said["weights"]), len(said["x"])
        width = len(said["x"][0])
        narration = said["narration"]
        assert len(said["leads"]) == 1, link
        assert f"{tokens} outputs of width {width // heads}" in narration["Values"], link
        if narration["Concatenate"]:
            assert f"{heads} × {width // heads} = {width}" in narration["Concatenate"], link
        if joined := said["says"].get("join-rows"):
            head, part = map(int, re.match(r"Row (\d+)\.(\d+) ", joined).groups())  # type: ignore[union-attr]
            assert f"number {part} of the output of head {head}" in joined and head == heads - 1 and part == width // heads, (
                link
            )
        if narration["W₀"]:
            assert ("plus b0" in narration["W₀"]) == bool(tensor(said["layer"]["b0"]).any()), link


def test_tasks_are_plain_text() -> None:
    tasks = json.loads((ROOT / "assets/lessons/tasks.json").read_text())
    for task in (task for lesson in tasks.values() for task in lesson):
        assert not re.search(r"[$_\\*]", "".join(task.values()))


def test_notes_of_presets_are_true() -> None:
    presets = {name: tensor(each["rows"]) for name, each in json.loads((LESSONS / "vectors.json").read_text()).items()}
    five, loud, orthogonal, alike = (presets[name] for name in ("five", "loud", "orthogonal", "alike"))
    others = [0, 1, 2, 4]
    torch.testing.assert_close(loud[3] @ loud[others].T, 4 * five[3] @ five[others].T)
    assert not (orthogonal @ orthogonal.T).fill_diagonal_(0).any() and alike[1].equal(alike[3])
    eight = {name: tensor(each["rows"]) for name, each in json.loads((LESSONS / "vectors8.json").read_text()).items()}
    pairs = eight["apart"].view(5, 4, 2).abs().sum(-1) > 0
    assert pairs[:4].equal(torch.eye(4, dtype=torch.bool)) and pairs[4].all() and eight["alike"][1].equal(eight["alike"][3])
