"""Attention inside windows, put back on the image: a patch's row on the feature map, zero outside its window.

A windowed layer is recorded as a batch of B · windows small attentions, with the windows of one image next to each other. Which
patch a token of a window is follows from how the block cuts its feature map: timm's Swin (Liu et al. 2021), Swin V2 and Swin V2
CR, TinyViT, MaxViT's blocks and grids (Tu et al. 2022), MobileViT (Mehta & Rastegari 2022), and torchvision's Swin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from attention_core.capture.layer_record import LayerRecord
from attention_core.tokens.windows import CHANNELS_FIRST, CUTS, Size, Windows, kind_of


@contextmanager
def feature_sizes(root: nn.Module) -> Iterator[dict[str, Size]]:
    """Note the (rows, cols) of the feature map that reaches each windowed block of `root` while it runs inside this block.

    Keyed by the path of the block and of every module in it, so that a recorded layer finds its own by `layer.path`. The last
    run counts. The model is as before after the block.
    """
    sizes: dict[str, Size] = {}
    handles = [
        module.register_forward_pre_hook(_note_size(sizes, path, kind))
        for path, module in root.named_modules()
        if (kind := kind_of(module)) is not None
    ]
    try:
        yield sizes
    finally:
        for handle in handles:
            handle.remove()


def windows_of(root: nn.Module, layer: LayerRecord, size: Size | None = None) -> Windows | None:
    """Where the tokens of `layer` lie; None where `root`, the model that was recorded, does not cut this layer into windows.

    Args:
        root: the model.
        layer: one of its recorded layers.
        size: (rows, cols) of the feature map at this layer, as from `feature_sizes`. A Swin of timm that takes one image size
            knows it itself; any other model needs it.

    Returns:
        The windows; None also for a cut that is not known here (Hiera, SAM): the batch of such a layer is not that of the
        images.

    Raises:
        ValueError: where the model has no module of the layer's path, where a size is needed, and where it does not fit the
            layer.
    """
    path, block = _block_of(root, layer.path)
    if block is None:
        return None
    size = _own_size(block) if size is None else size
    if size is None:
        raise ValueError(
            f"{path} takes feature maps of any size; run the model inside feature_sizes(model) as sizes and give "
            "windows_of(model, layer, sizes[layer.path])"
        )
    windows = CUTS[kind_of(block) or ""](block, *size, layer.path)
    batch, queries, keys = layer.q.shape[0], layer.num_queries, layer.num_keys
    if batch % windows.num_windows or {queries, keys} != {windows.index.shape[1]}:
        raise ValueError(
            f"{path} cuts {size[0]} × {size[1]} patches into {windows.num_windows} windows of {windows.index.shape[1]} tokens, "
            f"received a layer with a batch of {batch}, {queries} queries and {keys} keys"
        )
    return windows


def stitched_rows(layer: LayerRecord, windows: Windows, positions: Sequence[int], temperature: float = 1.0) -> Tensor:
    """Weights with which the patches at `positions` attend to every patch, (B, H, len(positions), rows, cols).

    Outside a patch's window they are 0. Weights on padding lie on no patch: there a row sums to less than 1.

    Raises:
        ValueError: where a position is outside the map, the layer's batch is no multiple of the windows, or the temperature is
            below 0.
    """
    return _stitched(layer, windows, positions, lambda window, tokens: window.rows(tokens, temperature))


def stitched_columns(layer: LayerRecord, windows: Windows, positions: Sequence[int], temperature: float = 1.0) -> Tensor:
    """Weights with which every patch attends to those at `positions`, (B, H, len(positions), rows, cols); 0 outside the window.

    Raises ValueError as `stitched_rows` does, and where the temperature is not above 0 and finite.
    """
    return _stitched(layer, windows, positions, lambda window, tokens: window.columns(tokens, temperature).transpose(-2, -1))


def _stitched(
    layer: LayerRecord,
    windows: Windows,
    positions: Sequence[int],
    weights_of: Callable[[LayerRecord, list[int]], Tensor],
) -> Tensor:
    """weights_of(the layer of one window, tokens): (B, H, len(tokens), n), laid on the map a window at a time."""
    images, rest = divmod(layer.q.shape[0], windows.num_windows)
    if rest:
        raise ValueError(f"expected a batch of {windows.num_windows} windows an image, received {layer.q.shape[0]}")
    window_of, token_of = windows.place(positions)
    dtype = torch.promote_types(layer.q.dtype, torch.float32)
    count = windows.rows * windows.cols
    stitched = torch.zeros(images, layer.num_heads, len(positions), count, dtype=dtype, device=layer.q.device)
    for window in set(window_of.tolist()):
        inside = (window_of == window).nonzero()[:, 0]
        weights = weights_of(_one_window(layer, window, windows.num_windows), token_of[inside].tolist())
        index = windows.index[window]
        stitched[:, :, inside[:, None], index[index >= 0]] = weights[..., index >= 0]
    return stitched.view(*stitched.shape[:-1], windows.rows, windows.cols)


def _one_window(layer: LayerRecord, window: int, num_windows: int) -> LayerRecord:
    """The same window of every image: the windows of one image are next to each other in the batch."""
    mine = slice(window, None, num_windows)
    mask = layer.mask if layer.mask is None or layer.mask.shape[0] == 1 else layer.mask[mine]
    softmaxed = None if layer.softmaxed is None else layer.softmaxed[mine]
    return replace(layer, q=layer.q[mine], k=layer.k[mine], v=None, mask=mask, softmaxed=softmaxed, _logsumexp=None)


def _block_of(root: nn.Module, path: str) -> tuple[str, nn.Module | None]:
    """The innermost windowed block that holds the module of this path, with its own path."""
    modules = dict(root.named_modules())
    names = [] if path in ("", type(root).__name__) else path.split(".")
    if ".".join(names) not in modules:
        raise ValueError(f"{type(root).__name__} has no module {path!r}; give the model that was recorded")
    for end in range(len(names), -1, -1):
        holder = ".".join(names[:end])
        if kind_of(modules[holder]) is not None:
            return holder or type(root).__name__, modules[holder]
    return path, None


def _own_size(block: Any) -> Size | None:
    """The feature map's size of a block that takes one only: its mask was made for it in advance."""
    if getattr(block, "dynamic_mask", True):
        return None
    rows, cols = block.feat_size if hasattr(block, "feat_size") else block.input_resolution
    return rows, cols


def _note_size(sizes: dict[str, Size], path: str, kind: str) -> Callable[[nn.Module, tuple[Any, ...]], None]:
    first = 2 if kind in CHANNELS_FIRST else 1

    def note(module: nn.Module, args: tuple[Any, ...]) -> None:
        rows, cols = args[0].shape[first : first + 2]
        for name, _ in module.named_modules(prefix=path):
            sizes[name] = (rows, cols)

    return note
