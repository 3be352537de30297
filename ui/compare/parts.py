"""The pictures of a request: the main lease's recording, and recordings of other leases that the request names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from attention_core import PatchGrid
from attention_core.analysis.similarity import cleaned
from attention_core.tokens.feature_map import FeatureKind
from ui import caches
from ui.compare.settings import CLEAN, CompareSettings
from ui.data.asked import whole
from ui.data.leases import GoneError, leases
from ui.recording import Recording

MOST: Final = 12
"""Pictures in one request, including the two sides."""
_LONGEST_TITLE: Final = 200


@dataclass(frozen=True)
class Part:
    """A picture of the set at one layer. title: its name on the page. file: its file's name.

    space: a number that parts with comparable features share.
    """

    recording: Recording
    layer: int
    title: str = ""
    space: int = 0
    file: str = ""

    @property
    def name(self) -> str:
        """The cache key of the picture's features at its layer."""
        return f"{self.recording.layer_key(self.layer)}/{self.layer}"

    @property
    def grid(self) -> PatchGrid:
        """The layer's grid. This makes the recording if it does not exist, so call it in work."""
        return (self.recording if self.recording.layers else self.recording.whole).grid_at(self.layer)

    def features(self, settings: CompareSettings) -> Tensor:
        """Return the browser's features, cleaned, (N, D). Raises ValueError if the layer has none."""
        raw = torch.from_numpy(features_of(self.recording, self.layer, settings.kind)).float()
        return cleaned(raw, self.grid, CLEAN[settings.clean])


def features_of(shown: Recording, layer: int, kind: FeatureKind) -> Any:
    """Return the features of a layer's patches, (N, D) float16. Raises ValueError if the layer has none."""
    return caches.features(shown.layer_key(layer), layer, kind, shown)


def parts_in(shown: Recording, asked: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return the parts of a request, at least two. Raises ValueError for an invalid part, GoneError for an ended lease."""
    parts, tokens = asked.get("parts"), asked.get("leases")
    if not isinstance(parts, list) or not 2 <= len(parts) <= MOST:
        raise ValueError(f"expected parts to be a list of 2 to {MOST}")
    recordings = _leased(tokens if isinstance(tokens, Mapping) else {})
    return tuple(_part(shown, recordings, part) for part in parts)


def _leased(tokens: Mapping[str, Any]) -> dict[str, Recording]:
    if len(tokens) > MOST:
        raise ValueError(f"expected at most {MOST} leases")
    by_name = {name: leases().find(token) for name, token in tokens.items() if isinstance(token, str)}
    if len(by_name) < len(tokens) or None in by_name.values():
        raise GoneError
    recordings = {name: lease.leased for name, lease in by_name.items() if lease and isinstance(lease.leased, Recording)}
    if len(recordings) < len(tokens):
        raise ValueError("expected leases of recordings")
    return recordings


def _part(shown: Recording, recordings: Mapping[str, Recording], part: object) -> Part:
    if not isinstance(part, Mapping):
        raise ValueError("expected a part to be an object")
    of = part.get("of")
    if of is not None and of not in recordings:
        raise ValueError("expected a part to belong to a lease that the request names")
    recording = shown if of is None else recordings[of]
    layer = whole(part, "layer", len(recording.layers or shown.layers))  # others of the set have the main one's model
    title, file = (str(part.get(name, ""))[:_LONGEST_TITLE] for name in ("title", "file"))
    return Part(recording, layer, title, whole({"space": 0} | dict(part), "space", MOST), file)
