"""Numbers of all heads over all queries, held against the formulas they are defined by."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.ui.data.asking import RANDOM, Reader, reader, weights64


@pytest.fixture(scope="module", params=["random-heads", "dinov2-small"])
def asking(request: pytest.FixtureRequest) -> Reader:
    name: str = request.param
    return reader(name, options=RANDOM if name == "random-heads" else ())


def all_weights(asking: Reader) -> list[Tensor]:
    return [weights64(each.layer) for each in asking.made.layers]


def test_entropy_distance_and_weight_on_the_prefix(asking: Reader) -> None:
    grid, prefix = asking.made.grid, len(asking.made.model.prefix_tokens)
    places = torch.cartesian_prod(torch.arange(grid.rows), torch.arange(grid.cols)).double()
    apart = torch.cdist(places, places)
    entropy, distance, share = [], [], []
    for weights in all_weights(asking):
        entropy.append(-(weights * weights.clamp_min(1e-300).log2()).sum(-1).mean(-1))
        of_patches = weights[:, prefix:]
        share.append(of_patches[..., :prefix].sum(-1).mean(-1))
        on_patches = of_patches[..., prefix:]
        distance.append(((on_patches * apart).sum(-1) / on_patches.sum(-1)).mean(-1))
    entry, arrays = asking.numbers("statistics")
    assert entry == {} and set(arrays) == {"entropy", "mean_distance", "prefix_share"}
    for name, expected in (("entropy", entropy), ("mean_distance", distance), ("prefix_share", share)):
        np.testing.assert_allclose(arrays[name], torch.cat(expected).numpy(), rtol=1e-4, atol=1e-6, err_msg=name)


def test_how_far_every_head_lies_from_one(asking: Reader) -> None:
    layer, head = len(asking.made.layers) - 1, 2
    weights = all_weights(asking)
    one = weights[layer][head]
    expected = []
    for others in weights:
        middle = (others + one) / 2
        kullback = [(p * (p / middle).clamp_min(1e-300).log2()).sum(-1) for p in (others, one.expand_as(others))]
        expected.append((sum(kullback) / 2).mean(-1))
    _, arrays = asking.numbers("likeness", layer=layer, head=head)
    np.testing.assert_allclose(arrays["values"], torch.cat(expected).numpy(), rtol=1e-3, atol=1e-5)
    assert arrays["values"].reshape(len(weights), -1)[layer, head] == pytest.approx(0, abs=1e-6)


def test_what_every_head_writes_into_the_stream() -> None:
    asking = reader("dinov2-small")
    shown, expected = asking.made, []
    for number, weights in enumerate(all_weights(asking)):
        block, layer = shown.model.module.get_submodule(f"blocks.{number}"), shown.layers[number].layer
        assert layer.v is not None
        outputs = weights @ layer.v[0].double()  # (H, N, d)
        gamma, matrix = (block.get_parameter(name).detach().double() for name in ("ls1.gamma", "attn.proj.weight"))
        slices = matrix.view(len(matrix), layer.num_heads, -1).transpose(0, 1)  # (H, E, d)
        writes = (outputs @ slices.transpose(-2, -1)) * gamma
        moves = shown.record.blocks[layer.index].moves
        assert moves is not None
        expected.append(writes.norm(dim=-1) / moves.before[0].double())
    _, arrays = asking.numbers("contributions")
    values = arrays["values"].view(np.float16).astype(float)
    np.testing.assert_allclose(values, torch.stack(expected).numpy().ravel(), rtol=2e-3, atol=1e-4)
    np.testing.assert_allclose(arrays["means"], torch.stack(expected).mean(-1).numpy().ravel(), rtol=1e-3)


@pytest.mark.parametrize("kind", ["statistics", "contributions", "likeness"])
def test_a_model_of_one_head_has_nothing_to_compare(kind: str) -> None:
    answer = reader("raw-patches").post(kind, {"layer": 0, "head": 0})
    assert answer.status_code == 400 and answer.json() == {"says": "The heads of this recording are not measured."}
