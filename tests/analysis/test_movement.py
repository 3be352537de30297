from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from attention_core import LayerRecord
from attention_core.analysis.movement import cka, head_movement

BATCH, HEADS, QUERIES, KEYS, WIDTH = 2, 3, 11, 13, 4


def layer(mask: torch.Tensor | None = None, queries: int = QUERIES) -> LayerRecord:
    return LayerRecord(torch.randn(BATCH, HEADS, queries, WIDTH), torch.randn(BATCH, HEADS, KEYS, WIDTH), None, 0.9, mask)


def divergence(p: np.ndarray, q: np.ndarray) -> float:
    """Return the Jensen–Shannon divergence in bits: the entropy of the mean minus the mean of the entropies."""
    entropies = [-sum(x * math.log2(x) for x in each if x > 0) for each in ((p + q) / 2, p, q)]
    return entropies[0] - (entropies[1] + entropies[2]) / 2


@pytest.mark.parametrize("block", [1 << 21, 1])
def test_movement_is_the_mean_divergence_of_a_loop(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attention_core.capture.layer_record.BLOCK_ELEMENTS", block)
    mask = torch.rand(BATCH, 1, QUERIES, KEYS) < 0.6
    a, b = layer(), layer(mask)
    told: list[tuple[int, int]] = []
    found = head_movement(a, b, on_block=lambda done, of: told.append((done, of)))
    one, other = a.weights().double().numpy(), b.weights().double().numpy()
    expected = [
        np.mean([divergence(one[i, head, q], other[i, head, q]) for i in range(BATCH) for q in range(QUERIES)])
        for head in range(HEADS)
    ]
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float32))
    assert told == [(done, len(told)) for done in range(1, len(told) + 1)] and len(told) == (1 if block > 1 else 2)


def test_equal_heads_moved_by_0_and_disjoint_ones_by_1_bit() -> None:
    a = layer()
    assert torch.equal(head_movement(a, a), torch.zeros(HEADS))
    half = torch.arange(KEYS) < 6
    apart = head_movement(replace(a, mask=half.expand(1, 1, 1, KEYS)), replace(a, mask=~half.expand(1, 1, 1, KEYS)))
    torch.testing.assert_close(apart, torch.ones(HEADS))


def test_a_small_movement_keeps_its_digits() -> None:
    a = layer()
    b = replace(a, q=a.q + 1e-3 * torch.randn_like(a.q))
    one, other = (torch.softmax(each.scores(sharp=True), -1).numpy() for each in (a, b))
    expected = np.mean([divergence(*pair) for pair in zip(one.reshape(-1, KEYS), other.reshape(-1, KEYS), strict=True)])
    assert head_movement(a, b).mean().item() == pytest.approx(expected, rel=0.02)


def test_queries_that_attend_to_nothing_are_left_out() -> None:
    a, b = layer(), layer()
    mask = torch.ones(1, 1, QUERIES, KEYS, dtype=torch.bool)
    mask[:, :, 2:] = False
    first = [replace(each, q=each.q[:, :, :2]) for each in (a, b)]
    torch.testing.assert_close(head_movement(replace(a, mask=mask), b), head_movement(*first))
    assert head_movement(replace(a, mask=mask & False), b).isnan().all()


def test_the_head_whose_queries_changed_moved_most() -> None:
    a = layer()
    q = a.q.clone()
    q[:, 1] += torch.randn_like(q[:, 1])
    moved = head_movement(a, replace(a, q=q))
    assert moved[1] > 0.05 and not moved[[0, 2]].any()


def test_cka_is_that_of_gram_matrices() -> None:
    a, b = torch.randn(23, 5), torch.randn(23, 8)
    centre = np.eye(23) - 1 / 23
    k, m = (centre @ (each.double() @ each.double().T).numpy() @ centre for each in (a, b))
    assert cka(a, b) == pytest.approx(np.sum(k * m) / math.sqrt(np.sum(k * k) * np.sum(m * m)))


def test_cka_sees_neither_rotation_nor_scale_nor_shift() -> None:
    a = torch.randn(23, 5)
    rotation = torch.linalg.qr(torch.randn(5, 5)).Q
    assert cka(a, a) == pytest.approx(1) and cka(a, 7 * a @ rotation + 3) == pytest.approx(1, abs=1e-5)
    assert cka(a, torch.randn(23, 5)) < 0.7


def test_cka_of_grey_pictures_is_a_number() -> None:
    grey, a = torch.full((23, 5), 0.3), torch.randn(23, 5)
    assert (cka(grey, 2 * grey), cka(grey, a), cka(a, grey)) == (1, 0, 0)
    assert cka(a[:1], a[:1]) == 1


def test_inputs_that_do_not_fit_give_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"received \(2, 3, 11, 13\) and \(2, 3, 5, 13\)"):
        head_movement(layer(), layer(queries=5))
    with pytest.raises(ValueError, match=r"of the same patches, received \[4, 5\] and \[3, 5\]"):
        cka(torch.randn(4, 5), torch.randn(3, 5))
