"""The pictures that a request is about: the main lease's recording, and others whose leases the request names."""

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
"""Pictures in one request, the two sides' among them."""
_LONGEST_TITLE: Final = 200


@dataclass(frozen=True)
class Part:
    """A picture of the set, at a layer. title: its name on the page. file: its file's name.

    space: equal for parts whose features can be compared.
    """

    recording: Recording
    layer: int
    title: str = ""
    space: int = 0
    file: str = ""

    @property
    def name(self) -> str:
        """The name of the picture at its layer, with all that decides its features."""
        return f"{self.recording.layer_key(self.layer)}/{self.layer}"

    @property
    def grid(self) -> PatchGrid:
        """The layer's grid. Makes the recording first if that has not been done, so call it in work."""
        return (self.recording if self.recording.layers else self.recording.whole).grid_at(self.layer)

    def features(self, settings: CompareSettings) -> Tensor:
        """Return the features as the browser has them, cleaned, (N, D). Raises ValueError if the layer has none."""
        raw = torch.from_numpy(features_of(self.recording, self.layer, settings.kind)).float()
        return cleaned(raw, self.grid, CLEAN[settings.clean])


def features_of(shown: Recording, layer: int, kind: FeatureKind) -> Any:
    """Return the features of a layer's patches, (N, D) float16. Raises ValueError if the layer has none."""
    return caches.features(shown.layer_key(layer), layer, kind, shown)


def parts_in(shown: Recording, asked: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return the parts of a request, two at least. Raises ValueError for what is no part, GoneError for an ended lease."""
    said, leased = asked.get("parts"), asked.get("leases")
    if not isinstance(said, list) or not 2 <= len(said) <= MOST:
        raise ValueError(f"expected parts to be a list of 2 to {MOST}")
    recordings = _leased(leased if isinstance(leased, Mapping) else {})
    return tuple(_part(shown, recordings, part) for part in said)


def _leased(tokens: Mapping[str, Any]) -> dict[str, Recording]:
    if len(tokens) > MOST:
        raise ValueError(f"expected at most {MOST} leases")
    found = {name: leases().find(token) for name, token in tokens.items() if isinstance(token, str)}
    if len(found) < len(tokens) or None in found.values():
        raise GoneError
    return {name: lease.recording for name, lease in found.items() if lease is not None}


def _part(shown: Recording, recordings: Mapping[str, Recording], said: object) -> Part:
    if not isinstance(said, Mapping):
        raise ValueError("expected a part to be an object")
    of = said.get("of")
    if of is not None and of not in recordings:
        raise ValueError("expected a part to be of a lease that the request names")
    recording = shown if of is None else recordings[of]
    layer = whole(said, "layer", len(recording.layers or shown.layers))  # others of the set are of the main one's model
    title, file = (str(said.get(name, ""))[:_LONGEST_TITLE] for name in ("title", "file"))
    return Part(recording, layer, title, whole({"space": 0} | dict(said), "space", MOST), file)
