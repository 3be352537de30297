"""Each head's effect, measured in batches, equals that of a single pass."""

from __future__ import annotations

import pytest
import torch

from attention_core.interventions.change import change
from attention_core.interventions.edits import Edit, parse_edits
from attention_core.interventions.effects import every_effect, greedy
from attention_core.interventions.outcome import run
from attention_core.models import free_memory
from attention_core.models.cost import TooLargeError
from tests.interventions.cases import MODELS, picture
from tests.planted import PLANTED, planted


@pytest.mark.parametrize("name", MODELS)
def test_batches_give_the_effects_of_single_passes(name: str) -> None:
    model = MODELS[name]()
    base = run(model, picture())
    target = None if base.logits is None else 1
    found = every_effect(model, base, patch=9, target=target)
    heads = [layer.num_heads for layer in base.record]
    assert found.main.shape == (len(heads), max(heads))
    for layer in range(len(heads)):
        assert found.main[layer, heads[layer] :].isnan().all() and found.main[layer, : heads[layer]].isfinite().all()
    for layer, head in ((0, 1), (len(heads) - 1, 0)):
        alone = change(model, base, run(model, picture(), None, [Edit(layer, (head,))], base), target)
        assert float(found.patches[layer, head]) == pytest.approx(alone.mean, abs=1e-6, rel=1e-3)
        assert float(found.patch[layer, head]) == pytest.approx(float(alone.patches[9]), abs=1e-6, rel=1e-3)
        if found.cls is not None:
            assert float(found.cls[layer, head]) == pytest.approx(alone.cls, abs=1e-6, rel=1e-3)
        if target is not None:
            moved = alone.target.value_after - alone.target.value_before
            assert float(found.target[layer, head]) == pytest.approx(moved, abs=1e-5)
    assert (found.cls is None) == (alone.cls is None) and (found.target is None) == (target is None)


def test_the_planted_heads() -> None:
    model = planted()
    found = every_effect(model, run(model, picture()))
    assert found.main is found.cls and found.patch is None
    assert found.cls[PLANTED["nothing"]] == 0 == found.patches[PLANTED["nothing"]]
    others = torch.ones(3, 4, dtype=torch.bool)
    others[PLANTED["nothing"]] = False
    assert (found.cls[others] > 1e-5).all() and (found.patches[others] > 1e-5).all()
    layer, head = PLANTED["left"]
    assert int(found.patches[layer].argmax()) == head


def test_effects_are_on_top_of_edits() -> None:
    model = planted()
    base = run(model, picture())
    before = run(model, picture(), None, parse_edits("0.1:off;2.1:mean"), base)
    found = every_effect(model, before)
    both = run(model, picture(), None, parse_edits("0.1:off;2.1:mean;1.2:off"), base)
    assert float(found.cls[1, 2]) == pytest.approx(change(model, before, both).cls, abs=1e-7)
    assert found.cls[0, 1] == 0 and not torch.allclose(found.cls, every_effect(model, base).cls)


def test_greedy_adds_one_head_per_step() -> None:
    model = planted()
    base = run(model, picture())
    order = [PLANTED["nothing"], (0, 0), (2, 1), (0, 2)]
    told: list[tuple[int, int]] = []
    curve = greedy(model, base, order, on_done=lambda *both: told.append(both))
    expected = [
        change(model, base, run(model, picture(), None, [Edit(layer, (head,)) for layer, head in order[:count]], base)).cls
        for count in range(1, 5)
    ]
    assert curve.tolist() == pytest.approx(expected, abs=1e-6) and curve[0] == 0 and told[-1] == (4, 4)
    assert greedy(model, base, []).shape == (0,)


def test_progress_and_cancel() -> None:
    model = planted()
    base = run(model, picture())
    told: list[tuple[int, int]] = []
    expected = every_effect(model, base, on_done=lambda *both: told.append(both)).cls
    assert told == [(4, 12), (8, 12), (12, 12)]

    def stop() -> None:
        if len(told) > 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        every_effect(model, base, on_done=lambda *both: told.append(both), check=stop)
    assert len(told) == 4 and torch.equal(every_effect(model, base).cls, expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"patch": 64}, "patch 64 is outside the grid: 0–63"),
        ({"target": 5}, "expected one of the 5 classes of Planted heads, received 5"),
    ],
)
def test_missing_heads_and_patches_give_a_sentence(options: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        every_effect(planted(), run(planted(), picture()), **options)


def test_nothing_begins_if_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    model = planted()
    before = run(model, picture())
    monkeypatch.setattr(free_memory, "available_bytes", lambda: 1000)
    for begin in (
        lambda: run(model, picture(), edits=[Edit(1, (0,))], base=before),
        lambda: every_effect(model, before),
        lambda: greedy(model, before, [(0, 0)]),
    ):
        with pytest.raises(TooLargeError, match=r"^\d+ × \d+ patches of .* take about .* free: .*\.$"):
            begin()
