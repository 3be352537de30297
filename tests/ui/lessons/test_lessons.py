"""The laws that the lessons show, in what their pages send to the browser."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from attention_core import attention
from attention_core.maths.masks import before, mask_matrix
from attention_core.maths.positions import sinusoidal
from tests.ui.pages import checked, done, figure, numbers, open_lesson, sentences, table
from ui.lessons.self_attention import hard_lookup
from ui.lessons.vectors import presets

FIVE = presets()["five"].rows
ORDER = [2, 4, 0, 3, 1]
SHUFFLED = "3_5_1_4_2"


def close(values: object, expected: Tensor) -> None:
    torch.testing.assert_close(torch.as_tensor(values, dtype=torch.float64), expected, atol=1e-12, rtol=0)


@pytest.mark.parametrize("page", ["self_attention", "queries_keys_values", "multi_head"])
def test_a_lesson_opens_with_no_task_done(page: str) -> None:
    app = open_lesson(page)
    assert done(app) == [False] * 3 and not app.warning


def test_a_preset_is_described_only_while_it_is_shown() -> None:
    note = presets()["five"].note
    app = open_lesson("self_attention")
    assert note in (captions := [caption.value for caption in app.caption]) and "Edited" not in captions
    app = open_lesson("self_attention", X="1_2~3_4")
    captions = [caption.value for caption in app.caption]
    assert note not in captions and "Edited" in captions
    assert "Yours, 2 vectors of width 2. Reset brings these back." in captions


def test_starting_over_forgets_the_tasks() -> None:
    app = open_lesson("self_attention", X="0_0~0_0", weights="Softmax")
    assert done(app)[1]
    next(button for button in app.button if button.label == "Start over").click().run()
    assert done(app) == [False] * 3


def test_the_bare_form_is_the_sum_of_dot_products_times_vectors() -> None:
    app = open_lesson("self_attention")
    close(figure(app)["output"], (FIVE @ FIVE.T) @ FIVE)
    close(table(app, "Y"), (FIVE @ FIVE.T) @ FIVE)
    close(numbers(app, "They sum to"), (FIVE[2] @ FIVE.T).sum()[None])


@pytest.mark.parametrize(("version", "scale"), [("Softmax", 1.0), ("Scaled softmax", 0.5)])
def test_with_softmax_the_weights_are_torchs(version: str, scale: float) -> None:
    shown = figure(open_lesson("self_attention", weights=version))
    weights = torch.softmax(FIVE @ FIVE.T * scale, -1)
    close(shown["weights"], weights)
    close(shown["output"], weights @ FIVE)


def test_shuffled_vectors_give_shuffled_outputs_until_they_have_positions() -> None:
    in_order, moved = (figure(open_lesson("self_attention", weights="Softmax", order=order)) for order in ("", SHUFFLED))
    close(moved["x"], FIVE[ORDER])
    close(moved["output"], torch.tensor(in_order["output"], dtype=torch.float64)[ORDER])
    app = open_lesson("self_attention", weights="Softmax", order=SHUFFLED, positions="true")
    x = FIVE[ORDER] + sinusoidal(5, 4).double()
    close(figure(app)["output"], attention(x, x, x, scale=1.0).output)
    (difference,) = numbers(app, "Shuffled, and outputs changed")
    assert difference > 0.05


def test_a_fully_masked_row_gives_zeros_and_a_sentence() -> None:
    app = open_lesson("self_attention", weights="Softmax", mask="Only before", row="1")
    shown = figure(app)
    expected = attention(FIVE, FIVE, FIVE, mask_matrix(before, 5, 5), scale=1.0)
    close(shown["weights"], expected.weights)
    assert shown["weights"][0] == [0] * 5 and "may look at nothing" in sentences(app)


@pytest.mark.parametrize("query", [[0.8, 0.5], [1.0, 1.0]])
def test_at_temperature_zero_the_dictionary_is_a_lookup_and_ties_split(query: list[float]) -> None:
    app = open_lesson("self_attention", t="0 (hard)", ask="_".join(map(str, query)))
    keys = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    best = (keys @ torch.tensor(query)).topk(2)
    expected = 1.5 if best.values[0] == best.values[1] else [1.0, 2.0, 3.0, 4.0][best.indices[0]]
    assert numbers(app, "Mixture") == [expected, expected] and "They are equal" in sentences(app)


def test_at_an_infinite_temperature_it_is_the_mean() -> None:
    mixture, hard = numbers(open_lesson("self_attention", t="∞ (mean)"), "Mixture")
    assert math.isclose(mixture, 2.5) and hard == 1.0


def test_a_hard_lookup_shares_ties() -> None:
    values = torch.tensor([[1.0], [2.0], [6.0]])
    assert hard_lookup(torch.tensor([3.0, 1.0, 3.0]), values).item() == 3.5


def test_identity_is_the_page_before() -> None:
    plain = figure(open_lesson("self_attention", weights="Scaled softmax"))
    app = open_lesson("queries_keys_values")
    assert figure(app)["output"] == plain["output"] and numbers(app, "Y = Y of the page before") == [0.0]


@pytest.mark.parametrize("vectors", [preset.title for preset in presets().values()])
@pytest.mark.parametrize("recipe", ["Random", "Look at the previous one", "Look at the most different one", "Zero queries"])
def test_what_is_drawn_is_the_attention_of_the_tables(vectors: str, recipe: str) -> None:
    app = open_lesson("queries_keys_values", vectors=vectors, recipe=recipe)
    x = table(app, "X")
    q, k, v = (x @ table(app, f"W_{role}") + table(app, f"b_{role}") for role in "qkv")
    shown, expected = figure(app), attention(q, k, v)
    for name in ("q", "k", "v", "scores", "scaled", "weights", "output"):
        close(shown[name], getattr(expected, name))


def test_zero_queries_weigh_all_keys_alike() -> None:
    app = open_lesson("queries_keys_values", recipe="Zero queries")
    close(figure(app)["weights"], torch.full((5, 5), 0.2, dtype=torch.float64))
    assert done(app) == [True, False, False]


def test_the_previous_one_is_looked_at_in_every_row_of_the_notes_five() -> None:
    app = open_lesson("queries_keys_values", recipe="Look at the previous one")
    assert torch.tensor(figure(app)["weights"]).argmax(-1).tolist() == [0, 0, 1, 2, 3]
    assert numbers(app, "was solved") == [5, 5]


def test_cross_attention_has_a_column_for_each_z_and_a_row_for_each_x() -> None:
    app = open_lesson("queries_keys_values", source="another set z", recipe="Random", Z="1_2_3~4_5_6")
    shown, z = figure(app), table(app, "Z")
    assert torch.tensor(shown["weights"]).shape == (5, 2) and torch.tensor(shown["output"]).shape == (5, 4)
    q, k, v = (x @ table(app, f"W_{role}") + table(app, f"b_{role}") for role, x in (("q", FIVE), ("k", z), ("v", z)))
    close(shown["output"], attention(q, k, v).output)
    counts = [int(count) for count in numbers(app, 'class="regard-shapes"')]
    assert counts[-1] == 4 * 4 + 4 + 2 * (3 * 4 + 4) == sum(counts[:-1])


def test_a_narrower_head_changes_the_shapes_and_the_scale() -> None:
    shown = figure(open_lesson("queries_keys_values", d="2"))
    assert torch.tensor(shown["q"]).shape == (5, 2) and shown["scale"] == 2**-0.5


@pytest.mark.parametrize(
    ("page", "query", "task"),
    [
        ("self_attention", {"mask": "Causal"}, 0),
        ("self_attention", {"weights": "Softmax", "X": "1_1~1_1~1_1"}, 1),
        ("self_attention", {"weights": "Softmax", "X": "1_1~5_5"}, 2),
        ("queries_keys_values", {"recipe": "Look at the previous one", "Wv": "0_0_0_0~" * 3 + "0_0_0_0"}, 2),
        ("queries_keys_values", {"vectors": "Orthogonal", "Wq": "0_9_0_0~0_9_0_0~0_0_1_0~0_0_0_1"}, 1),
        ("multi_head", {"heads_off": ["0", "1", "2"]}, 1),
        ("multi_head", {"join": "Identity"}, 2),
        ("multi_head", {"join": "Off"}, 2),
        ("multi_head", {"heads_are": "Identity", "X8": "9_0_1_0~1_0_9_0~5_0_5_0", "pieces": "2"}, 0),
    ],
)
def test_a_task_that_is_done_is_noticed_and_stays_done(page: str, query: dict[str, str | list[str]], task: int) -> None:
    app = open_lesson(page, **query)
    assert done(app)[task]
    for name in query:
        del app.query_params[name]
    assert done(checked(app.run()))[task]


def test_tasks_go_by_the_vectors_names_whatever_their_order() -> None:
    assert done(open_lesson("self_attention", mask="Causal"))[0]
    assert not done(open_lesson("self_attention", mask="Causal", weights="Softmax", order="5_4_3_2_1"))[0]


def test_d_follows_the_vectors_width_until_it_is_set() -> None:
    app = open_lesson("queries_keys_values", vectors="Words in 2-D")
    app.button_group(key="vectors").set_value("five").run()
    assert torch.tensor(figure(app)["q"]).shape == (5, 4) and numbers(app, "Y = Y of the page before") == [0.0]
    app.slider(key="head_width").set_value(3).run()
    assert torch.tensor(figure(app)["q"]).shape == (5, 3)


def test_undo_brings_back_what_a_preset_took() -> None:
    app = open_lesson("self_attention", X="1_2~3_4")
    app.button_group(key="vectors").set_value("orthogonal").run()
    assert table(app, "X").shape == (4, 4)
    app.button(key="undo-X").click().run()
    assert table(app, "X").tolist() == [[1, 2], [3, 4]] and app.query_params["X"] == "1_2~3_4"


def test_start_over_takes_everything_back() -> None:
    app = open_lesson(
        "queries_keys_values", recipe="Random", draw="7", X="1_2~3_4", mask="Causal", row="1", Wv="9_0~0_9", d="2"
    )
    (button,) = (button for button in app.button if button.label == "Start over")
    checked(button.click().run())
    opened = open_lesson("queries_keys_values")
    assert figure(app) == figure(opened) and dict(app.query_params) == dict(opened.query_params)


def test_without_softmax_no_step_says_softmax() -> None:
    steps = [step["title"] for step in figure(open_lesson("self_attention"))["steps"]]
    assert steps[3] == "No softmax"
    assert figure(open_lesson("self_attention", weights="Softmax"))["steps"][3]["title"] == "Softmax"


def test_square_matrices_of_the_widest_vectors_can_be_edited_by_link() -> None:
    wide = "~".join("_".join("1" if row == column else "0" for column in range(16)) for row in range(16))
    app = open_lesson("queries_keys_values", X="_".join("1" * 16) + "~" + "_".join("2" * 16), Wq=wide.replace("1", "2", 1))
    assert table(app, "W_q")[0, 0] == 2 and table(app, "W_q").shape == (16, 16)
