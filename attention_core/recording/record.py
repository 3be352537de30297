"""Recording attention in an unmodified model, while its fused kernels stay on.

`record_attention` watches torch's attention functions (see `capture.watching`) and keeps the q and k that each call
received: after projections, norms and rotary embeddings, before the softmax. From them any row, column or matrix of weights is
exact, and none of the N × N matrices needs to exist. Of a model that computes its softmax in the open it keeps the weights.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from attention_core.analysis.rollout import Fusion, rollout
from attention_core.capture.call_signatures import SOUGHT, Seen, SeenWeights
from attention_core.capture.callers import outermost_module
from attention_core.capture.layer_record import LayerRecord
from attention_core.capture.module_names import name_in
from attention_core.capture.watching import watching
from attention_core.images.patch_grid import PatchGrid
from attention_core.recording.keeping import Keeper

if TYPE_CHECKING:
    from PIL import Image

    from attention_core.export.html_view import HtmlView


class AttentionRecord:
    """The `layers` that ran inside one `record_attention` block, in the order in which they were called.

    channel_layers: paths of modules whose attention is over channels, which has no tokens to show. nbytes_seen: bytes of
    q, k, v, masks and weights of all calls as they were made, of which `nbytes` are kept. grid and prefix_tokens say what
    the tokens are, where the one who recorded knows, as `VisionModel.record` does; feature_sizes, by path, are the (rows, cols)
    of the maps that windowed layers cut.
    """

    def __init__(self) -> None:
        self.layers: list[LayerRecord] = []
        self.channel_layers: list[str] = []
        self.nbytes_seen = 0
        self.grid: PatchGrid | None = None
        self.prefix_tokens: tuple[str, ...] = ()
        self.feature_sizes: dict[str, tuple[int, int]] = {}

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
            f"no attention over tokens was seen; looked for {SOUGHT}, in this thread.{over_channels} "
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
        from attention_core.export.html_view import html_view

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
        """What token `query` after the last layer holds of each input token, (B, Nk); see `analysis.rollout.rollout`.

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


class _Recorder:
    """Adds to a record what the calls of its block received."""

    def __init__(
        self,
        record: AttentionRecord,
        keeper: Keeper,
        only: Collection[int] | None = None,
        on_call: Callable[[int], None] | None = None,
    ) -> None:
        self._record = record
        self._keeper = keeper
        self._only = only
        self._on_call = on_call
        self._calls = 0
        self._names: dict[nn.Module, str] = {}
        self._root: nn.Module | None = None

    def begun(self, seen: Seen, module: nn.Module | None) -> Callable[[], None]:
        """Keeps what a call received; the record gets it when what is returned here is called."""
        path, index = self._path(module), self._calls
        if isinstance(seen, SeenWeights) and seen.over_channels:
            return partial(self._record.channel_layers.append, path)
        wanted = self._only is None or index in self._only
        return partial(self._ended, seen, self._keeper.keep(seen, path, index) if wanted else None)

    def _ended(self, seen: Seen, layer: LayerRecord | None) -> None:
        self._record.nbytes_seen += seen.nbytes
        index, self._calls = self._calls, self._calls + 1
        if self._on_call is not None:
            self._on_call(index)
        if layer is not None:
            self._record.layers.append(layer)

    def _path(self, module: nn.Module | None) -> str:
        """The module's dotted name in the outermost one, whose own name is its class. It keeps the name that it got first."""
        if module is None:
            return ""
        if module not in self._names:
            self._names[module] = self._name(module) or type(module).__name__
        return self._names[module]

    def _name(self, module: nn.Module) -> str | None:
        name = None if self._root is None else name_in(self._root, module)
        if name is None:
            self._root = outermost_module() or module
            name = name_in(self._root, module)
        return name


@contextmanager
def record_attention(
    keep_v: bool = True,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
    only: Collection[int] | None = None,
    on_call: Callable[[int], None] | None = None,
) -> Iterator[AttentionRecord]:
    """Record every attention call that is made in this thread inside the block; the model runs as it is.

    Seen are `F.scaled_dot_product_attention`, whoever calls it and by whatever name, `F.multi_head_attention_forward` (also
    where `nn.MultiheadAttention` would take its fast path), and a softmax over scores of tokens in the open. Blocks nest (each
    records), can follow each other, leave nothing behind after an exception, and do not see other threads.

    keep_v=False keeps q and k alone, in about two thirds of the memory. device and dtype: where and as what to keep them, such
    as "cpu" and torch.float16; None leaves them as they are. only: which calls to keep, counted from 0; None keeps all.
    on_call is told each call's number as it ends, for progress; what it raises stops the model.
    """
    record = AttentionRecord()
    with watching(_Recorder(record, Keeper(keep_v, device, dtype), only, on_call).begun):
        yield record
