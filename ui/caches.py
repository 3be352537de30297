"""Cached results of functions, shared by all sessions. Keys are content and settings. ui/shared/kept.py limits the size.

Arguments with a leading underscore are not part of the key; the other arguments determine them.
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
"""Keywords of `load_model` as a hashable value."""


@kept
def photograph(name: str) -> Picture:
    return pictures.photograph(name)


@kept
def atlas_picture(atlas: str, name: str) -> Picture:
    """Return a picture of an atlas. Raises AtlasError or ImageError with one sentence."""
    return atlases.picture_in(atlas, name)


@kept
def encoded_picture(digest: str, _picture: Picture) -> np.ndarray:
    return np.frombuffer(_picture.encoded(), dtype=np.uint8)


@kept
def model(name: str, options: Options) -> VisionModel:
    keywords: dict[str, Any] = dict(options)
    return load_model(name, device=settings().device, **keywords)


@kept
def repatched_hub_model(name: str, checkpoint: str, options: Options, _model: VisionModel) -> VisionModel:
    """Return the model with another patch size or stride."""
    return repatched(_model, **dict(options))


@kept
def outcome(key: str, _recording: Recording) -> Outcome:
    """Return a recording as the core's interventions need it."""
    return outcome_of(_recording.model, _recording.picture.image, _recording.whole.record, _recording.grid)


def _hidden(recording: Recording, layer: int) -> dict[str, np.ndarray]:
    """Return "hidden", flat (H, N), if an edit hides keys; else nothing."""
    hidden = recording.whole.hidden_keys(layer)
    if hidden is None:
        return {}
    kept = recording.whole.layers[layer].layer
    return {"hidden": hidden.expand(kept.num_heads, kept.num_keys).to(torch.uint8).numpy().ravel()}


@kept
def layer_for_wire(key: str, layer: int, _recording: Recording) -> dict[str, np.ndarray]:
    """Return q and, if it differs, k of one layer as `wire_layer` encodes them, flat (H, N, d).

    If q and k are in 16 bits, "qStep" and "kStep" (H, d) are added. "logSumExp" is (H, N).
    """
    encoded = wire_layer(_recording.whole.scores_at(layer))
    arrays = {"logSumExp": encoded.logsumexp.numpy().ravel()} | _hidden(_recording, layer)
    for name, values in (("q", encoded.q), ("k", encoded.k)):
        if values is not None:
            arrays[name] = values.numbers.numpy().ravel()
            if values.step is not None:
                arrays[f"{name}Step"] = values.step.numpy().ravel()
    return arrays


@kept
def rotates(key: str, _recording: Recording) -> bool:
    """True if the model rotates queries and keys by their positions (RoPE)."""
    return find_rotation(_recording.model, _recording.picture.image)


@kept
def unrotated_layer(key: str, layer: int, _recording: Recording) -> Unrotated | None:
    """Return the layer's queries and keys before the rotation; None if they cannot be recovered."""
    kept = _recording.whole.layers[layer].layer
    return unrotated(_recording.model, _recording.picture.image, _recording.grid, kept)


@kept
def rows_on_image(key: str, layer: int, token: int, direction: str, temperature: float, _recording: Recording) -> np.ndarray:
    """Return one token's weights in a layer, laid on the image, flat (H, tokens) float32."""
    on_image = _recording.whole.layers[layer]
    weights = on_image.row(token, temperature) if direction == "outgoing" else on_image.column(token, temperature)
    return weights.float().numpy().ravel()


@kept
def matrix(key: str, layer: int, temperature: float, _recording: Recording) -> PooledWeights:
    """Return the layer's weight matrices, pooled if they are large."""
    kept = _recording.whole.layers[layer].layer
    return pooled_weights(kept, _recording.grid, len(_recording.model.prefix_tokens), temperature=temperature)


@kept
def layer_statistics(key: str, layer: int, _recording: Recording) -> LayerStatistics:
    """Return the measures of a layer's heads. The layer's tokens must be the prefix tokens and all patches."""
    return measure(_recording.whole.layers[layer].layer, _recording.grid, len(_recording.model.prefix_tokens))


@kept
def contributions(key: str, layer: int, _recording: Recording) -> Tensor:
    """Return how much each head of a layer writes for every query, (H, N) float32.

    It is a share of the residual stream's norm if that is known for all layers, else a norm. NaN if it is unknown.
    """
    kept = _recording.whole.layers[layer].layer
    block = _recording.whole.record.blocks.get(kept.index)
    if block is None or block.projection is None:
        return torch.full((kept.num_heads, kept.num_queries), torch.nan)
    norms = find_contributions(kept, block.projection)[0].float()
    return norms / block.moves.before[0] if _recording.contributes_to_stream and block.moves is not None else norms


@kept
def sinks(key: str, _recording: Recording) -> list[tuple[int, Sink]]:
    """Return the patches that take much of every row of some head, as (layer, sink) from the first layer on."""
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
    """Convert to float16; values out of range are clamped."""
    largest = torch.finfo(torch.float16).max
    return values.clamp(-largest, largest).numpy().astype(np.float16)


@kept
def largest_weights(widths: tuple[int, ...]) -> tuple[list[float], list[float]]:
    """Return the mean largest weights for these widths, without and with 1/√d."""
    return [mean_largest_weight(width, 1.0) for width in widths], [mean_largest_weight(width) for width in widths]
