"""The stage of the page: both sides, and the other pictures that components and segments use."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from attention_core import WeightsError
from attention_core.tokens.feature_map import FeatureKind
from ui.compare.pictures import others_of_set
from ui.compare.sides import LEFT
from ui.components.compare import KINDS
from ui.explorer.loading import unmade
from ui.explorer.sources import Source
from ui.recording import Recording
from ui.shared.faults import FaultError, sentence

Pair = tuple[Recording, Recording]


def same_space(shown: Pair, sources: Sequence[Source]) -> bool:
    """True if features of both sides can be compared: they have the same model with the same weights."""
    left, right = (
        (each.model.name, source.checkpoint, source.options if source.info.free_patch_size else ())
        for each, source in zip(shown, sources, strict=True)
    )
    return left == right


def kinds_of(shown: Pair) -> tuple[FeatureKind, ...]:
    """Return the kinds of features that both sides have. A layer outside a block has only queries, keys and values."""
    in_blocks = all(layer.layer.index in each.record.features for each in shown for layer in each.layers)
    return tuple(kind for kind in KINDS if in_blocks or kind not in ("features", "raw"))


def others_of(shown: Pair, source: Source, one_space: bool) -> list[tuple[str, Recording]]:
    """Return titles and recordings of the set, without both sides, from the left's `source`; empty for two models.

    Shows which pictures are left out.
    """
    others = []
    for title, picture in others_of_set([each.picture for each in shown]) if one_space else ():
        try:
            recording = unmade(picture, source, LEFT)
        except (WeightsError, ValueError, FaultError) as error:
            st.warning(f"{title} is left out: {sentence(error)}")
            continue
        if recording is None:
            st.caption(f"{title} is left out, because it has too many patches at this detail.")
        else:
            others.append((title, recording))
    return others
