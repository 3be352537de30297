"""The record of a model's attention: its layers, and what follows from all of them together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import Tensor

from attention_core.analysis.contribution import contributions
from attention_core.analysis.head_statistics import LayerStatistics, layer_statistics
from attention_core.analysis.rollout import Fusion
from attention_core.analysis.through_layers import THROUGH_LAYERS
from attention_core.capture.layer_record import LayerRecord
from attention_core.capture.seen import Unseen
from attention_core.capture.workspace import Workspace
from attention_core.export.live_page import HtmlView
from attention_core.images.decoding import ImageSource
from attention_core.images.patch_grid import PatchGrid
from attention_core.recording.keeping import one_image
from attention_core.recording.of_calls import BlocksOfCalls, FeaturesOfCalls
from attention_core.recording.saving import load_layers, save_layers
from attention_core.recording.showing import show_layers
from attention_core.recording.table import statistics_table

if TYPE_CHECKING:
    import pandas

_SOUGHT: Final = (
    "F.scaled_dot_product_attention, F.multi_head_attention_forward, and an explicit softmax whose weights multiply values"
)
_FACTS: Final = ("unseen", "nbytes_seen", "grid", "prefix_tokens", "num_images", "feature_sizes")
"""Facts of a record besides its layers, features and blocks."""


class AttentionRecord:
    """The `layers` that ran inside one `record_attention` block, in the order of their calls.

    `len`, iteration and `record[0]` go over the layers; `record["blocks.11.attn"]` is the layer of that module.

    unseen: modules with attention that is no heads × queries × keys of tokens, and why.
    nbytes_seen: bytes of q, k, v, masks and weights of all calls as they were made, of which `nbytes` are kept.
    grid, prefix_tokens: the tokens, if the recorder knows them, as `VisionModel.record` does.
    num_images: size of the batch.
    feature_sizes: by path, the (rows, cols) of the feature maps that windowed layers cut.
    features: by the number of an attention call (`LayerRecord.index`), the output of its block, if features were asked for. A
        call outside of any block is absent; calls in one block share its output.
    blocks: by the same number, how the call's heads write into the residual stream and how far its block moves tokens, if
        blocks were asked for.
    """

    def __init__(self, layers: Sequence[LayerRecord] = ()) -> None:
        self.layers: list[LayerRecord] = list(layers)
        self.unseen: list[Unseen] = []
        self.nbytes_seen = 0
        self.grid: PatchGrid | None = None
        self.prefix_tokens: tuple[str, ...] = ()
        self.num_images = 1
        self.feature_sizes: dict[str, tuple[int, int]] = {}
        self.features = FeaturesOfCalls()
        self.blocks = BlocksOfCalls()

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[LayerRecord]:
        return iter(self.layers)

    def __getitem__(self, which: int | str) -> LayerRecord:
        """Return a layer by its number or its module's path. Raises IndexError, or KeyError if not just one has that path."""
        if not isinstance(which, str):
            return self.layers[which]
        found = [layer for layer in self.layers if layer.path == which]
        if len(found) == 1:
            return found[0]
        paths = ", ".join(dict.fromkeys(layer.path for layer in self.layers))
        by_step = len({layer.step for layer in found}) == len(found)
        way = f"take one step of them: record.step(0)[{which!r}]" if by_step else "take one of record.layers, by its number"
        several = f"{which} was called {len(found)} times; {way}"
        raise KeyError(several if found else f"no layer {which}; recorded are {paths or 'none'}")

    def __repr__(self) -> str:
        paths = list(dict.fromkeys(layer.path for layer in self.layers if layer.path))
        of = f", {' … '.join((*paths[:1], *paths[1:][-1:]))}" if paths else ""
        unseen = f", {len(self.unseen)} unseen" if self.unseen else ""
        return f"<AttentionRecord: {len(self)} layers{of}, {self.nbytes / 1e6:.1f} MB{unseen}>"

    @property
    def nbytes(self) -> int:
        """Bytes of the tensors kept in layers, features and blocks."""
        return sum(layer.nbytes for layer in self.layers) + self.features_nbytes + self.blocks.nbytes

    @property
    def features_nbytes(self) -> int:
        """Bytes of the features and of their norm, each counted once."""
        return self.features.nbytes

    @property
    def num_steps(self) -> int:
        """Number of calls of the whole model; a model that generates is called once a token."""
        return max((layer.step for layer in self.layers), default=-1) + 1

    def step(self, step: int) -> AttentionRecord:
        """Return the record of one call of the whole model. Raises ValueError for an unknown number."""
        if not isinstance(step, int) or not 0 <= step < self.num_steps:
            raise ValueError(f"step must be below the {self.num_steps} recorded, received {step!r}")
        layers = [layer for layer in self.layers if layer.step == step]
        return self.with_parts(layers, self.features.of_step(step), self.blocks.of_step(step))

    def image(self, index: int) -> AttentionRecord:
        """Return the record of one image of a batch. Raises ValueError for an unknown number."""
        if not isinstance(index, int) or not 0 <= index < self.num_images:
            raise ValueError(f"image must be 0–{self.num_images - 1}, received {index!r}")
        layers = [one_image(layer, index, self.num_images) for layer in self.layers]
        parts = (index, self.num_images)
        one = self.with_parts(layers, self.features.of_image(*parts), self.blocks.of_image(*parts))
        one.num_images = 1
        return one

    def to(self, device: torch.device | str) -> AttentionRecord:
        """Return the same record with all tensors on that device."""
        layers = [layer.mapped(lambda tensor: tensor.to(device)) for layer in self.layers]
        return self.with_parts(layers, self.features.to(device), self.blocks.to(device))

    def require(self) -> None:
        """Raise ValueError if no layer was seen; it says what was looked for, what was noticed, and what to try."""
        if self.layers:
            return
        noticed = "".join(f" In {unseen.path or 'no module'}: {unseen.reason}." for unseen in self.unseen)
        raise ValueError(
            f"no attention over tokens was seen; looked for {_SOUGHT}, in this thread.{noticed} Run the model itself inside "
            "the block and in the same thread; with transformers take an implementation that calls torch: sdpa or eager."
        )

    def statistics(self, layers: Sequence[int] | None = None) -> list[LayerStatistics]:
        """Return the measures of rows of every head in some layers, or all; see `analysis.head_statistics`.

        Layers whose tokens are not those of the record's grid have no distances.
        """
        chosen = self.layers if layers is None else [self.layers[layer] for layer in layers]
        workspace = Workspace()
        return [layer_statistics(layer, *self._tokens_of(layer), workspace=workspace) for layer in chosen]

    def contributions(self, layers: Sequence[int] | None = None) -> list[Tensor | None]:
        """Return how much each head of some layers, or all, writes into the stream; see `analysis.contribution`.

        (B, H, Nq) each, or None if `blocks` says why it is unknown. Raises ValueError if blocks or values were not kept.
        """
        if not self.blocks:
            raise ValueError("contributions need what is known of the blocks; record with blocks=True")
        chosen = self.layers if layers is None else [self.layers[layer] for layer in layers]
        projections = [self.blocks[layer.index].projection for layer in chosen]
        return [None if w_0 is None else contributions(layer, w_0) for layer, w_0 in zip(chosen, projections, strict=True)]

    def to_pandas(self) -> pandas.DataFrame:
        """Return the statistics as a table, one row per image, layer and head; needs pandas."""
        return statistics_table(self.layers, self.statistics())

    def save(self, path: str | Path) -> Path:
        """Write the record as safetensors, with its facts as JSON in the file's header; see `load`."""
        facts = {name: getattr(self, name) for name in _FACTS}
        return save_layers(self.layers, self.features, self.blocks, facts, path)

    @classmethod
    def load(cls, path: str | Path) -> AttentionRecord:
        """Return the record that `save` wrote. Raises ValueError if the file is damaged or no record."""
        layers, features, blocks, facts = load_layers(path)
        record = cls(layers)
        record.features, record.blocks = features, blocks
        for name in _FACTS:
            setattr(record, name, facts[name])
        return record

    def show(
        self,
        image: ImageSource,
        grid: PatchGrid | None = None,
        layers: Sequence[int] | None = None,
        title: str = "Attention",
    ) -> HtmlView:
        """Return the record over its image, as one HTML file with hovering; a notebook shows it by itself.

        With several layers, the file has the strip of layers and the grid of all their heads.

        Args:
            image: the image that was recorded, as anything that `load_image` takes.
            grid: the patches, if the record does not know them; the tokens before them are prefix tokens.
            layers: the layers in the file, some megabytes each, the last shown first; None takes the last with as many queries
                as keys.
            title: title of the page.

        Raises:
            ValueError: as `html_view` does, if no grid is known, and for an unknown layer.
        """
        self.require()
        return show_layers(self.layers, image, grid or self.grid, self.prefix_tokens, layers, title)

    def rollout(
        self,
        query: int,
        fusion: Fusion = "mean",
        residual: float = 0.5,
        discard: float = 0.0,
        on_layer: Callable[[int], None] | None = None,
        without: Collection[int] = (),
    ) -> Tensor:
        """Return how much of each input token is in token `query` after the last layer, (B, Nk).

        The arguments are those of `analysis.rollout.rollout`. Raises ValueError as it and `through_layers` do.
        """
        return self.through_layers(
            "rollout", query, on_layer, fusion=fusion, residual=residual, discard=discard, without=without
        )

    def through_layers(self, method: str, query: int, on_layer: Callable[[int], None] | None = None, **settings: Any) -> Tensor:
        """Return what each input token is to token `query` through all layers, (B, Nk), by a method of `THROUGH_LAYERS`.

        settings: those of the method. Skips layers at the end that pool all tokens with one query. Raises ValueError as
        `require` and the method do, for an unknown method, and if a layer attends inside windows of the image.
        """
        if method not in THROUGH_LAYERS:
            raise ValueError(f"method must be one of {', '.join(THROUGH_LAYERS)}, received {method!r}")
        self.require()
        if (calls := len({layer.step for layer in self.layers})) > 1:
            raise ValueError(f"{method} needs the layers of one call of the model, received {calls}; take one: record.step(0)")
        if windowed := [layer.path for layer in self.layers if layer.path in self.feature_sizes]:
            raise ValueError(
                f"{method} needs layers that attend over all tokens; {windowed[0]} attends inside windows of the image, "
                "take one layer at a time"
            )
        count = len(self.layers)
        while count > 1 and self.layers[count - 1].num_queries == 1 < self.layers[count - 1].num_keys:
            count -= 1
        return THROUGH_LAYERS[method](self.layers[:count], query, on_layer=on_layer, **settings)

    def with_parts(self, layers: Sequence[LayerRecord], features: FeaturesOfCalls, blocks: BlocksOfCalls) -> AttentionRecord:
        """Return a record of these layers, features and blocks, with all other facts of this one."""
        record = AttentionRecord(layers)
        record.features, record.blocks = features, blocks
        for name in _FACTS:
            setattr(record, name, getattr(self, name))
        return record

    def _tokens_of(self, layer: LayerRecord) -> tuple[PatchGrid | None, int]:
        prefix = len(self.prefix_tokens)
        if self.grid is None or {layer.num_queries, layer.num_keys} != {prefix + self.grid.num_patches}:
            return None, 0
        return self.grid, prefix
