from __future__ import annotations

import pytest
import torch

from attention_core import attention
from attention_core.maths.masks import before, causal, mask_matrix, window


def test_causal_is_the_lower_triangle_even_if_not_square() -> None:
    assert mask_matrix(causal, 3, 5).equal(torch.ones(3, 5, dtype=torch.bool).tril())


@pytest.mark.parametrize("radius", [0, 1, 2, 9])
def test_a_window_is_a_band(radius: int) -> None:
    mask = mask_matrix(window(radius), 4, 6)
    expected = [[abs(q - k) <= radius for k in range(6)] for q in range(4)]
    assert mask.tolist() == expected


def test_masks_compose() -> None:
    both = mask_matrix(lambda q, k: causal(q, k) & window(1)(q, k), 4, 4)
    assert both.equal(mask_matrix(causal, 4, 4) & mask_matrix(window(1), 4, 4))


def test_a_negative_radius_is_refused() -> None:
    with pytest.raises(ValueError, match="received -1"):
        window(-1)


def test_under_the_causal_mask_later_tokens_change_nothing() -> None:
    x = torch.randn(6, 4)
    changed = torch.cat([x[:3], torch.randn(3, 4)])
    mask = mask_matrix(causal, 6, 6)
    torch.testing.assert_close(attention(x, x, x, mask).output[:3], attention(changed, changed, changed, mask).output[:3])


def test_only_before_masks_every_key_of_the_first_query() -> None:
    mask = mask_matrix(before, 4, 4)
    assert mask.equal(torch.ones(4, 4, dtype=torch.bool).tril(-1))
    x = torch.randn(4, 3)
    trace = attention(x, x, x, mask)
    assert trace.weights[0].abs().max() == 0 and trace.output[0].abs().max() == 0
