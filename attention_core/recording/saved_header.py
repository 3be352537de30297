"""The header of a record's file, checked: the file is untrusted."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from attention_core.capture.seen import Unseen
from attention_core.images.patch_grid import PatchGrid

VERSION: Final = 1
MOST_HEADS: Final = 1 << 24
"""Heads of all images and windows of a call together."""

Count = Annotated[int, Field(ge=0)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Shape = Annotated[tuple[Count, ...], Field(min_length=4, max_length=4)]


class _Said(BaseModel):
    model_config = ConfigDict(strict=True)


class Layer(_Said):
    """A call without its tensors. shapes: by the name of a tensor, which may be broadcast from fewer numbers in the file."""

    scale: Finite
    is_causal: bool
    path: str
    index: Count
    step: Count
    extra_keys: tuple[str, ...]
    shapes: dict[str, Shape]
    dtype: str

    @model_validator(mode="after")
    def _fits_in_memory(self) -> Layer:
        if any(shape[0] * shape[1] > MOST_HEADS for shape in self.shapes.values()):
            raise ValueError(f"expected at most {MOST_HEADS} heads")
        return self


class Facts(_Said):
    """Facts of a record besides its layers, features and blocks."""

    unseen: list[Unseen]
    nbytes_seen: Count
    grid: PatchGrid | None
    prefix_tokens: tuple[str, ...]
    num_images: Count
    feature_sizes: dict[str, tuple[Count, Count]]


class SavedNorm(_Said):
    path: str
    kind: Literal["layer", "rms"]
    width: Count
    eps: Finite | None


class FeaturesOfBlock(_Said):
    """calls: numbers of the block's calls. norm: number of its norm."""

    calls: list[Count]
    path: str
    step: Count
    norm: Count | None


class SavedFeatures(_Said):
    blocks: list[FeaturesOfBlock] = []
    norms: list[SavedNorm] = []


class Projection(_Said):
    path: str
    norm_after: str


class Block(_Said):
    """moves: the first call of the same block, under which they lie."""

    call: Count
    path: str
    why_no_projection: str
    why_no_moves: str
    step: Count
    projection: Projection | None = None
    moves: Count | None = None


class Header(_Said):
    """The whole header; older files have no features and blocks."""

    version: Literal[1]
    layers: list[Layer]
    facts: Facts
    features: SavedFeatures = SavedFeatures()
    blocks: list[Block] = []


class _Version(_Said):
    version: int


def is_of_another_version(text: str) -> bool:
    """True for a header of another version. Raises ValueError if it is no header."""
    return _Version.model_validate_json(text).version != VERSION


def read_header(text: str) -> dict[str, Any]:
    """Return the header that `save_layers` wrote. Raises ValueError if it is none of this version."""
    header = Header.model_validate_json(text)
    return header.model_dump() | {"facts": {name: getattr(header.facts, name) for name in Facts.model_fields}}
