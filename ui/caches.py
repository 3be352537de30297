"""What the server keeps between reruns. Shared by all sessions, so named by content and settings; bounded by ui/shared/kept.py.

Arguments with a leading underscore are no part of the name; the plain arguments beside them determine them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from attention_core import PooledWeights, VisionModel, load_model, pooled_weights
from attention_core.analysis.contribution import contributions as find_contributions
from attention_core.analysis.head_statistics import LayerStatistics
from attention_core.analysis.head_statistics import layer_statistics as measure
from attention_core.analysis.sinks import Sink, attention_sinks
from attention_core.export.wire import wire_layer
from attention_core.interventions.outcome import Outcome, outcome_of
from attention_core.maths.scaling import mean_largest_weight
from attention_core.models import repatched
from attention_core.models.rotations import Unrotated, unrotated
from attention_core.models.rotations import rotates as find_rotation
from attention_core.settings import settings
from attention_core.tokens.feature_map import FeatureKind
from ui import atlases, pictures
from ui.pictures import Picture
from ui.recording import Recording
from ui.shared.kept import kept

Options = tuple[tuple[str, int], ...]
"""Names and values of what `load_model` takes, hashable."""


@kept
def photograph(name: str) -> Picture:
    return pictures.photograph(name)


@kept
def atlas_picture(atlas: str, name: str) -> Picture:
    """Raises AtlasError or ImageError, in one sentence."""
    return atlases.picture_in(atlas, name)


@kept
def encoded_picture(digest: str, _picture: Picture) -> np.ndarray:
    return np.frombuffer(_picture.encoded(), dtype=np.uint8)


@kept
def model(name: str, options: Options) -> VisionModel:
    chosen: dict[str, Any] = dict(options)
    return load_model(name, device=settings().device, **chosen)


@kept
def repatched_hub_model(name: str, checkpoint: str, options: Options, _model: VisionModel) -> VisionModel:
    """The model with another patch size or stride."""
    return repatched(_model, **dict(options))


@kept
def outcome(key: str, _recording: Recording) -> Outcome:
    """A recording as the core's interventions have it."""
    return outcome_of(_recording.model, _recording.picture.image, _recording.whole.record, _recording.grid)


def _hidden(recording: Recording, layer: int) -> dict[str, np.ndarray]:
    """Where an edit has hidden keys, "hidden", flat (H, N)."""
    hidden = recording.whole.hidden_keys(layer)
    if hidden is None:
        return {}
    kept = recording.whole.layers[layer].layer
    return {"hidden": hidden.expand(kept.num_heads, kept.num_keys).to(torch.uint8).numpy().ravel()}


@kept
def layer_for_wire(key: str, layer: int, _recording: Recording) -> dict[str, np.ndarray]:
    """q and, where it is not the same, k of one layer as `wire_layer` cuts them, flat (H, N, d).

    With "qStep" and "kStep" (H, d) where q and k are in 16 bits, and "logSumExp" (H, N).
    """
    made = wire_layer(_recording.whole.scores_at(layer))
    arrays = {"logSumExp": made.logsumexp.numpy().ravel()} | _hidden(_recording, layer)
    for name, sent in (("q", made.q), ("k", made.k)):
        if sent is not None:
            arrays[name] = sent.numbers.numpy().ravel()
            if sent.step is not None:
                arrays[f"{name}Step"] = sent.step.numpy().ravel()
    return arrays


@kept
def rotates(key: str, _recording: Recording) -> bool:
    """Whether the model turns queries and keys by their positions."""
    return find_rotation(_recording.model, _recording.picture.image)


@kept
def unrotated_layer(key: str, layer: int, _recording: Recording) -> Unrotated | None:
    """The layer's queries and keys before that, where they can be told."""
    kept = _recording.whole.layers[layer].layer
    return unrotated(_recording.model, _recording.picture.image, _recording.grid, kept)


@kept
def rows_on_image(key: str, layer: int, token: int, direction: str, temperature: float, _recording: Recording) -> np.ndarray:
    """One token's weights in a layer, laid on the image by Python, flat (H, tokens) float32."""
    shown = _recording.whole.layers[layer]
    weights = shown.row(token, temperature) if direction == "outgoing" else shown.column(token, temperature)
    return weights.float().numpy().ravel()


@kept
def matrix(key: str, layer: int, temperature: float, _recording: Recording) -> PooledWeights:
    """The layer's weight matrices, pooled where they are large."""
    kept = _recording.whole.layers[layer].layer
    return pooled_weights(kept, _recording.grid, len(_recording.model.prefix_tokens), temperature=temperature)


@kept
def layer_statistics(key: str, layer: int, _recording: Recording) -> LayerStatistics:
    """Of the heads of a layer whose tokens are all prefix tokens and patches."""
    return measure(_recording.whole.layers[layer].layer, _recording.grid, len(_recording.model.prefix_tokens))


@kept
def contributions(key: str, layer: int, _recording: Recording) -> Tensor:
    """How much each head of a layer writes for every query, (H, N) float32: as a share of the stream that it is added to, where
    that is known of all layers; else the norm. NaN where it cannot be told.
    """
    kept = _recording.whole.layers[layer].layer
    block = _recording.whole.record.blocks.get(kept.index)
    if block is None or block.projection is None:
        return torch.full((kept.num_heads, kept.num_queries), torch.nan)
    norms = find_contributions(kept, block.projection)[0].float()
    return norms / block.moves.before[0] if _recording.contributes_to_stream and block.moves is not None else norms


@kept
def sinks(key: str, _recording: Recording) -> list[tuple[int, Sink]]:
    """The patches that take much of every row of some head, with the layer, the first layers first."""
    num_prefix = len(_recording.model.prefix_tokens)
    return [
        (layer, sink)
        for layer, each in enumerate(_recording.whole.layers)
        for sink in attention_sinks(each.layer, _recording.grid, num_prefix)
    ]


@kept
def features(key: str, layer: int, kind: FeatureKind, _recording: Recording) -> np.ndarray:
    """Return the features of a layer's patches, (N, D) float16, clamped, for the browser and for Compare."""
    return in_half(_recording.feature_map(layer, kind).patches)


def in_half(values: Tensor) -> np.ndarray:
    """Converted to float16; values out of range are clamped."""
    largest = torch.finfo(torch.float16).max
    return values.clamp(-largest, largest).numpy().astype(np.float16)


@kept
def largest_weights(widths: tuple[int, ...]) -> tuple[list[float], list[float]]:
    """Mean largest weights for these widths, without and with 1/√d."""
    return [mean_largest_weight(width, 1.0) for width in widths], [mean_largest_weight(width) for width in widths]
