"""What the softmaxes of a module are, once it has ended: patterns of heads over tokens, or in words why not."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from typing import Final

import torch
from torch import Tensor

from attention_core.capture.axes import heads_axis, heads_of, windows_into_batch
from attention_core.capture.explicit_softmax import Candidate
from attention_core.capture.running_modules import Frame
from attention_core.capture.seen import SeenWeights, Unseen
from attention_core.capture.watcher import Watch

_ROUNDING: Final = {False: 1e-4, True: 2e-2}
"""Of float32 or wider, and of half precision."""
_NO_PRODUCT: Final = (
    "weights of shape {shape} multiply no values as queries × keys: sampled points (deformable attention), windows or chunks "
    "cut anew, axes in another order, or linear attention"
)
_OTHER_AXIS: Final = "weights of shape {shape} sum to 1 over axis {axis}: linear attention, or axes in another order"
_PART: Final = "{queries} queries are a part of the tokens: a block, window or chunk of them, on axes of its own"
_NO_HEADS: Final = "of its axes {shape} none is known as that of the heads"
_NO_BATCH: Final = "in {shape} images and heads cannot be told apart: a slice of a batch, or one head of several"
_CHANNELS: Final = "it weighs channels, which have no place among the tokens"


def patterns(group: list[Candidate], path: str, outer: Collection[Watch] = ()) -> Iterator[SeenWeights | Unseen]:
    """The softmaxes of one module that has ended, each as weights (B, H, Nq, Nk) or with the reason why it is none.

    They are told as the blocks `outer` have changed them. They are read together, for a module may take its heads a slice at a
    time. A softmax that multiplies nothing, in a module that does not call itself attention, is passed over.
    """
    joined = _joined(group)
    if joined is None:
        yield from (Unseen(path, _NO_BATCH.format(shape=tuple(each.shape))) for each in group)
        return
    for candidate in joined:
        if len(candidate.shape) == 2 and candidate.owner is not None and not calls_itself_attention(candidate.owner):
            continue  # a choice between classes is as likely
        if candidate.met_values:
            seen = _weights(candidate, len(joined), outer)
            yield seen if isinstance(seen, SeenWeights) else Unseen(path, seen, over_channels=seen == _CHANNELS)
        elif candidate.multiplied or calls_itself_attention(candidate.owner):
            reason = _NO_PRODUCT if candidate.axis == -1 else _OTHER_AXIS
            yield Unseen(path, reason.format(shape=tuple(candidate.shape), axis=candidate.axis))


def calls_itself_attention(owner: Frame | None) -> bool:
    """Whether the class of the module, or one that it is derived from, has attention in its name."""
    kinds = () if owner is None else type(owner.module).__mro__
    return any(re.search("att", kind.__name__, re.IGNORECASE) for kind in kinds)


def _weights(candidate: Candidate, count: int, outer: Collection[Watch]) -> SeenWeights | str:
    """Its weights as (B, H, Nq, Nk), or in words why they are none. count: how many softmaxes the module took."""
    images = images_and_heads(candidate.shape, candidate.owner, count)
    if isinstance(images, str):
        return images
    shape, owner = tuple(candidate.shape), candidate.owner
    queries, axis = shape[-2], 1
    if len(shape) > 4:
        axis = heads_axis(shape[:-2], images[1]) or 1
        queries = math.prod(shape[1:-1]) // shape[axis]

    def four_axes(tensor: Tensor) -> Tensor:
        whole = windows_into_batch(tensor, axis) if len(shape) > 4 else tensor
        return whole.reshape(*images, *tensor.shape[-2:])

    weights = four_axes(candidate.weights)
    counts = set() if owner is None else _token_counts(owner, images[0])
    if counts and queries > 1 and queries not in counts:
        return _PART.format(queries=queries)
    values, output = (None, None)
    if candidate.met is not None and all(each.shape[:-2] == shape[:-2] for each in candidate.met):
        values, output = map(four_axes, candidate.met)
    return _told(candidate, SeenWeights(weights, ("sink",) * candidate.extra, values, output), outer)


def _told(candidate: Candidate, seen: SeenWeights, outer: Collection[Watch]) -> SeenWeights:
    """With what these blocks have changed; with values if the model multiplied them by what all blocks have made of it."""
    told = used = seen
    for by, change in candidate.changes:
        used = change(used)
        told = used if by in outer else told
    known = used.values is not None and used.output is not None and _is_product(used.weights, used.values, used.output)
    return told if known else told._replace(values=None, output=None)


def _is_product(weights: Tensor, values: Tensor, output: Tensor) -> bool:
    """Told by one query, for dropout, gates or a mix of heads may have changed the weights since their softmax."""
    row = weights[-1, :, -1:, : values.shape[-2]].to(values) @ values[-1]  # (H, 1, dv)
    tolerance = _ROUNDING[values.element_size() < 4]
    return torch.allclose(row, output[-1, :, -1:], rtol=tolerance, atol=tolerance * float(row.abs().amax()))


def images_and_heads(shape: torch.Size, owner: Frame | None, count: int = 1) -> tuple[int, int] | str:
    """How many images, or windows of them, and how many heads lie in weights of this shape; in words why that is not known.

    count: how many softmaxes the module took, a head each, if they hold one head.
    """
    num_heads = None if owner is None else heads_of(owner.module)
    if len(shape) == 2:
        return 1, 1
    if len(shape) == 3:
        images = 1 if owner is None else _num_images(shape[0], num_heads, owner)
        if images is None or (num_heads and num_heads not in (shape[0] // images, shape[0] // images * count)):
            return _NO_BATCH.format(shape=tuple(shape))
        return images, shape[0] // images
    axis = 1 if len(shape) == 4 else heads_axis(tuple(shape[:-2]), num_heads)
    if axis is None:
        return _NO_HEADS.format(shape=tuple(shape))
    images_heads = math.prod(shape[:-2]) // shape[axis], shape[axis]
    if owner is not None and len(shape) == 4 and _is_over_channels(shape, owner, _token_counts(owner, shape[0])):
        return _CHANNELS
    return images_heads


def _is_over_channels(shape: torch.Size, owner: Frame, counts: set[int]) -> bool:
    """Told by its size, head width × head width (XCiT: El-Nouby et al. 2021); where tokens could be as many, by its name."""
    heads, queries, keys = shape[1:]
    widths = {given[1 if channels_first else -1] for given, channels_first in owner.inputs() if len(given) > 2}
    named = re.search("xca|channel|crosscov", type(owner.module).__name__, re.IGNORECASE) is not None
    return queries == keys and heads * keys in widths and (keys not in counts or named)


def _token_counts(owner: Frame, batch: int) -> set[int]:
    """What the number of tokens may be: N of (B, N, C), (N, B, C) and (B, C, N); of a map rows · cols, or one of them."""
    counts: set[int] = set()
    for shape, channels_first in owner.inputs():
        if len(shape) == 3 and not channels_first:
            counts.add(shape[0] if shape[1] == batch != shape[0] else shape[1])
        elif len(shape) > 2:
            counts |= {math.prod(shape[2:])} if channels_first else {math.prod(shape[1:-1]), *shape[1:-1]}
    return counts


def _num_images(first: int, num_heads: int | None, owner: Frame) -> int | None:
    """How many images lie in an axis of B · H, told by the module's heads and by what it was called with."""
    shapes = [shape for shape, _ in owner.inputs() if len(shape) > 2]
    sizes = [shape[0] for shape in shapes]
    if num_heads and first % num_heads == 0 and first // num_heads in (*sizes, *(shape[1] for shape in shapes)):
        return first // num_heads
    if first in sizes:
        return first
    return None if num_heads else next((size for size in sizes if first % size == 0), None)


def _joined(group: list[Candidate]) -> list[Candidate] | None:
    """A module that takes B · H a slice at a time has as many softmaxes, and projects nothing between: they are one.

    None where they may as well be a head of all images each.
    """
    first, owner = group[0], group[0].owner
    num_heads = None if owner is None else heads_of(owner.module)
    if owner is None or num_heads is None or len(group) < 2:
        return group
    alike = all(len(each.shape) == 3 and each.shape[1:] == first.shape[1:] for each in group)
    total = sum(each.shape[0] for each in group)
    whole_batches = total % num_heads == 0 and total // num_heads in [shape[0] for shape, _ in owner.inputs()]
    if not alike or not whole_batches or any(each.projections != first.projections for each in group):
        return group
    if first.shape[0] > 1 and len(group) == num_heads:
        return None
    met_values = all(each.met_values for each in group)
    return [Candidate(torch.cat([each.weights for each in group]), owner, met_values=met_values, multiplied=True)]
