from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from attention_core import LayerRecord
from attention_core.analysis.weight_terms import mean_key_terms, score_bias, weight_terms

BATCH, HEADS, QUERIES, KEYS, WIDTH = 2, 3, 5, 7, 4


def layer(**more: Any) -> LayerRecord:
    torch.manual_seed(0)
    q, k = torch.randn(BATCH, HEADS, QUERIES, WIDTH), torch.randn(BATCH, HEADS, KEYS, WIDTH)
    return LayerRecord(q, k, None, 0.3, **more)


def masks() -> list[Tensor | None]:
    torch.manual_seed(1)
    allowed = torch.rand(1, 1, QUERIES, KEYS) > 0.3
    allowed[..., 0] = True
    return [None, torch.randn(1, HEADS, QUERIES, KEYS), allowed]


@pytest.mark.parametrize("temperature", [1.0, 0.4])
@pytest.mark.parametrize("mask", masks(), ids=["none", "added", "boolean"])
def test_terms_add_up_to_the_score_and_the_softmax_to_the_weight(mask: Tensor | None, temperature: float) -> None:
    it = layer(mask=mask)
    rows = it.rows(range(QUERIES), temperature)
    for head, query, key in ((0, 0, 0), (2, 4, 6), (1, 3, 2)):
        found = weight_terms(it, head, query, key, temperature, image=1)
        assert found.terms.shape == (WIDTH,)
        assert float(found.terms.sum()) * it.scale + found.bias == pytest.approx(found.score)
        assert found.weight == pytest.approx(rows[1, head, query, key].item(), rel=1e-5)
        torch.testing.assert_close(found.scores.float(), it.scores(torch.tensor([query]))[1, head, 0])


def test_keys_of_a_group_and_a_causal_row() -> None:
    q, k = torch.randn(1, 4, KEYS, WIDTH), torch.randn(1, 2, KEYS, WIDTH)
    it = LayerRecord(q, k, None, 0.5, is_causal=True)
    found = weight_terms(it, 3, 2, 1)
    torch.testing.assert_close(found.terms, q[0, 3, 2].double() * k[0, 1, 1].double())
    assert found.weight == pytest.approx(it.rows([2])[0, 3, 0, 1].item(), rel=1e-5)
    assert weight_terms(it, 3, 2, 3).weight == 0 and weight_terms(it, 3, 2, 3).score == -torch.inf


def test_rivals_are_the_largest_scores() -> None:
    it = layer()
    found = weight_terms(it, 1, 2, 3)
    order = sorted(range(KEYS), key=lambda key: -it.rows([2])[0, 1, 0, key].item())
    assert found.rivals(3) == order[:3] and found.rivals(99) == order


def test_a_common_part_of_all_keys_changes_no_weight() -> None:
    it = layer()
    away = LayerRecord(it.q, it.k - it.k.mean(-2, keepdim=True), None, it.scale)
    whole, centred = weight_terms(it, 1, 2, 3), weight_terms(away, 1, 2, 3)
    torch.testing.assert_close(whole.terms - mean_key_terms(it, 1, 2), centred.terms, atol=1e-6, rtol=1e-5)
    assert whole.weight == pytest.approx(centred.weight, rel=1e-5) and abs(whole.score - centred.score) > 0.01


@pytest.mark.parametrize("wrong", [{"head": 3}, {"query": 5}, {"key": -1}, {"image": 2}, {"temperature": -1.0}])
def test_missing_heads_and_tokens_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        weight_terms(layer(), **{"head": 0, "query": 0, "key": 0} | wrong)


def test_an_explicit_softmax_has_no_terms() -> None:
    empty = torch.zeros(1, 1, 2, 0)
    it = LayerRecord(empty, empty, None, 1.0, softmaxed=torch.full((1, 1, 2, 2), 0.5))
    with pytest.raises(ValueError, match="explicit softmax"):
        weight_terms(it, 0, 0, 0)


def test_the_bias_is_the_masks_row() -> None:
    assert score_bias(layer(), 0, 0).abs().sum() == 0
    added, allowed = masks()[1:]
    assert added is not None and allowed is not None
    torch.testing.assert_close(score_bias(layer(mask=added), 2, 4, 1).float(), added[0, 2, 4])
    assert torch.equal(score_bias(layer(mask=allowed), 0, 3) == 0, allowed[0, 0, 3])
