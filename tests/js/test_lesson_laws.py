"""The laws that the lessons show. Every sentence with a number must be true of the current numbers."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from attention_core import attention
from attention_core.maths.masks import before, mask_matrix
from attention_core.maths.positions import sinusoidal
from tests.js.node import called

LESSONS = Path(__file__).resolve().parents[2] / "assets/lessons"


def preset(name: str, file: str = "vectors") -> Tensor:
    return tensor(json.loads((LESSONS / f"{file}.json").read_text())[name]["rows"])


def tensor(values: object) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def page(lesson: str, **link: str) -> dict[str, Any]:
    return called("../tests/js/lesson_reports.js", "page", lesson, urlencode(link))


def close(values: object, expected: Tensor) -> None:
    torch.testing.assert_close(tensor(values), expected.double(), atol=1e-7, rtol=0)


FIVE, EIGHT = preset("five"), preset("five", "vectors8")
ORDER = [2, 4, 0, 3, 1]
SHUFFLED = "3_5_1_4_2"


@pytest.mark.parametrize("lesson", ["self_attention", "queries_keys_values", "multi_head"])
def test_a_lesson_opens_with_no_task_done_and_an_empty_link(lesson: str) -> None:
    opened = page(lesson)
    assert opened["done"] == [False] * 3 and set(opened["link"].values()) == {None}


def test_the_bare_form_is_the_sum_of_dot_products_times_vectors() -> None:
    opened = page("self_attention")
    close(opened["data"]["output"], (FIVE @ FIVE.T) @ FIVE)
    close(opened["tables"]["Y"], (FIVE @ FIVE.T) @ FIVE)
    close(opened["says"]["what"]["numbers"], (FIVE[2] @ FIVE.T).sum()[None])


@pytest.mark.parametrize(("version", "scale"), [("Softmax", 1.0), ("Scaled softmax", 0.5)])
def test_with_softmax_weights_and_their_sentences_are_torchs(version: str, scale: float) -> None:
    shown = page("self_attention", weights=version)
    weights = torch.softmax(FIVE @ FIVE.T * scale, -1)
    close(shown["data"]["weights"], weights)
    other = torch.softmax(FIVE[2] @ FIVE.T * (1.5 - scale), -1).max()
    close(shown["says"]["what"]["numbers"], torch.stack([weights[2].sum(), weights[2].max(), other]))


def test_shuffled_vectors_give_shuffled_outputs_until_they_have_positions() -> None:
    in_order, moved = (page("self_attention", weights="Softmax", order=order) for order in ("", SHUFFLED))
    close(moved["data"]["x"], FIVE[ORDER])
    close(moved["tables"]["X"], FIVE[ORDER])
    close(moved["data"]["output"], tensor(in_order["data"]["output"])[ORDER])
    assert moved["says"]["moved"]["text"].startswith("Shuffled. Each output moved with its vector")
    placed = page("self_attention", weights="Softmax", order=SHUFFLED, positions="true")
    x = FIVE[ORDER] + sinusoidal(5, 4).double()
    close(placed["data"]["output"], attention(x, x, x, scale=1.0).output)
    y = attention(z := FIVE + sinusoidal(5, 4).double(), z, z, scale=1.0).output
    close(placed["says"]["moved"]["numbers"], (tensor(placed["data"]["output"]) - y[ORDER]).abs().max()[None])


def test_a_fully_masked_row_gives_zeros_and_a_sentence() -> None:
    shown = page("self_attention", weights="Softmax", mask="Only before", row="1")
    close(shown["data"]["weights"], attention(FIVE, FIVE, FIVE, mask_matrix(before, 5, 5), scale=1.0).weights)
    assert shown["data"]["weights"][0] == [0] * 5 and "may look at no key" in shown["says"]["empty"]["text"]


@pytest.mark.parametrize("query", [[0.8, 0.5], [1.0, 1.0]])
def test_at_temperature_zero_the_dictionary_is_a_lookup_and_ties_split(query: list[float]) -> None:
    shown = page("self_attention", t="0 (hard)", ask="_".join(map(str, query)))
    keys = tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    best = (keys @ tensor(query)).topk(2)
    expected = 1.5 if best.values[0] == best.values[1] else [1.0, 2.0, 3.0, 4.0][best.indices[0]]
    assert shown["says"]["answers"]["numbers"] == [expected, expected]
    assert shown["says"]["answers"]["text"].endswith("They are equal.")


def test_at_an_infinite_temperature_it_is_the_mean() -> None:
    mixture, hard, apart = page("self_attention", t="∞ (mean)")["says"]["answers"]["numbers"]
    assert math.isclose(mixture, 2.5) and hard == 1.0 and math.isclose(apart, 1.5)


def test_identity_equals_the_previous_lesson() -> None:
    plain = page("self_attention", weights="Scaled softmax")
    shown = page("queries_keys_values")
    assert shown["data"]["output"] == plain["data"]["output"] and shown["says"]["differs"]["numbers"] == [0.0]


@pytest.mark.parametrize("recipe", ["Random", "Look at the previous one", "Look at the most different one", "Zero queries"])
def test_the_figure_shows_the_attention_of_the_tables(recipe: str) -> None:
    for vectors in json.loads((LESSONS / "vectors.json").read_text()).values():
        shown = page("queries_keys_values", vectors=vectors["title"], recipe=recipe)
        x = tensor(shown["tables"]["X"])
        q, k, v = (x @ tensor(shown["tables"][f"W{role}"]) + tensor(shown["tables"][f"b{role}"]) for role in "qkv")
        expected = attention(q, k, v)
        for name in ("q", "k", "v", "scores", "scaled", "weights", "output"):
            close(shown["data"][name], getattr(expected, name))


def test_zero_queries_weight_all_keys_evenly() -> None:
    shown = page("queries_keys_values", recipe="Zero queries")
    close(shown["data"]["weights"], tensor([[0.2] * 5] * 5))
    assert shown["done"] == [True, False, False]


def test_every_row_of_the_notes_five_attends_to_the_previous_token() -> None:
    shown = page("queries_keys_values", recipe="Look at the previous one")
    assert tensor(shown["data"]["weights"]).argmax(-1).tolist() == [0, 0, 1, 2, 3]
    assert shown["says"]["recipe-does"]["numbers"] == [5, 5]


def test_cross_attention_has_a_column_for_each_z_and_a_row_for_each_x() -> None:
    shown = page("queries_keys_values", source="another set z", recipe="Random", Z="1_2_3~4_5_6")
    assert tensor(shown["data"]["weights"]).shape == (5, 2) and tensor(shown["data"]["output"]).shape == (5, 4)
    counts = shown["says"]["shape-table"]["numbers"]
    assert counts[-1] == 4 * 4 + 4 + 2 * (3 * 4 + 4) == sum(counts[:-1])


def test_a_narrower_head_changes_the_shapes_and_the_scale() -> None:
    shown = page("queries_keys_values", d="2")
    assert tensor(shown["data"]["q"]).shape == (5, 2) and shown["data"]["scale"] == pytest.approx(2**-0.5)


@pytest.mark.parametrize(
    ("lesson", "link", "task"),
    [
        ("self_attention", {"mask": "Causal"}, 0),
        ("self_attention", {"mask": "Your own", "cells": "11111~11110"}, 0),
        ("self_attention", {"weights": "Softmax", "X": "1_1~1_1~1_1"}, 1),
        ("self_attention", {"weights": "Softmax", "X": "1_1~5_5"}, 2),
        ("queries_keys_values", {"recipe": "Look at the previous one", "Wv": "0_0_0_0~" * 3 + "0_0_0_0"}, 2),
        ("queries_keys_values", {"vectors": "Orthogonal", "Wq": "0_9_0_0~0_9_0_0~0_0_1_0~0_0_0_1"}, 1),
        ("multi_head", {"heads_off": "0_1_2"}, 1),
        ("multi_head", {"join": "Identity"}, 2),
        ("multi_head", {"join": "Off"}, 2),
        ("multi_head", {"heads_are": "Identity", "X8": "9_0_1_0~1_0_9_0~5_0_5_0", "pieces": "2"}, 0),
    ],
)
def test_a_finished_task_is_noticed(lesson: str, link: dict[str, str], task: int) -> None:
    assert page(lesson, **link)["done"][task]


def test_tasks_go_by_the_vectors_names_whatever_their_order() -> None:
    assert not page("self_attention", mask="Causal", weights="Softmax", order="5_4_3_2_1")["done"][0]


def heads(**link: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    shown = page("multi_head", **link)
    data = shown["data"]
    own = {name: tensor([head[name] for head in data["heads"]]) for name in data["heads"][0] if name not in ("on", "blocked")}
    whole = {name: tensor(data[name]) for name in ("x", "concat", "contributions", "output", "W_0", "b_0") if data[name]}
    return whole | {f"heads.{name}": values for name, values in own.items()}, shown


@pytest.mark.parametrize("count", ["1", "2", "4", "8"])
def test_projecting_is_torchs_multi_head_attention(count: str) -> None:
    at, _ = heads(pieces=count, reading="all of x")
    rows = [at[f"heads.W_{role}"].transpose(0, 1).reshape(8, 8).T for role in "qkv"]
    expected, weights = F.multi_head_attention_forward(
        *[EIGHT[:, None]] * 3,
        embed_dim_to_check=8,
        num_heads=int(count),
        in_proj_weight=torch.cat(rows),
        in_proj_bias=torch.cat([at[f"heads.b_{role}"].flatten() for role in "qkv"]),
        bias_k=None,
        bias_v=None,
        add_zero_attn=False,
        dropout_p=0.0,
        out_proj_weight=at["W_0"].T,
        out_proj_bias=at["b_0"],
        average_attn_weights=False,
    )
    torch.testing.assert_close(at["output"], expected[:, 0])
    torch.testing.assert_close(at["heads.weights"], weights[0])


@pytest.mark.parametrize("count", ["1", "2", "4", "8"])
def test_slicing_is_attention_over_each_piece(count: str) -> None:
    at, _ = heads(pieces=count)
    pieces = EIGHT.view(5, int(count), -1).transpose(0, 1)
    q, k, v = (pieces @ at[f"heads.W_{role}"] + at[f"heads.b_{role}"][:, None] for role in "qkv")
    torch.testing.assert_close(at["heads.output"], attention(q, k, v).output)


@pytest.mark.parametrize("reading", ["a slice of x", "all of x"])
@pytest.mark.parametrize("off", ["", "1", "0_2_3", "0_1_2_3"])
def test_the_heads_contributions_sum_to_the_output(reading: str, off: str) -> None:
    at, shown = heads(reading=reading, heads_off=off)
    torch.testing.assert_close(at["contributions"].sum(0) + at["b_0"], at["output"])
    torch.testing.assert_close(at["concat"] @ at["W_0"] + at["b_0"], at["output"])
    assert all(at["contributions"][int(head)].abs().max() == 0 for head in off.split("_") if head)
    assert shown["says"]["add-up"]["numbers"][0] < 1e-12


def test_both_readings_are_equal_with_identity() -> None:
    (sliced, _), (projected, _) = (heads(reading=reading, heads_are="Identity") for reading in ("a slice of x", "all of x"))
    torch.testing.assert_close(sliced["output"], projected["output"])


def test_without_w0_the_output_is_the_concatenation() -> None:
    at, _ = heads(join="Off")
    assert "W_0" not in at and at["output"].equal(at["concat"])


def test_one_slice_of_full_width_with_identity_is_the_first_lesson() -> None:
    at, _ = heads(pieces="1", heads_are="Identity", join="Identity")
    torch.testing.assert_close(at["output"], attention(EIGHT, EIGHT, EIGHT).output)


def test_a_column_reaches_one_head_by_slices_and_all_by_projections() -> None:
    for reading, reached in (("a slice of x", 1), ("all of x", 4)):
        assert page("multi_head", reading=reading)["says"]["reaches"]["numbers"] == [reached, 4]


def test_the_costs_are_counted() -> None:
    sliced, sliced_ops, projected, ops, single, single_ops = page("multi_head")["says"]["cost-table"]["numbers"]
    assert (sliced, projected, single) == (3 * (4 * 2 * 2 + 8) + 72, 3 * (64 + 8) + 72, 3 * (64 + 8) + 72)
    assert (sliced_ops, ops, single_ops) == (3 * 5 * 16 + 400 + 320, 3 * 5 * 64 + 400 + 320, 3 * 5 * 64 + 400 + 320)


def test_a_number_of_heads_that_does_not_divide_is_explained() -> None:
    _, shown = heads(pieces="3")
    assert shown["says"]["refused"]["text"] == "A width of 8 cannot be divided among 3 heads. The page shows 2 heads."
    assert len(shown["data"]["heads"]) == 2


def test_edits_of_a_head_belong_to_its_number_of_heads_and_reading() -> None:
    _, shown = heads(**{"Wq1.4s": "7_0~0_7"})
    assert shown["tables"]["Wq"] == [[7, 0], [0, 7]] and shown["link"]["Wq1.4s"] == "7_0~0_7"
    _, shown = heads(**{"Wq1.4s": "7_0~0_7", "pieces": "2"})
    assert len(shown["tables"]["Wq"]) == 4 and shown["link"]["Wq1.4s"] is None
