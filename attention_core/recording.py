"""Recording attention in an unmodified model, while its fused kernels stay on.

`record_attention` watches torch's attention functions and keeps the q and k that each call received: after projections, norms
and rotary embeddings, before the softmax. From them any row, column or matrix of weights is exact, and none of the N × N
matrices needs to exist. Of a model that computes its softmax in the open it keeps the weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from attention_core.arena import BLOCK_BYTES, SMALL_BYTES, Arena
from attention_core.callers import Caller, find_caller
from attention_core.layer_record import LayerRecord, bytes_of
from attention_core.patches import PatchGrid
from attention_core.rollout import Fusion, rollout
from attention_core.watch_points import SOUGHT, WATCHED, Seen, SeenQK, SeenWeights

if TYPE_CHECKING:
    from PIL import Image

    from attention_core.html_view import HtmlView


class AttentionRecord:
    """The `layers` that ran inside one `record_attention` block, in the order in which they were called.

    channel_layers: paths of modules whose attention is over channels, which has no tokens to show. nbytes_seen: bytes of
    q, k, v, masks and weights of all calls as they were made, of which `nbytes` are kept. grid and prefix_tokens say what
    the tokens are, where the one who recorded knows, as `VisionModel.record` does; feature_sizes, by path, are the (rows, cols)
    of the maps that windowed layers cut.
    """

    def __init__(
        self,
        keep_v: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        only: Collection[int] | None = None,
        on_call: Callable[[int], None] | None = None,
    ) -> None:
        self.layers: list[LayerRecord] = []
        self.channel_layers: list[str] = []
        self.nbytes_seen = 0
        self.grid: PatchGrid | None = None
        self.prefix_tokens: tuple[str, ...] = ()
        self.feature_sizes: dict[str, tuple[int, int]] = {}
        self._keep_v = keep_v
        self._device = None if device is None else torch.device(device)
        self._dtype = dtype
        self._only = only
        self._on_call = on_call
        self._calls = 0
        self._arena = Arena()

    @property
    def nbytes(self) -> int:
        """Bytes of the tensors kept, over all layers."""
        return sum(layer.nbytes for layer in self.layers)

    def require(self) -> None:
        """Raises ValueError, with what was looked for and what to try, where no layer was seen."""
        if self.layers:
            return
        over_channels = f" Attention over channels was seen in {', '.join(self.channel_layers)}." if self.channel_layers else ""
        raise ValueError(
            f"no attention over tokens was seen; looked for {SOUGHT}, called from Python in this thread.{over_channels} "
            "Run the model itself inside the block and in the same thread, without torch.compile, scripting or export; with "
            'transformers take attn_implementation="sdpa" or "eager".'
        )

    def show(
        self,
        image: Image.Image,
        grid: PatchGrid | None = None,
        layers: Sequence[int] | None = None,
        title: str = "Attention",
    ) -> HtmlView:
        """The recording over the image it was made of, as one HTML file that hovers; a notebook shows it by itself.

        grid: the patches, where the record does not know them; the tokens before them are prefix tokens. layers: which of
        `layers` go into the file, some megabytes each, the last of them shown first; None takes the last layer in which every
        patch asks. Raises ValueError as `html_view` does, where no grid is known, and where a layer does not exist.
        """
        from attention_core.html_view import html_view

        self.require()
        grid = grid or self.grid
        if grid is None:
            raise ValueError(
                "how the tokens lie on the image is not known here; say it: show(image, grid=PatchGrid(rows, cols, 16))"
            )
        extra = self.layers[0].num_keys - grid.num_patches
        names = self.prefix_tokens if len(self.prefix_tokens) == extra else tuple(f"token {at}" for at in range(extra))
        asking = [at for at, layer in enumerate(self.layers) if layer.num_queries == layer.num_keys]
        chosen = (asking or [len(self.layers) - 1])[-1:] if layers is None else list(layers)
        if wrong := [layer for layer in chosen if not 0 <= layer < len(self.layers)]:
            raise ValueError(f"layer must be 0–{len(self.layers) - 1}, received {wrong[0]}")
        return html_view([self.layers[layer] for layer in chosen], image, grid, names, title=title)

    def rollout(
        self,
        query: int,
        fusion: Fusion = "mean",
        residual: float = 0.5,
        discard: float = 0.0,
        on_layer: Callable[[int], None] | None = None,
    ) -> Tensor:
        """What token `query` after the last layer holds of each input token, (B, Nk); see `attention_core.rollout.rollout`.

        Heads after the last layer that pool all tokens with one query are left out. Raises ValueError as `rollout` does, as
        `require` does where no layer was seen, and where a layer is known to attend inside windows of the image.
        """
        self.require()
        if windowed := [layer.path for layer in self.layers if layer.path in self.feature_sizes]:
            raise ValueError(
                f"rollout needs layers that attend over all tokens; {windowed[0]} attends inside windows of the image, "
                "take one layer at a time"
            )
        count = len(self.layers)
        while count > 1 and self.layers[count - 1].num_queries == 1 < self.layers[count - 1].num_keys:
            count -= 1
        return rollout(self.layers[:count], query, fusion, residual, discard, on_layer)

    def _add(self, seen: Seen, path: str) -> None:
        if isinstance(seen, SeenWeights) and seen.over_channels:
            self.channel_layers.append(path)
            return
        self.nbytes_seen += bytes_of(*(value for value in vars(seen).values() if isinstance(value, Tensor)))
        index, self._calls = self._calls, self._calls + 1
        if self._on_call is not None:
            self._on_call(index)
        if self._only is not None and index not in self._only:
            return
        kept = self._with_qk(seen, path, index) if isinstance(seen, SeenQK) else self._with_weights(seen, path, index)
        self.layers.append(kept)

    def _with_qk(self, seen: SeenQK, path: str, index: int) -> LayerRecord:
        q = self._kept(_four_axes(seen.q.detach()))
        k = q if seen.k is seen.q else self._kept(_four_axes(seen.k.detach()))
        v = self._kept(_four_axes(seen.v.detach())) if self._keep_v else None
        mask = None if seen.mask is None else self._moved(_mask_of_four_axes(seen.mask.detach(), seen.q, seen.k))
        scale = 1 / math.sqrt(q.shape[-1]) if seen.scale is None else seen.scale
        return LayerRecord(q, k, v, scale, mask, seen.is_causal, None, path, index, seen.q.dtype, seen.q.device)

    def _with_weights(self, seen: SeenWeights, path: str, index: int) -> LayerRecord:
        weights = self._kept(seen.weights.detach())
        batch, heads, queries, keys = weights.shape
        q, k = weights.new_empty(batch, heads, queries, 0), weights.new_empty(batch, heads, keys, 0)
        return LayerRecord(q, k, None, 1.0, None, False, weights, path, index, seen.weights.dtype, seen.weights.device)

    def _kept(self, tensor: Tensor) -> Tensor:
        """Small tensors copied side by side; large ones as they are, unless v would stay alive with them."""
        if (moved := self._moved(tensor)) is not tensor:
            return moved
        small = tensor.nbytes <= SMALL_BYTES
        part = tensor.untyped_storage().nbytes() > tensor.nbytes
        if tensor.device.type == "cpu" and tensor.nbytes <= BLOCK_BYTES and (small or (part and not self._keep_v)):
            return self._arena.copy(tensor)
        return tensor.clone(memory_format=torch.contiguous_format) if part and not self._keep_v else tensor

    def _moved(self, tensor: Tensor) -> Tensor:
        """On the device and, but for boolean masks, of the type that was asked for; the same tensor where it is already."""
        return tensor.to(self._device, self._dtype if tensor.is_floating_point() else None)


class _Watch(TorchFunctionMode):
    """Sees every torch function called in this thread while it is entered. Torch keeps the stack of modes per thread."""

    def __init__(self, record: AttentionRecord) -> None:
        super().__init__()
        self._record = record
        self._paths: dict[nn.Module, dict[nn.Module, str]] = {}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **kwargs) if kwargs else func(*args)  # this line runs for every torch function of the model
        if (read := WATCHED.get(func)) is not None:
            caller = find_caller()
            seen = read(result, caller, *args, **(kwargs or {}))
            if seen is not None:
                self._record._add(seen, self._path(caller))
        return result

    def _path(self, caller: Caller) -> str:
        """The module's dotted name in the model; the model's own is its class, and "" where no module is running."""
        if caller.module is None or caller.root is None:
            return ""
        if caller.root not in self._paths:
            self._paths[caller.root] = {module: name for name, module in caller.root.named_modules()}
        return self._paths[caller.root].get(caller.module) or type(caller.module).__name__


@contextmanager
def record_attention(
    keep_v: bool = True,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
    only: Collection[int] | None = None,
    on_call: Callable[[int], None] | None = None,
) -> Iterator[AttentionRecord]:
    """Record every attention call that Python code makes in this thread inside the block; the model runs as it is.

    Seen are `F.scaled_dot_product_attention`, `F.multi_head_attention_forward` (also where `nn.MultiheadAttention` would take
    its fast path), and a softmax over scores of tokens in the open. Blocks nest (each records), can follow each other, leave
    nothing behind after an exception, and do not see other threads.

    keep_v=False keeps q and k alone, in about two thirds of the memory. device and dtype: where and as what to keep them, such
    as "cpu" and torch.float16; None leaves them as they are. only: which calls to keep, counted from 0; None keeps all.
    on_call is told each call's number as it ends, for progress; what it raises stops the model.
    """
    record = AttentionRecord(keep_v, device, dtype, only, on_call)
    with _Watch(record):
        yield record


def _four_axes(tensor: Tensor) -> Tensor:
    """(N, d), (H, N, d), (B, H, N, d) or (B, H, windows…, N, d) to (B, H, N, d), with the windows moved into the batch."""
    if tensor.ndim < 4:
        return tensor.reshape((1,) * (4 - tensor.ndim) + tuple(tensor.shape))
    return tensor.movedim(1, -3).flatten(0, -4)


def _mask_of_four_axes(mask: Tensor, query: Tensor, key: Tensor) -> Tensor:
    """The mask with the axes of `_four_axes`; it stays broadcast where no windows had to be moved."""
    if query.ndim > 4:
        return _four_axes(mask.expand(*query.shape[:-1], key.shape[-2]))
    return _four_axes(mask)
