"""What goes on the stage: both sides as they are shown, and the pictures that components and segments are of."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from attention_core.tokens.feature_map import FeatureKind
from ui.compare.findings import Part, features_of
from ui.compare.pictures import others_of_set
from ui.compare.settings import SIDES, CompareSettings
from ui.compare.sides import LEFT
from ui.components.compare import KINDS
from ui.explorer.loading import record_quietly
from ui.explorer.sources import Source
from ui.recording import Recording
from ui.shared.faults import FaultError, sentence

Pair = tuple[Recording, Recording]


def same_space(shown: Pair, sources: Sequence[Source]) -> bool:
    """Whether features of both sides can be compared: one model, with the same weights."""
    left, right = (
        (each.model.name, source.checkpoint, source.options if source.info.free_patch_size else ())
        for each, source in zip(shown, sources, strict=True)
    )
    return left == right


def kinds_of(shown: Pair) -> tuple[FeatureKind, ...]:
    """Of what both sides have features; a layer in no block has queries, keys and values alone."""
    in_blocks = all(layer.layer.index in each.record.features for each in shown for layer in each.layers)
    return tuple(kind for kind in KINDS if in_blocks or kind not in ("features", "raw"))


def say_about_features(shown: Pair, settings: CompareSettings) -> None:
    """Why a side has no similarity, where it has none."""
    for name, each, layer in zip(SIDES, shown, settings.layers, strict=True):
        try:
            features_of(each, layer, settings.kind)
        except ValueError as error:
            st.info(f"The {name} side has attention alone in this layer: {error}.")


def the_set(shown: Pair, titles: Sequence[str], source: Source, settings: CompareSettings, one_space: bool) -> list[Part]:
    """The left side, the right one, and where they are of one space and wanted the others, as the left's `source` sees them."""
    parts = [
        Part(each, layer, title, 0 if one_space else number)
        for number, (each, layer, title) in enumerate(zip(shown, settings.layers, titles, strict=True))
    ]
    if not one_space or not (settings.wants_components or settings.wants_segments):
        return parts
    for title, picture in others_of_set([each.picture for each in shown]):
        try:
            recording = record_quietly(picture, source, LEFT)
        except FaultError as error:
            st.warning(f"{title} is left out: {sentence(error)}")
            continue
        if recording is None:
            st.caption(f"{title} is left out: with this detail it has more patches than are recorded at once.")
        else:
            parts.append(Part(recording, settings.layers[0], title))
    return parts
