"""Why a weight is what it is: the products that its score is a sum of, and the keys that it has to beat."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord
from attention_core.maths.attention import require_temperature, softmax


@dataclass(frozen=True, eq=False)
class WeightTerms:
    """One weight of one head and image, in float64.

    terms (d): q_i · k_i, channel by channel, of q and k as the softmax got them: after norms and rotations.
    bias: what the layer's mask adds to the score; 0 without one, -inf where the query may not attend to the key.
    score: Σ terms · scale + bias. weight: exp(score / temperature) over the sum of all keys' exponentials.
    scores (Nk): of the query with all keys, of which the largest are the rivals.
    """

    terms: Tensor
    bias: float
    score: float
    weight: float
    scores: Tensor

    def rivals(self, count: int) -> list[int]:
        """The keys with the largest scores, the largest first."""
        return self.scores.topk(min(count, len(self.scores))).indices.tolist()


def weight_terms(layer: LayerRecord, head: int, query: int, key: int, temperature: float = 1.0, image: int = 0) -> WeightTerms:
    """Split the weight with which `query` attends to `key` in one head.

    Vaswani et al. 2017, equation 1: the score is a sum over the d channels of a head, and the softmax sees differences of
    scores alone. A term that all keys have alike, which a large channel of their mean gives, moves no weight: compare with
    `mean_key_terms`.

    Raises ValueError where there is no such head, query, key or image, where the temperature is below 0, and of an explicit
    softmax, of which q and k are not known.
    """
    require_temperature(temperature)
    q, k = _vectors(layer, head, image)
    for what, number, count in (("query", query, len(q)), ("key", key, len(k))):
        if not isinstance(number, int) or not 0 <= number < count:
            raise ValueError(f"{what} must be 0–{count - 1}, received {number!r}")
    terms = q[query] * k[key]
    bias = score_bias(layer, head, query, image)
    scores = k @ q[query] * layer.scale + bias
    weights = softmax(scores, temperature)
    return WeightTerms(terms, float(bias[key]), float(scores[key]), float(weights[key]), scores)


def mean_key_terms(layer: LayerRecord, head: int, query: int, image: int = 0) -> Tensor:
    """The terms (d) of the query with the mean of all keys: what every key's score has in common. Raises as `weight_terms`."""
    q, k = _vectors(layer, head, image)
    return q[query] * k.mean(0)


def score_bias(layer: LayerRecord, head: int, query: int, image: int = 0) -> Tensor:
    """What a mask adds to the query's scores, (Nk) float64: 0 without one, -inf where it may not attend."""
    bias = torch.zeros(layer.num_keys, dtype=torch.float64, device=layer.q.device)
    if layer.mask is not None:
        mask = layer.mask.expand(layer.q.shape[0], layer.num_heads, layer.num_queries, layer.num_keys)[image, head, query]
        bias = bias.masked_fill(~mask, -torch.inf) if mask.dtype == torch.bool else bias + mask
    if layer.is_causal:
        bias[query + 1 :] = -torch.inf
    return bias


def _vectors(layer: LayerRecord, head: int, image: int) -> tuple[Tensor, Tensor]:
    """q (Nq, d) and k (Nk, d) of one head, float64."""
    if layer.softmaxed is not None:
        raise ValueError("expected q and k, received the weights of an explicit softmax; take rows([...])")
    for what, number, count in (("head", head, layer.num_heads), ("image", image, layer.q.shape[0])):
        if not isinstance(number, int) or not 0 <= number < count:
            raise ValueError(f"{what} must be 0–{count - 1}, received {number!r}")
    return layer.q[image, head].double(), layer.k_of_heads[image, head].double()
