"""The effect of edits on a pass, and how far they move its output."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from attention_core.images.patch_grid import PatchGrid
from attention_core.interventions.change import change, distance
from attention_core.interventions.edits import Edit, edited, parse_edits
from attention_core.interventions.outcome import Outcome, run
from tests.interventions.cases import MODELS, picture
from tests.planted import PLANTED, SQUARE, planted

WITH_W_0 = [name for name in MODELS if name not in ("class attention", "no CLS")]
"""The last layers of the other models do not move the patches."""


@pytest.mark.parametrize("name", WITH_W_0)
def test_off_is_a_slice_of_w_0_that_is_zero(name: str) -> None:
    model = MODELS[name]()
    base = run(model, picture())
    layer = base.record.layers[len(base.record) // 2]
    switched_off = run(model, picture(), None, [Edit(layer.index, (1,))], base)
    changed = replace(model, module=copy.deepcopy(model.module))
    path = base.record.blocks[layer.index].projection.path
    weight = changed.module.get_submodule(path).weight
    width = weight.shape[1] // layer.num_heads
    with torch.no_grad():
        weight[:, width : 2 * width] = 0
    expected = run(changed, picture())
    torch.testing.assert_close(switched_off.tokens, expected.tokens, atol=1e-6, rtol=1e-5)
    assert (base.tokens - switched_off.tokens).abs().max() > 1e-3


@pytest.mark.parametrize("name", ["pre-norm", "explicit softmax", "torchvision", "Swin", "no CLS"])
def test_an_edit_of_nothing_changes_nothing(name: str) -> None:
    model = MODELS[name]()
    base = run(model, picture())
    assert run(model, picture(), base=base) is base
    for edits in ("0.*:t1", "1.1:t1.0;0.0:t1"):
        kept = run(model, picture(), None, parse_edits(edits), base)
        torch.testing.assert_close(kept.tokens, base.tokens, atol=1e-5, rtol=1e-5)
    moved = change(model, base, base)
    assert moved.patches.count_nonzero() == 0 and moved.by_layer.nan_to_num().count_nonzero() == 0 and moved.cls in (0.0, None)


def test_edits_nest_and_edits_of_one_head_combine() -> None:
    model = planted()
    both = run(model, picture(), None, parse_edits("1.1:off;1.3:off")).tokens
    assert torch.equal(run(model, picture(), None, parse_edits("1.1+3:off")).tokens, both)
    grid = model.grid_for(picture())
    with edited(model, parse_edits("1.1:off"), grid), edited(model, parse_edits("1.3:off"), grid):
        assert torch.equal(run(model, picture()).tokens, both)
    one, two = (run(model, picture(), None, parse_edits(text)).tokens for text in ("1.1:t0.5;1.1:t0.5", "1.1:t0.25"))
    torch.testing.assert_close(one, two)
    assert torch.equal(run(model, picture(), None, parse_edits("1.1:off;1.1:t0.5")).tokens, run_off(1, 1).tokens)


def run_off(layer: int, head: int) -> Outcome:
    return run(planted(), picture(), None, [Edit(layer, (head,))])


def test_the_record_has_the_changed_scores() -> None:
    model = planted()
    base = run(model, picture())
    row, col, rows, cols = SQUARE
    inside = torch.zeros(8, 8, dtype=torch.bool)
    inside[row : row + rows, col : col + cols] = True
    inside = torch.cat([torch.zeros(1, dtype=torch.bool), inside.flatten()])
    for text, keys in (("1.1:in2,3,3,2", inside), ("1.1:out2,3,3,2", ~inside)):
        weights = run(model, picture(), None, parse_edits(text), base).record.layers[1].weights()[0]
        plain = base.record.layers[1].weights()[0]
        expected = plain[1] * keys / (plain[1] * keys).sum(-1, keepdim=True)
        torch.testing.assert_close(weights[1], expected, atol=1e-6, rtol=1e-4)
        torch.testing.assert_close(weights[[0, 2, 3]], plain[[0, 2, 3]])
    even = run(model, picture(), None, parse_edits("1.1:even"), base).record.layers[1].weights(1)[0]
    torch.testing.assert_close(even, torch.full((65, 65), 1 / 65))
    sharp = run(model, picture(), None, parse_edits("1.1:t0.5"), base).record.layers[1].weights(1)[0]
    torch.testing.assert_close(sharp, base.record.layers[1].weights(1, temperature=0.5)[0])


def test_edits_have_their_effect_on_planted_heads() -> None:
    """The head that attends into the square loses nothing if it is limited to the square.

    A head that is already even does not change.
    """
    model = planted()
    base = run(model, picture())

    def moved(name: str, kind: str) -> float:
        layer, head = PLANTED[name]
        edit = Edit(layer, (head,), kind, box=SQUARE if kind in ("inside", "outside") else None)
        return change(model, base, run(model, picture(), None, [edit], base)).mean

    assert moved("square", "inside") < 1e-6 < 1e-3 < moved("square", "outside")
    assert moved("everywhere", "even") < 1e-9 and moved("everywhere", "mean") < 1e-9 < moved("everywhere", "off")
    assert moved("left", "even") > 1e-3 and moved("nothing", "off") == 0


def test_change_measures_the_movement() -> None:
    model = planted()
    base, after = run(model, picture()), run_off(1, 0)
    found = change(model, base, after, target=3)
    cosine = F.cosine_similarity(base.tokens.double(), after.tokens.double(), dim=-1)
    torch.testing.assert_close(found.patches, (1 - cosine[1:]).float(), atol=1e-7, rtol=1e-4)
    assert found.cls == pytest.approx(1 - float(cosine[0]), abs=1e-7) and found.mean == pytest.approx(
        float(found.patches.mean())
    )
    assert found.by_layer.shape == (3, 64) and found.by_layer[0].count_nonzero() == 0 and (found.by_layer[1] > 0).any()
    torch.testing.assert_close(found.by_layer[-1], found.patches)
    target, before = found.target, base.logits.softmax(0)
    assert target.value_before == float(base.logits[3]) and target.value_after == float(after.logits[3])
    assert target.name == "class 3" and target.share_before == pytest.approx(float(before[3]))
    assert len(found.top_before) == 5 and found.top_before[0] == (f"class {int(before.argmax())}", float(before.max()))
    assert change(model, base, after).target.index == int(base.logits.argmax())
    with pytest.raises(ValueError, match="the class must be 0–4, received 5"):
        change(model, base, after, 5)


def test_small_distances_keep_their_digits() -> None:
    one = torch.randn(5, 64, dtype=torch.float64)
    other = one + 1e-5 * torch.randn(5, 64)
    exact = 1 - F.cosine_similarity(one, other, dim=-1)
    torch.testing.assert_close(distance(one.float(), other.float()).double(), exact, rtol=2e-2, atol=0)
    assert distance(torch.zeros(2, 3), torch.zeros(2, 3)).tolist() == [0, 0]


def test_a_coarser_grid_is_reported_patch_by_patch() -> None:
    model = MODELS["Swin"]()
    base = run(model, picture())
    found = change(model, base, run(model, picture(), None, parse_edits("2.1:off"), base))
    assert found.cls is None and found.grid == PatchGrid(16, 16, 4) and base.last.grid == PatchGrid(8, 8, 8)
    cells = found.patches.view(8, 2, 8, 2)
    assert (cells == cells[:, :1, :, :1]).all() and found.by_layer.shape == (4, 256)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("7.1:off", "layer must be 0–3 of swin_tiny_patch4_window7_224, received 7"),
        ("0.7:off", "head must be 0–1, received 7"),
        ("0.0:in0,0,9,17", r"the box \(0, 0, 9, 17\) leaves the grid of 16 × 16 patches; move it inside"),
        ("0.0:in0,0,9,9", "attends over 16 keys, a window or a coarser grid, where 256 were named"),
    ],
)
def test_an_impossible_edit_gives_a_sentence(text: str, message: str) -> None:
    model = MODELS["Swin"]()
    base = run(model, picture())
    for given in (base, None):
        with pytest.raises(ValueError, match=message):
            run(model, picture(), None, parse_edits(text), given)


def test_a_base_has_no_edits() -> None:
    with pytest.raises(ValueError, match=r"base must be a pass without edits, received one with 1\.0:off"):
        run(planted(), picture(), None, parse_edits("2.0:off"), run_off(1, 0))


@pytest.mark.parametrize("name", WITH_W_0)
@pytest.mark.parametrize("resumed", [False, True])
def test_a_head_that_is_off_writes_nothing(name: str, resumed: bool) -> None:
    """This holds for a whole pass and for one that resumes from another."""
    model = MODELS[name]()
    base = run(model, picture())
    at = len(base.record) // 2
    after = run(model, picture(), None, [Edit(at, (1,))], base if resumed else None)
    before, norms = base.record.contributions([at])[0], after.record.contributions([at])[0]
    assert norms[:, 1].count_nonzero() == 0 < before[:, 1].min()
    torch.testing.assert_close(norms[:, :1], before[:, :1])
    torch.testing.assert_close(after.record.layers[at].weights(), base.record.layers[at].weights())
    assert after.record.blocks[at].moves is not None
