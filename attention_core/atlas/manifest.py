"""What an atlas is of: `_manifest.json` beside its shards. Its name begins so that readers of Parquet pass over it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from attention_core.atlas.columns import VERSION

MANIFEST: Final = "_manifest.json"
MOST_BYTES: Final = 1 << 20
MOST_HEADS: Final = 8192
"""Of all layers, each with as many as the one that has most: a question takes 24 KB a head (bootstrap.py)."""

Heads = Annotated[int, Field(ge=1, le=4096)]
Count = Annotated[int, Field(ge=0)]


class AtlasError(ValueError):
    """A folder that cannot be opened as an atlas; the message says why and what to do."""


class Manifest(BaseModel):
    """What `_manifest.json` holds.

    model: its name, as `load_model` takes it; title: for people. weights: the digest of the checkpoint that it ran with, "" for
    the model's own. heads: number of heads of each layer, in order; layers: their paths. prefix_tokens: before the first patch.
    source: where pictures were looked for, a folder or a file; names in the column `picture` are relative to it, or stand in
    that file. pictures: how many there are in all; shard_size: so many of them in a shard. across: patches along the longer
    side, None for the model's own number. cls_map, features: whether these were asked for. finished: whether all shards are
    there. failed: how many pictures could not be read; `_failures.jsonl` names them.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    format: Literal["regard atlas"] = "regard atlas"
    version: int = VERSION
    model: str
    title: str
    weights: str = ""
    heads: Annotated[list[Heads], Field(min_length=1, max_length=1024)]
    layers: list[str]
    prefix_tokens: list[str] = []
    patch_size: Annotated[int, Field(ge=1, le=4096)]
    across: int | None = None
    dtype: str = "float32"
    source: str
    pictures: Count
    shard_size: Annotated[int, Field(ge=1)]
    cls_map: bool = False
    features: bool = False
    finished: bool = False
    failed: Count = 0

    @field_validator("heads")
    @classmethod
    def _fit_in_memory(cls, heads: list[int]) -> list[int]:
        if len(heads) * max(heads) > MOST_HEADS:
            raise ValueError(f"expected at most {MOST_HEADS:,} heads, received {len(heads)} layers of up to {max(heads)}")
        return heads

    @property
    def num_shards(self) -> int:
        return -(-self.pictures // self.shard_size)

    def to_bytes(self) -> bytes:
        """As JSON."""
        return (self.model_dump_json(indent=2) + "\n").encode()


def read_manifest(folder: str | Path) -> Manifest:
    """What the folder says of itself. Raises AtlasError, in one sentence, where it is no atlas or one of another version."""
    path = Path(folder) / MANIFEST
    try:
        if path.stat().st_size > MOST_BYTES:
            raise AtlasError(f"{path} is too large to be what `regard atlas` writes.")
        data = path.read_bytes()
    except AtlasError:
        raise
    except (OSError, ValueError):  # ValueError: a null character in the path
        make = "`regard atlas PICTURES --out FOLDER` makes one"
        raise AtlasError(f"{folder} is no atlas: no {MANIFEST} in it; {make}.") from None
    return parse_manifest(data, folder)


def parse_manifest(data: bytes, folder: str | Path) -> Manifest:
    """The manifest of that folder. Raises AtlasError as `read_manifest` does."""
    path = f"{folder}/{MANIFEST}"
    try:
        versioned = Version.model_validate_json(data)
    except ValidationError:
        raise AtlasError(f"{path} is not what `regard atlas` writes; make the atlas again.") from None
    if versioned.version != VERSION:
        age = "an older" if versioned.version < VERSION else "a newer"
        raise AtlasError(f"{folder} was written by {age} Regard (version {versioned.version}, here {VERSION}); make it again.")
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise AtlasError(f"{path} is not what `regard atlas` writes: {where} is wrong; make the atlas again.") from None


class Version(BaseModel):
    """What every version of the manifest says."""

    format: Literal["regard atlas"]
    version: int
