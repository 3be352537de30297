"""Steps of data on its way through a block: linear maps, sums and products, told as they are computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

_aten: Final = torch.ops.aten
LINEAR: Final = (F.linear, _aten.linear.default)
_IN_PLACE: Final = {Tensor.add_: "sum", _aten.add_.Tensor: "sum", Tensor.mul_: "product", _aten.mul_.Tensor: "product"}
_ARITHMETIC: Final = {
    **dict.fromkeys((torch.add, Tensor.add, _aten.add.Tensor), "sum"),
    **dict.fromkeys((torch.mul, Tensor.mul, _aten.mul.Tensor), "product"),
    **_IN_PLACE,
}
ARITHMETIC: Final = tuple(_ARITHMETIC)


class Computed(NamedTuple):
    """A linear map of (input, weight, bias), or a sum or product of two operands.

    in_place: whether the result is written over the first of them.
    """

    kind: Literal["linear", "sum", "product"]
    operands: tuple[Any, ...]
    result: Tensor
    in_place: bool = False


def computed_by(func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor) -> Computed | None:
    """The step that a call of one of these functions was; None for a sum with a factor, and for results written elsewhere."""
    if func in LINEAR:
        given = dict(zip(("input", "weight", "bias"), args, strict=False)) | kwargs
        return Computed("linear", (given["input"], given["weight"], given.get("bias")), result)
    if len(args) != 2 or kwargs:
        return None
    kind: Any = _ARITHMETIC[func]
    return Computed(kind, args, result, func in _IN_PLACE)
