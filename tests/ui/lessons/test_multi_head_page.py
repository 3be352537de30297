"""The laws of the page "Multi-head", in what it sends to the browser."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from attention_core import attention
from tests.ui.pages import figure, numbers, open_lesson, table
from ui.lessons.charts import heads_weights_figure
from ui.lessons.vectors import presets

FIVE = presets("vectors8.json")["five"].rows


def shown(**query: str | list[str]) -> dict[str, torch.Tensor]:
    data = figure(open_lesson("multi_head", **query), "regard_heads_figure")
    heads = {
        name: torch.tensor([head[name] for head in data["heads"]], dtype=torch.float64)
        for name in data["heads"][0]
        if name != "on"
    }
    whole = {name: torch.tensor(data[name], dtype=torch.float64) for name in ("x", "concat", "contributions", "output")}
    joined = {name: torch.tensor(data[name], dtype=torch.float64) for name in ("W_0", "b_0") if data[name] is not None}
    return whole | joined | {f"heads.{name}": values for name, values in heads.items()}


@pytest.mark.parametrize("heads", ["1", "2", "4", "8"])
def test_projecting_is_torchs_multi_head_attention(heads: str) -> None:
    at = shown(pieces=heads, reading="all of x")
    rows = [at[f"heads.W_{role}"].transpose(0, 1).reshape(8, 8).T for role in "qkv"]
    expected, weights = F.multi_head_attention_forward(
        *[FIVE[:, None]] * 3,
        embed_dim_to_check=8,
        num_heads=int(heads),
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


@pytest.mark.parametrize("heads", ["1", "2", "4", "8"])
def test_slicing_is_attention_over_each_piece(heads: str) -> None:
    at = shown(pieces=heads)
    pieces = FIVE.view(5, int(heads), -1).transpose(0, 1)
    q, k, v = (pieces @ at[f"heads.W_{role}"] + at[f"heads.b_{role}"][:, None] for role in "qkv")
    torch.testing.assert_close(at["heads.output"], attention(q, k, v).output)


@pytest.mark.parametrize("reading", ["a slice of x", "all of x"])
@pytest.mark.parametrize("off", [[], ["1"], ["0", "2", "3"], ["0", "1", "2", "3"]])
def test_what_the_heads_add_sums_to_the_output(reading: str, off: list[str]) -> None:
    at = shown(reading=reading, heads_off=off)
    torch.testing.assert_close(at["contributions"].sum(0) + at["b_0"], at["output"])
    torch.testing.assert_close(at["concat"] @ at["W_0"] + at["b_0"], at["output"])
    for head in off:
        assert at["contributions"][int(head)].abs().max() == 0


def test_links_of_before_counted_heads_from_one() -> None:
    at = shown(off=["1", "3"])
    assert [head for head, adds in enumerate(at["contributions"]) if adds.abs().max() == 0] == [0, 2]


def test_with_identity_both_readings_are_the_same() -> None:
    sliced, projected = (shown(reading=reading, heads_are="Identity") for reading in ("a slice of x", "all of x"))
    torch.testing.assert_close(sliced["output"], projected["output"])


def test_without_w0_the_output_is_the_concatenation() -> None:
    at = shown(join="Off")
    assert "W_0" not in at and at["output"].equal(at["concat"])


def test_one_slice_of_full_width_with_identity_is_the_first_lesson() -> None:
    at = shown(pieces="1", heads_are="Identity", join="Identity")
    torch.testing.assert_close(at["output"], attention(FIVE, FIVE, FIVE).output)


def test_a_column_reaches_one_head_by_slices_and_all_by_projections() -> None:
    for reading, reached in (("a slice of x", 1), ("all of x", 4)):
        assert numbers(open_lesson("multi_head", reading=reading), "Change column 1") == [reached, 4]


def test_the_costs_are_counted() -> None:
    sliced, sliced_ops, projected, ops, single, single_ops = numbers(open_lesson("multi_head"), 'class="regard-shapes"')
    assert (sliced, projected, single) == (3 * (4 * 2 * 2 + 8) + 72, 3 * (64 + 8) + 72, 3 * (64 + 8) + 72)
    assert (sliced_ops, ops, single_ops) == (3 * 5 * 16 + 400 + 320, 3 * 5 * 64 + 400 + 320, 3 * 5 * 64 + 400 + 320)


def test_a_number_of_heads_that_does_not_divide_explains_itself() -> None:
    app = open_lesson("multi_head", pieces="3")
    (warning,) = app.warning
    assert warning.value == "3 heads do not divide a width of 8; possible are 1, 2, 4, 8. Shown: 2."
    assert len(figure(app, "regard_heads_figure")["heads"]) == 2


def test_edits_of_one_head_stay_with_their_number_of_heads_and_reading() -> None:
    name = "Wq1.4s"
    app = open_lesson("multi_head", **{name: "7_0~0_7"})
    assert table(app, "W_q of head 0").tolist() == [[7, 0], [0, 7]]
    app.number_input(key="pieces").set_value(2).run()
    assert table(app, "W_q of head 0").shape == (4, 4) and name not in app.query_params
    app.number_input(key="pieces").set_value(4).run()
    assert table(app, "W_q of head 0").tolist() == [[7, 0], [0, 7]] and app.query_params[name] == "7_0~0_7"


def test_choosing_a_preset_takes_edits_of_it_back() -> None:
    app = open_lesson("multi_head", W0="_".join("9" * 8) + ("~" + "_".join("0" * 8)) * 7)
    assert table(app, "W_0")[0, 0] == 9
    app.button_group(key="join").set_value("identity").run()
    assert table(app, "W_0").equal(torch.eye(8).double())


@pytest.mark.parametrize("asked", ["0", "-3", "17"])
def test_any_number_of_heads_is_answered_with_a_sentence(asked: str) -> None:
    (warning,) = open_lesson("multi_head", pieces=asked).warning
    assert warning.value.startswith(f"{asked} heads do not divide a width of 8")


def test_of_many_heads_the_lowest_carries_the_axes_names() -> None:
    """Below another head they would lie on a title."""
    layout = heads_weights_figure(torch.full((8, 3, 3), 1 / 3), ["x1", "x2", "x3"], [True] * 8)["layout"]
    assert [name for name, axis in layout.items() if "axis" in name and "title" in axis] == ["xaxis5", "yaxis5"]
