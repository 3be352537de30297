"""Everything the server keeps between reruns. Shared by all sessions, so keyed by content and settings, and bounded.

Arguments with a leading underscore are not hashed; the plain arguments beside them determine them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from attention_core import AttentionRecord, PatchGrid, PooledWeights, VisionModel, WeightsError, load_model, pooled_weights
from attention_core.on_image import LayerOnImage, layers_on_image
from attention_core.scaling import mean_largest_weight
from ui import pictures
from ui.pictures import Picture

Options = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Recording:
    """One model's attention over one picture. `key` names the pair, with all settings that matter."""

    key: str
    model: VisionModel
    picture: Picture
    record: AttentionRecord
    grid: PatchGrid
    on_image: tuple[LayerOnImage, ...] = ()
    """Of a model whose layers see windows or coarser grids; its rows come from Python."""

    def grid_at(self, layer: int) -> PatchGrid:
        """On which the layer's patches lie."""
        return self.on_image[layer].grid if self.on_image else self.grid

    def prefix_at(self, layer: int) -> tuple[str, ...]:
        """The layer's prefix tokens."""
        return self.model.prefix_tokens[: self.on_image[layer].prefix] if self.on_image else self.model.prefix_tokens


@st.cache_resource(max_entries=8, show_spinner=False)
def photograph(name: str) -> Picture:
    return pictures.photograph(name)


@st.cache_resource(max_entries=24, show_spinner=False)
def encoded_picture(digest: str, _picture: Picture) -> np.ndarray:
    return np.frombuffer(_picture.encoded(), dtype=np.uint8)


@st.cache_resource(max_entries=12, show_spinner=False)
def model(name: str, options: Options) -> VisionModel:
    return load_model(name, **dict(options))


def hub_model(name: str) -> VisionModel | None:
    """A model from the hub that somebody has loaded; None where nobody has. ui/load_jobs.py loads."""
    try:
        return _hub_model(name, _missing)
    except KeyError:
        return None


def keep_hub_model(name: str, model: VisionModel) -> VisionModel:
    return _hub_model(name, lambda: model)


@st.cache_resource(max_entries=3, show_spinner=False)
def _hub_model(name: str, _make: Callable[[], VisionModel]) -> VisionModel:
    return _make()


def recording_key(picture: Picture, name: str, options: Options, across: int) -> str:
    settings = ",".join(f"{option}={value}" for option, value in options)
    return f"{picture.digest}/{name}/{settings}/{across}"


def recording(
    key: str, picture: Picture, model: VisionModel, across: int, on_layer: Callable[[int], None] | None = None
) -> Recording:
    """Kept, or made now; on_layer is told of every attention call, and may write to the page: nothing in here is replayed."""
    try:
        return _recording(key, _missing)
    except KeyError:
        pass  # to be made now
    record, grid = model.record(picture.image, across, keep_v=False, on_layer=on_layer)
    on_image = () if model.plain else tuple(layers_on_image(model, record, grid))
    if not model.plain and not on_image:
        raise WeightsError(f"None of the layers of {model.title} can be laid on the image; choose another model.")
    made = Recording(key, model, picture, record, grid, on_image)
    return _recording(key, lambda: made)


@st.cache_resource(max_entries=6, show_spinner=False)
def _recording(key: str, _make: Callable[[], Recording]) -> Recording:
    return _make()


def _missing() -> Any:
    raise KeyError  # what raises is not kept


@st.cache_resource(max_entries=24, show_spinner=False)
def queries_and_keys(key: str, layer: int, _recording: Recording) -> tuple[np.ndarray, np.ndarray | None]:
    """q and k of one layer as flat float32 arrays laid out (H, N, d); k is None where it is q itself."""
    kept = _recording.record.layers[layer]
    return kept.q[0].numpy().ravel(), None if kept.k is kept.q else kept.k[0].numpy().ravel()


@st.cache_resource(max_entries=24, show_spinner=False)
def normalisers(key: str, layer: int, temperature: float, _recording: Recording) -> np.ndarray:
    """log Σ exp of every row, flat (H, N)."""
    return _recording.record.layers[layer].log_normalisers(temperature)[0].numpy().ravel()


@st.cache_resource(max_entries=64, show_spinner=False)
def rows_on_image(key: str, layer: int, token: int, direction: str, temperature: float, _recording: Recording) -> np.ndarray:
    """One token's weights in a layer that Python lays on the image, flat (H, tokens) float32."""
    shown = _recording.on_image[layer]
    weights = shown.row(token, temperature) if direction == "outgoing" else shown.column(token, temperature)
    return weights.float().numpy().ravel()


@st.cache_resource(max_entries=64, show_spinner="Rolling attention out over all layers…")
def rollout(key: str, token: int, fusion: str, discard: float, _recording: Recording) -> np.ndarray:
    """What the token holds of every other after all layers, flat (N) float32."""
    fused: Any = fusion
    return _recording.record.rollout(token, fused, discard=discard)[0].float().numpy()


@st.cache_resource(max_entries=24, show_spinner=False)
def matrix(key: str, layer: int, temperature: float, _recording: Recording) -> PooledWeights:
    """The layer's weight matrices, pooled where they are large."""
    kept = _recording.record.layers[layer]
    return pooled_weights(kept, _recording.grid, len(_recording.model.prefix_tokens), temperature=temperature)


@st.cache_resource(max_entries=1, show_spinner=False)
def largest_weights(widths: tuple[int, ...]) -> tuple[list[float], list[float]]:
    """Mean largest weights for these widths, without and with 1/√d."""
    return [mean_largest_weight(width, 1.0) for width in widths], [mean_largest_weight(width) for width in widths]
