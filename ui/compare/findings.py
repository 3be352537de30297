"""What Python finds of several pictures, when what the reader looks at needs it: matches, components, segments."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from attention_core.analysis.components import Components, foreground, principal_components
from attention_core.analysis.matching import match
from attention_core.analysis.segments import segments
from attention_core.analysis.similarity import cleaned
from attention_core.tokens.feature_map import FeatureKind
from ui import caches, jobs, keeping
from ui.compare.settings import CLEAN, COMPONENTS, CompareSettings
from ui.components.compare import Finding, OfSet
from ui.recording import Recording
from ui.shared.faults import FaultError, sentence


@dataclass(frozen=True)
class Part:
    """A picture of the set, at a layer. space: what parts have in common that can be compared."""

    recording: Recording
    layer: int
    title: str
    space: int = 0

    @property
    def of_set(self) -> OfSet:
        grid = self.recording.grid_at(self.layer)
        return OfSet(self.recording, self.title, grid.rows, grid.cols)

    def features(self, settings: CompareSettings) -> Tensor:
        """(N, D) as the browser has them, without what the reader takes out. Raises ValueError where there are none."""
        raw = torch.from_numpy(features_of(self.recording, self.layer, settings.kind)).float()
        return cleaned(raw, self.recording.grid_at(self.layer), CLEAN[settings.clean])


def features_of(shown: Recording, layer: int, kind: FeatureKind) -> np.ndarray:
    """(N, D) float16. Raises ValueError where the layer has none."""
    return caches.features(shown.key, layer, kind, shown)


def find(parts: Sequence[Part], settings: CompareSettings, one_space: bool) -> list[Finding]:
    """What the settings need, with a sentence in place of what cannot be had."""
    finders: list[tuple[bool, Callable[..., Finding]]] = [
        (settings.wants_matches and one_space, _matches),
        (settings.wants_components, _components),
        (settings.wants_segments, _segments),
    ]
    found = []
    for wanted, finder in finders:
        if not wanted:
            continue
        try:
            found.append(finder(parts, settings))
        except (ValueError, ImportError, FaultError) as error:
            st.warning(sentence(error))
    return found


def _matches(parts: Sequence[Part], settings: CompareSettings) -> Finding:
    left, right = parts[:2]
    where = f"{left.recording.key}/{left.layer}|{right.recording.key}/{right.layer}"
    name = f"matches:{where}/{settings.kind}/{settings.clean}"

    def make() -> dict[str, np.ndarray]:
        found = match(left.features(settings), right.features(settings))
        return {
            "forward": found.forward.int().numpy(),
            "backward": found.backward.int().numpy(),
            "similarity": found.similarity.numpy(),
            "second": found.second.numpy(),
            "backwardSimilarity": found.backward_similarity.numpy(),
            "backwardSecond": found.backward_second.numpy(),
        }

    return Finding("matches", name, {}, _kept(name, "Matching the patches", make))


def _components(parts: Sequence[Part], settings: CompareSettings) -> Finding:
    side = settings.foreground
    name = f"components:{_digest(parts, settings, side)}"

    def make() -> dict[str, np.ndarray]:
        scores, explained, masks = [], [], []
        for space in dict.fromkeys(part.space for part in parts):
            of_space = [part.features(settings) for part in parts if part.space == space]
            mask = foreground(of_space, "below" if side == "below" else "above")
            count = min(COMPONENTS, of_space[0].shape[1])
            found = _padded(principal_components(of_space, count, None if side == "off" else mask))
            scores += found.scores
            explained.append(found.explained)
            masks += mask
        return {
            "scores": torch.cat(scores).numpy().ravel(),
            "explained": torch.cat(explained).numpy(),
            "mask": torch.cat(masks).to(torch.uint8).numpy(),
        }

    return Finding("components", name, {"count": COMPONENTS}, _kept(name, "Finding the components", make))


def _padded(found: Components) -> Components:
    """With zeros where the features are fewer than COMPONENTS numbers."""
    missing = COMPONENTS - len(found.explained)
    if not missing:
        return found
    scores = [torch.nn.functional.pad(each, (0, missing)) for each in found.scores]
    explained = torch.nn.functional.pad(found.explained, (0, missing))
    return Components(scores, explained, found.directions, found.mean)


def _segments(parts: Sequence[Part], settings: CompareSettings) -> Finding:
    name = f"segments:{_digest(parts, settings, settings.k)}"

    def make() -> dict[str, np.ndarray]:
        labels = []
        for space in dict.fromkeys(part.space for part in parts):
            labels += segments([part.features(settings) for part in parts if part.space == space], settings.k)
        return {"labels": torch.cat(labels).numpy()}

    return Finding("segments", name, {"k": settings.k}, _kept(name, "Finding the segments", make))


def _digest(parts: Sequence[Part], settings: CompareSettings, *more: Any) -> str:
    which = [(part.recording.key, part.layer, part.space) for part in parts]
    return hashlib.sha256(repr((which, settings.kind, settings.clean, *more)).encode()).hexdigest()[:24]


def _kept(name: str, says: str, make: Callable[[], dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] | None = keeping.kept_findings(name)
    if found is None:
        do = lambda _: keeping.keep_findings(name, make())  # noqa: E731
        found = jobs.made(name, "The comparison", do, lambda _: f"{says}…")
    return found
