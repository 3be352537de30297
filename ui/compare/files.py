"""What is compared as arrays, and as Python; PNG, SVG and CSV come from the browser, as drawn."""

from __future__ import annotations

import io
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import streamlit as st
import torch

from attention_core import PatchGrid
from attention_core.export.compare_parts import CompareSide, Jointly, SetPicture
from attention_core.export.compare_snippet import SnippetSide, compare_snippet
from attention_core.export.compare_view import compare_view
from ui.compare.findings import Part
from ui.compare.pictures import picture_file
from ui.compare.settings import CLEAN, COMPONENTS, SIDES, CompareSettings
from ui.compare.sides import BOTH, COMPARE
from ui.components.compare import Finding, compare_files
from ui.data.view import as_file_name
from ui.explorer.sources import Source
from ui.recording import Recording

Pair = tuple[Recording, Recording]
_SNAKE: Final = {"backwardSimilarity": "backward_similarity", "backwardSecond": "backward_second"}


def offer_files(
    shown: Pair, parts: Sequence[Part], settings: CompareSettings, findings: Sequence[Finding], one_space: bool
) -> None:
    stem = as_file_name(*(f"{each.model.name}-layer-{layer}" for each, layer in zip(shown, settings.layers, strict=True)))
    compare_files(COMPARE)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Arrays (NPZ)",
            lambda: arrays(shown, settings, findings),
            f"{stem}-{settings.kind}.npz",
            "application/octet-stream",
            on_click="ignore",
            key="file-npz",
            help="Features of both sides in 32 bits, and the matches, components and segments that are shown.",
        )
        st.download_button(
            "Live page (HTML)",
            lambda: live_page(parts, settings, findings, one_space),
            f"{stem}-{settings.kind}.html",
            "text/html",
            on_click="ignore",
            key="file-live",
            help="Both pictures in the layers that are shown, to hover with the network off.",
        )


def live_page(parts: Sequence[Part], settings: CompareSettings, findings: Sequence[Finding], one_space: bool) -> str:
    """What is shown as one HTML file. Raises ValueError where a layer has no features of this kind."""
    left, right = (_live_side(part, settings) for part in parts[:2])
    sizes = [part.of_set.rows * part.of_set.cols for part in parts]
    found: dict[str, Any] = {}
    for finding in findings:
        tensors = {name: torch.from_numpy(values) for name, values in finding.arrays.items()}
        if finding.kind == "matches":
            found["matches"] = SimpleNamespace(**{_SNAKE.get(name, name): values for name, values in tensors.items()})
        elif finding.kind == "components":
            scores = list(torch.split(tensors["scores"].view(-1, COMPONENTS), sizes))
            found["components"] = SimpleNamespace(scores=scores, explained=tensors["explained"])
            found["foreground"] = list(torch.split(tensors["mask"], sizes))
        else:
            found["segments"] = list(torch.split(tensors["labels"], sizes))
    others = [SetPicture(picture=each.recording.picture.image, grid=_grid(each), title=each.title) for each in parts[2:]]
    jointly = Jointly(others=others, **found)
    wanted = settings.for_browser() | {"layers": [0, 0]}
    title = f"{parts[0].title} and {parts[1].title}"
    return compare_view(left, right, one_space=one_space, jointly=jointly, settings=wanted, title=title).page


def _live_side(part: Part, settings: CompareSettings) -> CompareSide:
    shown, layer = part.recording, part.layer
    record = shown.whole.layers[layer].layer
    return CompareSide(
        picture=shown.picture.image,
        grid=_grid(part),
        title=part.title,
        features={settings.kind: {record.index: shown.feature_map(layer, settings.kind).patches}},
        layers=[record] if shown.in_browser else [],
        prefix_tokens=shown.prefix_at(layer),
        model=shown.model.title,
    )


def _grid(part: Part) -> PatchGrid:
    return part.recording.grid_at(part.layer)


def arrays(shown: Pair, settings: CompareSettings, findings: Sequence[Finding]) -> bytes:
    """An NPZ: of both sides features (N, D) and grid (rows, cols); of every finding its arrays, "kind-name". Raises ValueError
    where a layer has no features of this kind.
    """
    found: dict[str, np.ndarray] = {}
    for name, each, layer in zip(SIDES, shown, settings.layers, strict=True):
        features = each.feature_map(layer, settings.kind)
        found[f"{name}_features"] = features.patches.numpy()
        found[f"{name}_grid"] = np.array([features.grid.rows, features.grid.cols])
    for finding in findings:
        found |= {f"{finding.kind}_{_SNAKE.get(name, name)}": values for name, values in finding.arrays.items()}
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **found)
    return file.getvalue()


def show_snippet(
    shown: Pair, sources: Sequence[Source], settings: CompareSettings, asking: tuple[int, int] | None, one_space: bool
) -> None:
    """The Python that computes the similarity that is shown."""
    sides = [
        _side(each, source, layer, picture_file(side))
        for each, source, layer, side in zip(shown, sources, settings.layers, BOTH, strict=True)
    ]
    code = compare_snippet(sides[0], sides[1], asking or (0, 0), settings.kind, CLEAN[settings.clean], one_space)
    st.code(code, language="python", wrap_lines=True)


def _side(shown: Recording, source: Source, layer: int, picture: str) -> SnippetSide:
    options: dict[str, object] = {}
    if source.info.name == shown.model.name:  # and not the model that stands in for it
        options = dict(source.options) | ({"checkpoint": "your-weights.safetensors"} if source.checkpoint else {})
    across = max(shown.grid.rows, shown.grid.cols)
    return SnippetSide(picture, shown.model.name, across, shown.layers[layer].layer.index, options)
