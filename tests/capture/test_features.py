"""The norm of a model's head is recognised by its results."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from attention_core import Features
from attention_core.capture.features import norm_of


class HalfNorm(nn.LayerNorm):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) / 2


class T5RMSNorm(nn.Module):
    """A norm as the language models of transformers have it."""

    def __init__(self) -> None:
        super().__init__()
        self.weight, self.variance_epsilon = nn.Parameter(torch.rand(6)), 1e-3

    def forward(self, x: Tensor) -> Tensor:
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))


@pytest.mark.parametrize("module", [nn.LayerNorm(6), nn.LayerNorm(6, elementwise_affine=False), nn.RMSNorm(6), T5RMSNorm()])
def test_norms_are_recognised_by_their_results(module: nn.Module) -> None:
    x = torch.randn(2, 3, 6) * 4 + 1
    norm = norm_of(module, "norm", (x,), module(x))
    assert norm is not None
    torch.testing.assert_close(norm(x), module(x).detach())
    assert Features(x, norm=norm).under(norm).norm is norm and Features(x[..., :5]).under(norm).norm is None
    with pytest.raises(ValueError, match=r"expected 6 numbers a token for the norm norm, received \(2, 3, 5\)"):
        norm(x[..., :5])


def test_an_unknown_norm_is_not_mistaken_for_another() -> None:
    module, x = HalfNorm(6), torch.randn(2, 3, 6)
    assert norm_of(module, "norm", (x,), module(x)) is None
    assert norm_of(nn.LayerNorm((3, 6)), "norm", (x,), x) is None
