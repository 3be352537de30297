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
from attention_core.capture.seen import SeenWeights
from attention_core.capture.watcher import Watch

_aten: Final = torch.ops.aten
SOFTMAXES: Final = frozenset(
    (torch.softmax, Tensor.softmax, F.softmax, torch.special.softmax, _aten.softmax, _aten.softmax.int, _aten._softmax.default)
)
_PRODUCTS: Final = frozenset(
    (
        torch.matmul, Tensor.matmul, Tensor.__matmul__, torch.linalg.matmul, torch.mm, Tensor.mm, torch.bmm, Tensor.bmm,
        _aten.matmul.default, _aten.mm.default, _aten.bmm.default, torch.einsum, torch.baddbmm, Tensor.baddbmm,
    )
)  # fmt: skip
_ADDS: Final = frozenset((torch.baddbmm, Tensor.baddbmm))
"""Products whose first argument is added to them."""


@dataclass(eq=False)
class Candidate:
    """A softmax whose result is followed.

    weights: the result, kept. owner: the module that took it. aliases: the tensors that it is by now. met_values: whether it
    multiplied values as queries × keys; multiplied: whether it multiplied anything. extra: how many last keys are no token.
    axis: the one over which it sums to 1. projections: how many inputs the owner had projected before it.
    met: the values that it multiplied and their product, where the axes of both are those of the weights.
    changes: which blocks changed it, the outermost first, and how watchers inside of them are told.
    """

    weights: Tensor
    owner: Frame | None
    aliases: list[Tensor] = field(default_factory=list)
    met_values: bool = False
    multiplied: bool = False
    extra: int = 0
    axis: int = -1
    projections: int = 0
    met: tuple[Tensor, Tensor] | None = None
    changes: list[tuple[Watch, Callable[[SeenWeights], SeenWeights]]] = field(default_factory=list)

    @property
    def shape(self) -> torch.Size:
        return self.weights.shape


class Softmaxes:
    """The softmaxes of one thread whose modules still run, in the order in which they were taken."""

    def __init__(self) -> None:
        self.open: list[Candidate] = []
        self._followed: dict[int, list[Candidate]] = {}
        """Those that have not met values yet, by the ids of the tensors that they are by now; `aliases` keep these alive."""

    def __bool__(self) -> bool:
        """Whether any result has to be followed."""
        return bool(self._followed)

    def take(self, result: Any, args: tuple[Any, ...], kwargs: dict[str, Any], owner: Frame | None, copies: bool) -> bool:
        """Follow a softmax's result, if it may be attention's. Returns whether it is followed."""
        dim = kwargs.get("dim", args[1] if len(args) > 1 else None)
        if not isinstance(result, Tensor) or result.ndim < 2 or not isinstance(dim, int) or why_unreadable(result):
            return False
        axis, weights = dim if dim < 0 else dim - result.ndim, result.detach()
        projections = 0 if owner is None else len(owner.projections)
        candidate = Candidate(weights.clone() if copies else weights, owner, axis=axis, projections=projections)
        self.open.append(candidate)
        self.add_alias(candidate, result)
        return True

    def add_alias(self, candidate: Candidate, tensor: Tensor) -> None:
        """From here on the tensor is what became of the softmax."""
        candidate.aliases.append(tensor)
        self._followed.setdefault(id(tensor), []).append(candidate)

    def follow(self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run a function of torch's, and see what it makes of the results that are followed."""
        result = func(*args, **kwargs)
        operands = list(_tensors(args))
        if kwargs:
            operands += _tensors(tuple(kwargs.values()))
        for place, operand in enumerate(operands):
            for candidate in list(self._followed.get(id(operand), ())):
                if func in _PRODUCTS:
                    candidate.multiplied = True
                    axis = _summed_axis(func, args, place)
                    if _meets_values(candidate, operand, axis):
                        candidate.met_values = True
                        candidate.met = _values_and_product(func, operands, place, result)
                        self._let_go(candidate)
                elif isinstance(result, Tensor) and (extra := _keys_left_out(operand, result)) is not None:
                    candidate.extra = max(candidate.extra, extra)
                    self.add_alias(candidate, result)
        return result

    def settled(self, ended: Frame | None, output: Any, parent: Frame | None) -> Iterator[Candidate]:
        """Those whose module ends, in their order. A result that the module returns unused is its caller's from here on."""
        mine = [candidate for candidate in self.open if candidate.owner is ended]
        for candidate in mine:
            if parent is not None and candidate in self._followed.get(id(output), ()):
                candidate.owner = parent
            else:
                self.open.remove(candidate)
                self._let_go(candidate)
                yield candidate

    def clear(self) -> None:
        """Follow nothing any more."""
        self.open.clear()
        self._followed.clear()

    def _let_go(self, candidate: Candidate) -> None:
        for tensor in candidate.aliases:
            followers = self._followed.get(id(tensor), [])
            if candidate in followers:
                followers.remove(candidate)
            if not followers:
                self._followed.pop(id(tensor), None)
        candidate.aliases.clear()


def _tensors(values: Any) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from _tensors(value)


def _keys_left_out(source: Tensor, result: Tensor) -> int | None:
    """How many keys a function has taken off the end of weights; None where its result is no such weights.

    Dropout, casts, views, gates and biases leave weights as they are; a slice of all keys but the last leaves out a sink.
    """
    if not result.is_floating_point():
        return None
    if result.numel() == source.numel():
        return 0
    one_less = result.shape == (*source.shape[:-1], source.shape[-1] - 1) and result.data_ptr() == source.data_ptr()
    return 1 if one_less else None


def _meets_values(candidate: Candidate, weights: Tensor, summed: int | None) -> bool:
    """Whether a product of these weights sums over keys: weights · v, or vᵀ · weightsᵀ."""
    if candidate.axis != -1 or summed is None:
        return False
    sizes = tuple(weights.shape[-2:])
    if summed == -2:
        sizes = sizes[::-1]
        if weights.stride(-1) < weights.stride(-2):  # not transposed: it sums over queries
            return False
    return sizes == (candidate.shape[-2], candidate.shape[-1] - candidate.extra)


def _values_and_product(
    func: Callable[..., Any], operands: list[Tensor], place: int, result: Tensor
) -> tuple[Tensor, Tensor] | None:
    """Values (…, Nk, dv) and their product (…, Nq, dv) of weights · v or of vᵀ · weightsᵀ; None where axes are named anew."""
    if func is torch.einsum or func in _ADDS:
        return None
    values = operands[1 - place]
    return (values, result) if place == 0 else (values.transpose(-2, -1), result.transpose(-2, -1))


def _summed_axis(function: Callable[..., Any], args: tuple[Any, ...], place: int) -> int | None:
    """Of the operand at that place the axis that a product sums over: -1 the last, -2 the last but one, None another."""
    if function is not torch.einsum:
        return {0: -1, 1: -2}.get(place - (function in _ADDS))
    equation = args[0]
    if not isinstance(equation, str) or "->" not in equation:
        return None
    inputs, output = equation.replace(" ", "").split("->")
    mine = inputs.split(",")[place]
    summed = [at - len(mine) for at, letter in enumerate(mine) if letter not in output]
    return summed[0] if len(summed) == 1 and summed[0] in (-1, -2) else None
