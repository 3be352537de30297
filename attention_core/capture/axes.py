"""Which axis holds the heads: attention comes as (B, H, N, d), (B·H, N, d), and with windows before or after the heads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor, nn

from attention_core.capture.seen import SeenQK

_HEADS: Final = ("num_heads", "num_attention_heads", "n_heads", "n_head", "heads", "nhead")
"""What libraries call the number of heads of a module."""

NO_NUMBERS: Final = "its tensors hold no numbers of their own (inside torch.vmap or another transform of torch.func)"
NESTED: Final = "its sequences lie in a nested tensor; record them one by one, or padded with a mask"


def heads_of(module: nn.Module | None) -> int | None:
    """The number of heads that a module, or its configuration, names; None where it names none."""
    for holder in (module, getattr(module, "config", None)):
        for name in _HEADS:
            if isinstance(number := getattr(holder, name, None), int):
                return number
    return None


def why_unreadable(*tensors: Tensor) -> str | None:
    """In words why these tensors cannot be kept; None where they can."""
    if any(tensor.is_nested for tensor in tensors):
        return NESTED
    try:
        for tensor in tensors:
            tensor.data_ptr()
    except RuntimeError:  # torch's wrappers inside of vmap, grad and jvp
        return NO_NUMBERS
    return None


def four_axes(seen: SeenQK, module: nn.Module | None) -> SeenQK | str:
    """The call with the axes (B, H, N, d); or, in words, why its tensors cannot be brought to these axes."""
    q, num_heads = seen.q, heads_of(module)
    if q.ndim == 4:
        return _of_all(_unpacked(seen, module, num_heads))
    if q.ndim < 4:
        heads = num_heads if q.ndim == 3 and num_heads and q.shape[0] % num_heads == 0 else None
        return _each(seen, lambda tensor: _split_batch(tensor, q.shape[0], heads))
    axis = heads_axis(tuple(q.shape[:-2]), num_heads)
    if axis is None:
        return f"of its axes {tuple(q.shape)} none is known as that of the heads"
    return _each(_broadcast(seen), lambda tensor: windows_into_batch(tensor, axis))


def heads_axis(lead: tuple[int, ...], num_heads: int | None) -> int | None:
    """The axis, after the batch's and before queries and keys, whose size is the module's number of heads.

    None where the module names no number, or no axis or several have that size.
    """
    fitting = [axis for axis, size in enumerate(lead) if axis and size == num_heads]
    return fitting[0] if len(fitting) == 1 else None


def windows_into_batch(tensor: Tensor, axis: int) -> Tensor:
    """(B, …, H, …, N, d), heads at `axis`, to (B · windows, H, N, d), the windows of one image next to each other."""
    return tensor.movedim(axis, -3).flatten(0, -4)


def of_heads(output: Tensor, batch: int, num_heads: int, module: nn.Module | None) -> Tensor | None:
    """What a call of torch's attention returned with the axes (B, H, Nq, dv); None where the heads' axis is not known."""
    axis = heads_axis(tuple(output.shape[:-2]), num_heads) if output.ndim > 4 else 1
    if axis is None:
        return None
    whole = windows_into_batch(output, axis) if output.ndim > 4 else output
    return whole.reshape(batch, num_heads, -1, output.shape[-1])


def along_heads(values: Tensor, shape: torch.Size, module: nn.Module | None) -> Tensor:
    """values (B, H, n), one for each head, in the axes of an output or weights of this shape, to which they broadcast.

    It undoes `four_axes`. Raises ValueError where none of the axes is known as that of the heads.
    """
    num_heads, lead = values.shape[1], shape[:-2]
    if len(shape) == 4 and shape[1] == num_heads:
        return values[:, :, None]
    if len(shape) == 4 and shape[1] * shape[2] == num_heads:  # packed, see `_unpacked`
        return values.reshape(-1, *shape[1:3], values.shape[-1])
    if len(shape) < 4 and (num_heads == 1 or lead[0] % num_heads == 0):
        merged = values.flatten(0, 1)[:, None]
        return merged if len(shape) == 3 else merged[0]
    axis = heads_axis(tuple(lead), num_heads) if len(shape) > 4 else None
    if axis is None:
        raise ValueError(f"of the axes {tuple(shape)} of {type(module).__name__} none is known as that of {num_heads} heads")
    return values.reshape(*lead[:axis], *lead[axis + 1 :], num_heads, -1).movedim(-2, axis).unsqueeze(-2)


def _each(seen: SeenQK, change: Callable[[Tensor], Tensor]) -> SeenQK:
    mask = None if seen.mask is None else change(seen.mask)
    return seen._replace(q=change(seen.q), k=change(seen.k), v=change(seen.v), mask=mask)


def _split_batch(tensor: Tensor, first: int, heads: int | None) -> Tensor:
    """(B · H, N, d) to (B, H, N, d); without a number of heads (H, N, d) and (N, d) are of one image."""
    if heads is not None and tensor.ndim == 3 and tensor.shape[0] == first:
        return tensor.reshape(-1, heads, *tensor.shape[1:])
    return tensor.reshape((1,) * (4 - tensor.ndim) + tuple(tensor.shape))


def _broadcast(seen: SeenQK) -> SeenQK:
    """A mask gets all axes of the scores, so that its windows can be moved as those of q are."""
    if seen.mask is None:
        return seen
    return seen._replace(mask=seen.mask.expand(*seen.q.shape[:-1], seen.k.shape[-2]))


def _of_all(seen: SeenQK) -> SeenQK:
    """Images and heads that torch broadcasts, one q for all keys or one k for all images, in as many as the scores have."""
    q, k = seen.q, seen.k
    images, heads = max(q.shape[0], k.shape[0]), max(q.shape[1], k.shape[1])
    if (images, heads) == (q.shape[0], q.shape[1]) and k.shape[0] == images:
        return seen
    q = q.expand(images, heads, -1, -1)
    k, v = (tensor.expand(images, -1, -1, -1) for tensor in (k, seen.v))
    return seen._replace(q=q, k=k, v=v)


def _unpacked(seen: SeenQK, module: nn.Module | None, num_heads: int | None) -> SeenQK:
    """With one query token transformers packs the heads that share a key into queries: (B, Hk, H / Hk, d) is (B, H, 1, d)."""
    q, k = seen.q, seen.k
    group = getattr(module, "num_key_value_groups", 1)
    if group == 1 or q.shape[2] != group or num_heads != q.shape[1] * group or q.shape[1] != k.shape[1]:
        return seen
    mask = seen.mask
    if mask is not None and mask.ndim == 4 and mask.shape[1] > 1:
        mask = mask.reshape(mask.shape[0], num_heads, 1, mask.shape[-1])
    return seen._replace(q=q.reshape(q.shape[0], num_heads, 1, q.shape[-1]), mask=mask)
