"""A model's pass over a picture, as it is or with edits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from attention_core.images.decoding import ImageSource
from attention_core.images.patch_grid import PatchGrid
from attention_core.interventions.classes import logits_of
from attention_core.interventions.edits import Edit, edited, written
from attention_core.interventions.resuming import ROOT, Pass, Resumable, resumable
from attention_core.models import VisionModel
from attention_core.models.cost import room_for_pass
from attention_core.recording.of_calls import BlocksOfCalls, FeaturesOfCalls
from attention_core.recording.record import AttentionRecord
from attention_core.recording.recorder import record_attention
from attention_core.tokens.feature_map import FeatureMap


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one pass of a model over one picture returned.

    record: its attention, values, features and blocks; scores that edits changed are in it as changed, and heads that are off
    write nothing. grid: the model's, for the picture. pixels (1, 3, height, width): what the model was given. last: the
    features of the last block that lies on the image, through the model's norm. logits (C,): of a model with a classifier.
    edits: what was changed.
    """

    record: AttentionRecord
    grid: PatchGrid
    pixels: Tensor
    last: FeatureMap
    logits: Tensor | None = None
    edits: tuple[Edit, ...] = ()

    @property
    def tokens(self) -> Tensor:
        """(N, D), float32: the features of the prefix tokens, then of the patches of `last.grid`."""
        return torch.cat([self.last.prefix, self.last.patches])

    def cls(self, model: VisionModel) -> Tensor | None:
        """The features of CLS (D,) in `last`; None where it has none."""
        return self.last.prefix[0] if len(self.last.prefix) and model.prefix_tokens[0] == "CLS" else None


def run(
    model: VisionModel,
    image: ImageSource,
    across: int | None = None,
    edits: Sequence[Edit] = (),
    base: Outcome | None = None,
    on_layer: Callable[[int], None] | None = None,
) -> Outcome:
    """Run the model on the picture with these edits, and record it.

    Args:
        image, across: as `VisionModel.record` takes them; with `base` its own are taken.
        base: the pass without edits over the same picture. What comes before the block of the first edit is taken from it and
            not run again; the result is that of a whole pass, to the bit.
        on_layer: told the number of each attention call as it ends; what it raises stops the model.

    Raises:
        ValueError: as `VisionModel.record` and `edited` do, and where no layer's features lie on the image.
        TooLargeError: as `VisionModel.record` does, with `base` too.
    """
    edits = tuple(edits)
    if base is not None and base.edits:
        raise ValueError(f"base must be a pass without edits, received one with {written(base.edits)}")
    if base is not None:
        return _resumed(model, base, edits, on_layer) if edits else base
    copied, whole = resumable(model), Pass()
    with copied.running(whole), edited(model, edits, model.grid_for(image, across)):
        record, grid = copied.model.record(image, across, on_layer=on_layer, features=True, blocks=True)
    return _outcome(model, record, grid, whole, edits)


def outcome_of(model: VisionModel, image: ImageSource, record: AttentionRecord, grid: PatchGrid) -> Outcome:
    """The outcome of a pass that `VisionModel.record` has recorded of that picture, with features; no block runs again.

    Raises ValueError where features were not asked for, and as `run` does.
    """
    copied, pixels = resumable(model), model.preprocess(image, grid)
    this = Pass(given_before(copied, record, None))
    copied.run(this, pixels)
    return _outcome(model, record, grid, this, ())


def _resumed(model: VisionModel, base: Outcome, edits: tuple[Edit, ...], on_layer: Callable[[int], None] | None) -> Outcome:
    copied = resumable(model)
    with room_for_pass(model, base.grid), edited(model, edits, base.grid):
        this = Pass(given_before(copied, base.record, min(edit.layer for edit in edits)))
        calls = copied.calls_without(this.given)
        told = None if on_layer is None else lambda call: on_layer(calls[call])
        with record_attention(on_call=told, model=copied.model.module, features=True, blocks=True) as rest:
            copied.run(this, base.pixels)
    return _outcome(model, _continued(base.record, calls, rest), base.grid, this, edits)


def given_before(copied: Resumable, record: AttentionRecord, layer: int | None) -> dict[str, Tensor]:
    """By path, what the blocks before that call returned; of all blocks where it is None.

    Raises ValueError where their features were not recorded.
    """
    blocks = copied.blocks_before(layer)
    if missing := [at for at in blocks.values() if at not in record.features]:
        raise ValueError(f"expected features of all layers, received none of {missing[0]}; record with features=True")
    return {path: record.features[at].raw for path, at in blocks.items()}


def _continued(record: AttentionRecord, calls: Sequence[int], rest: AttentionRecord) -> AttentionRecord:
    """The record with the calls of those numbers replaced by others, and what their blocks returned."""
    for layer, call in zip(rest.layers, calls, strict=True):
        layer.index = call
    replaced = {layer.index: layer for layer in (*record.layers, *rest.layers)}
    features = FeaturesOfCalls(record.features | {calls[at]: of for at, of in rest.features.items()})
    blocks = BlocksOfCalls(record.blocks)
    for at, block in rest.blocks.items():
        known = record.blocks.get(calls[at])  # W_0 is the same, whatever it is given
        blocks[calls[at]] = (
            block if known is None else replace(block, projection=known.projection, why_no_projection=known.why_no_projection)
        )
    return record.with_parts([replaced[call] for call in sorted(replaced)], features, blocks)


def _outcome(model: VisionModel, record: AttentionRecord, grid: PatchGrid, this: Pass, edits: tuple[Edit, ...]) -> Outcome:
    logits = logits_of(model, this.kept.get(ROOT))
    if this.pixels is None:
        raise ValueError(f"{model.title} was not run as a whole; only models that take a picture's pixels can be edited")
    last = last_map(model, record, grid)
    return Outcome(record, grid, this.pixels, last, None if logits is None else logits[0], edits)


def last_map(model: VisionModel, record: AttentionRecord, grid: PatchGrid) -> FeatureMap:
    """The features of the last layer that has any on the image. Raises ValueError where none has."""
    for layer in reversed(record.layers):
        if (found := map_of(model, record, grid, layer.index)) is not None:
            return found
    raise ValueError(f"no features of {model.title} have a known place on the image, so what an edit moves cannot be told")


def map_of(model: VisionModel, record: AttentionRecord, grid: PatchGrid, layer: int) -> FeatureMap | None:
    """The features after that layer's block; None where they have no known place on the image."""
    try:
        return model.feature_map(record, grid, layer)
    except ValueError:
        return None
