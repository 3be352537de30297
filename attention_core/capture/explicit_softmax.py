"""Attention that a model computes explicitly: scores, a softmax, and a product of its weights with values.

A softmax alone says little: classifiers and samplers take one too. Its result is therefore followed until its module ends. It
is attention where that result, as queries × keys, multiplies one value for every key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_core.capture.axes import why_unreadable
from attention_core.capture.running_modules import Frame

_aten: Final = torch.ops.aten
SOFTMAXES: Final = frozenset(
    (torch.softmax, Tensor.softmax, F.softmax, torch.special.softmax, _aten.softmax, _aten.softmax.int, _aten._softmax.default)
)
_PRODUCTS: Final = frozenset(
    (torch.matmul, Tensor.matmul, Tensor.__matmul__, torch.bmm, Tensor.bmm, _aten.matmul.default, _aten.bmm.default)
)


@dataclass(eq=False)
class Candidate:
    """A softmax over the last axis whose result is followed.

    weights: the result, kept. owner: the module that took it. aliases: the tensors that it is by now, by their id. met_values:
    whether it multiplied values as queries × keys; multiplied: whether it multiplied anything. extra: how many last keys are no
    token. axis: the one over which it sums to 1. projections: how many inputs the owner had projected before it.
    """

    weights: Tensor
    owner: Frame | None
    aliases: dict[int, Tensor] = field(default_factory=dict)
    met_values: bool = False
    multiplied: bool = False
    extra: int = 0
    axis: int = -1
    projections: int = 0

    @property
    def shape(self) -> torch.Size:
        return self.weights.shape


class Softmaxes:
    """The softmaxes of one thread that are still followed, in the order in which they were taken."""

    def __init__(self) -> None:
        self.open: list[Candidate] = []

    def take(self, result: Any, args: tuple[Any, ...], kwargs: dict[str, Any], owner: Frame | None, copies: bool) -> bool:
        """Follow a softmax's result, if it may be attention's. Returns whether it is followed."""
        dim = kwargs.get("dim", args[1] if len(args) > 1 else None)
        if not isinstance(result, Tensor) or result.ndim < 3 or not isinstance(dim, int) or why_unreadable(result):
            return False
        axis, weights = dim if dim < 0 else dim - result.ndim, result.detach()
        projections = 0 if owner is None else len(owner.projections)
        candidate = Candidate(weights.clone() if copies else weights, owner, axis=axis, projections=projections)
        candidate.aliases[id(result)] = result
        self.open.append(candidate)
        return True

    def follow(self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run a function of torch's, and see what it makes of the results that are followed."""
        result = func(*args, **kwargs)
        operands = list(_tensors(args))
        if kwargs:
            operands += _tensors(tuple(kwargs.values()))
        touched = [each for each in self.open if any(id(operand) in each.aliases for operand in operands)]
        for candidate in touched:
            if func in _PRODUCTS or func is torch.einsum:
                _multiplied(candidate, func, operands, args)
            elif isinstance(result, Tensor):
                _derived(candidate, operands, result)
        return result

    def settled(self, ended: Frame | None, output: Any, parent: Frame | None) -> Iterator[Candidate]:
        """Those whose module ends, in their order. A result that the module returns unused is its caller's from here on."""
        mine = [candidate for candidate in self.open if candidate.owner is ended]
        for candidate in mine:
            if not candidate.met_values and parent is not None and id(output) in candidate.aliases:
                candidate.owner = parent
            else:
                self.open.remove(candidate)
                yield candidate


def _tensors(values: Any) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from _tensors(value)


def _derived(candidate: Candidate, operands: list[Tensor], result: Tensor) -> None:
    """Dropout, casts, views, gates and biases leave weights; a slice of all keys but the last leaves those of the tokens."""
    source = next(operand for operand in operands if id(operand) in candidate.aliases)
    if not result.is_floating_point():
        return
    if result.numel() == source.numel():
        candidate.aliases[id(result)] = result
    elif result.shape[:-1] == source.shape[:-1] and result.shape[-1] == source.shape[-1] - 1 and _begins_as(result, source):
        candidate.aliases[id(result)] = result
        candidate.extra = 1


def _begins_as(part: Tensor, whole: Tensor) -> bool:
    return part.data_ptr() == whole.data_ptr()


def _multiplied(candidate: Candidate, func: Any, operands: list[Tensor], args: tuple[Any, ...]) -> None:
    """weights · v, or vᵀ · weightsᵀ."""
    candidate.multiplied = True
    at = next(place for place, operand in enumerate(operands) if id(operand) in candidate.aliases)
    weights = operands[at]
    over_keys = _summed_axis(args[0], at) if func is torch.einsum else (-1 if at == 0 else -2)
    if over_keys == -2:
        weights = weights.transpose(-2, -1)
    expected = (candidate.shape[-2], candidate.shape[-1] - candidate.extra)
    by_keys = over_keys == -1 or (over_keys == -2 and operands[at].stride(-1) >= operands[at].stride(-2))
    if candidate.axis == -1 and by_keys and tuple(weights.shape[-2:]) == expected:
        candidate.met_values = True
        candidate.aliases.clear()  # nothing of it needs to be followed, nor kept alive


def _summed_axis(equation: Any, at: int) -> int | None:
    """Of an operand in an einsum: -1 where its last axis is summed over, -2 where the last but one is, else None."""
    if not isinstance(equation, str) or "->" not in equation:
        return None
    inputs, output = equation.replace(" ", "").split("->")
    mine = inputs.split(",")[at]
    summed = [place - len(mine) for place, letter in enumerate(mine) if letter not in output]
    return summed[0] if len(summed) == 1 and summed[0] in (-1, -2) else None
