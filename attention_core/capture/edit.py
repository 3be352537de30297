"""Changing a model's attention while it runs: the output of a head switched off, or replaced by the mean of its values."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal, get_args

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_core.capture.axes import along_heads
from attention_core.capture.call_signatures import AttentionCall
from attention_core.capture.door import watching
from attention_core.capture.patterns import calls_itself_attention, images_and_heads
from attention_core.capture.seen import SeenQK, SeenWeights, Unseen
from attention_core.capture.watcher import Where

HeadOutput = Literal["off", "mean"]
HEAD_OUTPUTS: Final = get_args(HeadOutput)
_MULTI_HEAD: Final = inspect.signature(F.multi_head_attention_forward)


@contextmanager
def edit_attention(
    path: str | None = None,
    heads: Collection[int] | None = None,
    output: HeadOutput = "off",
    *,
    model: nn.Module | None = None,
) -> Iterator[None]:
    """Change the output of heads in every attention call that this thread makes inside the block; blocks nest.

    Args:
        path: the module whose calls are changed, as a record names it; None changes every call.
        heads: their numbers; None changes all.
        output: "off" replaces the output of a head by 0, as if its rows of W_0 were 0 (Michel et al. 2019, section 2.3);
            "mean" replaces it by the mean of its values, as if every query attended to all keys alike.
        model: the model in whose module names `path` is given; None takes the outermost module that runs.

    Raises:
        ValueError: where there is no such output or head, where the heads of a call cannot be told, and, at the end of the
            block, where no call of that path was made.
    """
    if output not in HEAD_OUTPUTS:
        raise ValueError(f"output must be one of {', '.join(HEAD_OUTPUTS)}, received {output!r}")
    if heads is not None and (not heads or isinstance(heads, str) or any(type(head) is not int for head in heads)):
        raise ValueError(f"heads must be a list of numbers, such as [0, 2], or None for all, received {heads!r}")
    editor = _Editor(path, None if heads is None else sorted(set(heads)), output)
    with watching(editor, model):
        yield
    if not editor.edited:
        made = f"{path!r} made no call" if path is not None else "no call was made"
        raise ValueError(f"no attention was changed: {made}; modules that attend are {', '.join(editor.paths) or 'none'}")


class _Editor:
    """A watcher that changes the output of some heads."""

    copies = False

    def __init__(self, path: str | None, heads: list[int] | None, output: HeadOutput) -> None:
        self._path, self._heads, self._output = path, heads, output
        self._open: dict[AttentionCall, tuple[SeenQK, Tensor | None]] = {}
        self.edited = False
        self.paths: dict[str, None] = {}

    def begins(self, call: AttentionCall, where: Where) -> None:
        """Of a call that joins its heads itself the columns of W_0 are changed, of any other what it returns."""
        if not self._wants(where.path):
            return
        seen = call.read()
        if isinstance(seen, str):
            raise ValueError(f"the heads of {where.path or 'a call'} cannot be changed: {seen}")
        weight: Tensor | None = None
        if call.is_multi_head:
            arguments = dict(_MULTI_HEAD.bind(*call.args, **call.kwargs).arguments)
            weight = arguments["out_proj_weight"]  # (E, H · dv)
            on = self._on(seen.q.shape[1], weight).repeat_interleave(seen.v.shape[-1])
            call.args, call.kwargs = (), arguments | {"out_proj_weight": weight * on}
        self._open[call] = seen, weight

    def ends(self, call: AttentionCall, output: Any) -> Any:
        if call not in self._open:
            return output
        seen, weight = self._open.pop(call)
        self.edited = True
        if weight is not None and self._output == "off":
            return output
        per_key = seen.v.mean(-2) if self._output == "mean" else torch.zeros_like(seen.v[..., 0, :])  # (B, Hk, dv)
        means = per_key.repeat_interleave(seen.q.shape[1] // seen.v.shape[1], 1)  # (B, H, dv)
        on = self._on(seen.q.shape[1], means)[None, :, None].expand(len(means), -1, 1)
        if weight is not None:
            joined, *others = output
            added = F.linear((means * (1 - on)).flatten(1), weight)  # (B, E)
            return (joined + (added if joined.ndim == 3 else added[0]), *others)
        on, means = (along_heads(values, output.shape, call.module) for values in (on, means))
        return torch.where(on.bool(), output, means)

    def softmaxed(self, weights: Tensor, where: Where) -> Tensor:
        """Whether it is attention is known later: without a path only that of modules that call themselves so is changed."""
        if not self._wants(where.path) or (self._path is None and not calls_itself_attention(where.frame)):
            return weights
        found = images_and_heads(weights.shape, where.frame)
        if isinstance(found, str):
            if self._path is None:
                return weights
            raise ValueError(f"the heads of {where.path} cannot be changed: {found}")
        self.edited = True
        images, num_heads = found
        module = None if where.frame is None else where.frame.module
        on = along_heads(self._on(num_heads, weights)[None, :, None].expand(images, -1, 1), weights.shape, module)
        return torch.where(on.bool(), weights, 1 / weights.shape[-1] if self._output == "mean" else 0.0)

    def saw(self, seen: SeenWeights, where: Where) -> None: ...

    def missed(self, unseen: Unseen) -> None: ...

    def _wants(self, path: str) -> bool:
        self.paths[path] = None
        return self._path is None or path == self._path

    def _on(self, num_heads: int, like: Tensor) -> Tensor:
        """(H): 0 for a head that is changed, 1 for the others."""
        heads = range(num_heads) if self._heads is None else self._heads
        if wrong := [head for head in heads if not 0 <= head < num_heads]:
            raise ValueError(f"head must be 0–{num_heads - 1}, received {wrong[0]}")
        on = torch.ones(num_heads, dtype=like.dtype, device=like.device)
        on[list(heads)] = 0
        return on
