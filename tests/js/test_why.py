"""The browser's decomposition of a weight equals torch's."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from attention_core import LayerRecord
from attention_core.analysis.weight_terms import mean_key_terms, weight_terms
from tests.js.node import called

TOKENS, WIDTH, HEADS = 11, 6, 2


def layer(mask: Tensor | None) -> LayerRecord:
    torch.manual_seed(0)
    q, k = 3 * torch.randn(2, 1, HEADS, TOKENS, WIDTH)
    return LayerRecord(q, k, None, 0.4, mask)


def sent(it: LayerRecord, head: int, bias: Tensor | None) -> dict[str, Any]:
    """Return the data as `keep_head` sends them."""
    q, k = ({"float32": each[0, head].flatten().tolist()} for each in (it.q, it.k))
    entry: dict[str, Any] = {"q": q, "k": k, "numTokens": TOKENS, "headDim": WIDTH, "scale": it.scale}
    return entry if bias is None else entry | {"bias": {"float32": bias.tolist()}}


@pytest.mark.parametrize("temperature", [1.0, 0.3])
@pytest.mark.parametrize("biased", [False, True])
def test_scores_and_softmax(biased: bool, temperature: float) -> None:
    mask = torch.randn(1, HEADS, TOKENS, TOKENS) if biased else None
    it = layer(mask)
    expected = weight_terms(it, 1, 4, 7, temperature)
    scores = called("why/terms.js", "scoresOf", sent(it, 1, None if mask is None else mask[0, 1, 4]), 4)
    torch.testing.assert_close(torch.tensor(scores, dtype=torch.float64), expected.scores, rtol=1e-6, atol=1e-6)
    weights = called("why/terms.js", "softmaxOf", {"float64": scores}, temperature)
    assert weights[7] == pytest.approx(expected.weight, rel=1e-5)
    assert sum(weights) == pytest.approx(1)
    assert called("why/terms.js", "rankOf", {"float64": scores}, 7) == expected.rivals(TOKENS).index(7)


def test_terms_alone_and_against_the_mean_key() -> None:
    it = layer(None)
    q, k = ({"float32": each.tolist()} for each in (it.q[0, 1, 4], it.k[0, 1, 7]))
    expected = weight_terms(it, 1, 4, 7)
    terms = called("why/terms.js", "termsOf", q, k, None)
    torch.testing.assert_close(torch.tensor(terms, dtype=torch.float64), expected.terms, rtol=1e-6, atol=1e-7)
    mean = called("why/terms.js", "meanKey", sent(it, 1, None))
    against = called("why/terms.js", "termsOf", q, k, {"float64": mean})
    away = expected.terms - mean_key_terms(it, 1, 4)
    torch.testing.assert_close(torch.tensor(against, dtype=torch.float64), away, rtol=1e-5, atol=1e-6)
    assert called("why/terms.js", "largestTerms", {"float64": terms}, 3) == expected.terms.abs().topk(3).indices.tolist()
