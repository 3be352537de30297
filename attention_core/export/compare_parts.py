"""What a live page of two pictures is made of: the pictures with their features, what was found of them, and the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from PIL import Image
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord
from attention_core.export.view_settings import OF_COMPARISON
from attention_core.images.patch_grid import PatchGrid

COMPARISON: Final[dict[str, Any]] = {name: setting.default for name, setting in OF_COMPARISON.items()}
"""The settings of a comparison where nothing else was asked for, by their names in the browser."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SetPicture:
    """One of the pictures that components and segments are of."""

    picture: Image.Image
    grid: PatchGrid
    title: str = "Picture"


@dataclass(frozen=True, eq=False, kw_only=True)
class CompareSide(SetPicture):
    """One of the two pictures that are compared.

    features: by kind ("features", "q", "k", "v") and number of the layer what its patches are, (rows · cols, D) each; they are
    kept in 16 bits. layers: those whose attention can be looked at, too, with `prefix_tokens` before the patches.
    """

    features: Mapping[str, Mapping[int, Tensor]]
    layers: Sequence[LayerRecord] = ()
    prefix_tokens: tuple[str, ...] = ()
    model: str = "Model"

    def numbers(self) -> list[int]:
        """Of the layers that there is something of."""
        found = {number for of_kind in self.features.values() for number in of_kind}
        return sorted(found | {layer.index for layer in self.layers})


class MatchesLike(Protocol):
    """As `attention_core.analysis.matching.match` returns them."""

    forward: Tensor
    similarity: Tensor
    second: Tensor
    backward: Tensor
    backward_similarity: Tensor
    backward_second: Tensor


class ComponentsLike(Protocol):
    """As `attention_core.analysis.components.principal_components` returns them."""

    scores: list[Tensor]
    explained: Tensor


@dataclass(frozen=True, eq=False)
class Jointly:
    """What was found of several pictures together, for the left, the right and `others`, in this order; None where it was not.

    matches: of the layers that are shown at first, of the kind and cleaned as the settings say. foreground: for every picture
    (N) bool. components: eight of them. segments: for every picture (N).
    """

    others: Sequence[SetPicture] = ()
    matches: MatchesLike | None = None
    components: ComponentsLike | None = None
    foreground: Sequence[Tensor] | None = None
    segments: Sequence[Tensor] | None = None
