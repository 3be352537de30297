"""Changing a model's attention while it runs: what a head puts out, or the scores by which it attends."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, Literal, get_args

import torch
from torch import Tensor, nn

from attention_core.capture.axes import along_heads
from attention_core.capture.call_signatures import AttentionCall
from attention_core.capture.door import watching
from attention_core.capture.edited_scores import Scores
from attention_core.capture.patterns import calls_itself_attention, images_and_heads
from attention_core.capture.seen import SeenWeights, Unseen
from attention_core.capture.watcher import Changed, Where

HeadOutput = Literal["off", "mean", "even"]
HEAD_OUTPUTS: Final = get_args(HeadOutput)


@contextmanager
def edit_attention(
    path: str | None = None,
    heads: Collection[int] | Tensor | None = None,
    output: HeadOutput | None = None,
    *,
    temperature: float | None = None,
    keys: Tensor | None = None,
    model: nn.Module | None = None,
) -> Iterator[None]:
    """Change heads in every attention call that this thread makes inside the block; blocks nest.

    A recording that is begun inside of the block keeps what the model then did: scores as they are changed, and values of 0 of
    a head that is off, so that what heads write still adds up to what attention returns. One that is begun around it keeps all
    as it was before.

    Args:
        path: the module whose calls are changed, as a record names it; None changes every call.
        heads: their numbers; or boolean (images, H), which of each image of the batch, whose windows lie next to each other;
            None changes all.
        output: "off" replaces the output of a head by 0, as if its slice of W_0 were 0 (Michel et al. 2019, section 2.3);
            "mean" makes every query attend to all keys alike, whatever masks say: the output is the mean of the values; "even"
            does so for the keys that a query may attend to. None is "off" where neither temperature nor keys are given.
        temperature: the scores, masks that are added included, are divided by it before the softmax.
        keys: boolean (Nk,); no query attends to the others. A query that is left without a key gets 0.
        model: the model in whose module names `path` is given; None takes the outermost module that runs.

    Raises:
        ValueError: where there is no such output or head, where temperature or keys are not as said, where the heads of
            a call cannot be told, and, at the end of the block, where no call of that path was made.
    """
    if output is not None and output not in HEAD_OUTPUTS:
        raise ValueError(f"output must be one of {', '.join(HEAD_OUTPUTS)}, received {output!r}")
    divisor = 1.0 if temperature is None else _positive(temperature)
    scores = Scores(divisor, _boolean(keys), output in ("even", "mean"), output != "mean")
    if output is None and temperature is None and keys is None:
        output = "off"
    editor = _Editor(path, _checked(heads), output == "off", scores)
    with watching(editor, model):
        yield
    if not editor.edited:
        made = f"{path!r} made no call" if path is not None else "no call was made"
        raise ValueError(f"no attention was changed: {made}; modules that attend are {', '.join(editor.paths) or 'none'}")


class _Editor:
    """A watcher that changes some heads of some images."""

    copies = False

    def __init__(self, path: str | None, heads: list[int] | Tensor | None, off: bool, scores: Scores) -> None:
        self._path, self._heads, self._off, self._scores = path, heads, off, scores
        self.edited = False
        self.paths: dict[str, None] = {}

    def begins(self, call: AttentionCall, where: Where) -> None:
        """Of a call that joins its heads itself the joining is put off until its heads have returned."""
        if not self._wants(where.path):
            return
        seen = call.read()
        if isinstance(seen, str):
            raise ValueError(f"the heads of {where.path or 'a call'} cannot be changed: {seen}")
        if call.is_multi_head:
            call.take_apart()
        chosen = self._chosen(seen.q)
        if self._scores:
            call.give(**self._scores.of_call(call.arguments(), chosen, call.module))
        if self._off:
            call.switch_off(chosen)
        self.edited = True

    def ends(self, call: AttentionCall, output: Any) -> None: ...

    def softmaxed(self, weights: Tensor, where: Where) -> Changed | None:
        """Whether it is attention is known later: without a path only that of modules that call themselves so is changed."""
        if not self._wants(where.path) or (self._path is None and not calls_itself_attention(where.frame)):
            return None
        found = images_and_heads(weights.shape, where.frame)
        if isinstance(found, str):
            if self._path is None:
                return None
            raise ValueError(f"the heads of {where.path} cannot be changed: {found}")
        self.edited = True
        module = None if where.frame is None else where.frame.module
        chosen = self._chosen(torch.empty(*found, 0, device=weights.device))
        here = along_heads(chosen, weights.shape, module)
        changed = weights.new_zeros(()) if self._off else self._scores.of_weights(weights)
        return Changed(torch.where(here, changed, weights), partial(self._told, chosen))

    def _told(self, chosen: Tensor, seen: SeenWeights) -> SeenWeights:
        """As whoever watches inside of the block is told of it."""
        if self._scores:
            here = chosen[..., None]
            seen = seen._replace(weights=torch.where(here, self._scores.of_weights(seen.weights), seen.weights))
        return seen.without_values(chosen) if self._off else seen

    def saw(self, seen: SeenWeights, where: Where) -> None: ...

    def missed(self, unseen: Unseen) -> None: ...

    def _wants(self, path: str) -> bool:
        self.paths[path] = None
        return self._path is None or path == self._path

    def _chosen(self, q: Tensor) -> Tensor:
        """(B, H, 1), of q (B, H, …): whether a head of an image, or of a window of it, is changed."""
        batch, num_heads = q.shape[:2]
        chosen = self._heads
        if not isinstance(chosen, Tensor):
            numbers = range(num_heads) if chosen is None else chosen
            if wrong := [head for head in numbers if not 0 <= head < num_heads]:
                raise ValueError(f"head must be 0–{num_heads - 1}, received {wrong[0]}")
            chosen = torch.zeros(1, num_heads, dtype=torch.bool)
            chosen[:, list(numbers)] = True
        if chosen.shape[1] != num_heads or batch % len(chosen):
            raise ValueError(f"expected heads ({batch}, {num_heads}), received {tuple(chosen.shape)}")
        return chosen.repeat_interleave(batch // len(chosen), 0).to(q.device)[..., None]


def _checked(heads: Collection[int] | Tensor | None) -> list[int] | Tensor | None:
    if heads is None or (isinstance(heads, Tensor) and heads.dtype == torch.bool and heads.ndim == 2):
        return heads
    wrong = isinstance(heads, str | Tensor) or not heads or any(type(head) is not int for head in heads)
    if wrong:
        raise ValueError(f"heads must be a list of numbers, such as [0, 2], or None for all, received {heads!r}")
    return sorted(set(heads))


def _positive(temperature: float) -> float:
    if not isinstance(temperature, int | float) or not 0 < temperature < math.inf:
        raise ValueError(f"temperature must be above 0 and finite, received {temperature!r}")
    return temperature


def _boolean(keys: Tensor | None) -> Tensor | None:
    if keys is not None and not (isinstance(keys, Tensor) and keys.dtype == torch.bool and keys.ndim == 1 and keys.any()):
        raise ValueError(f"keys must be a boolean tensor (number of keys,) with a key that is True, received {keys!r}")
    return keys
