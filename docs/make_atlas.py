"""The two small atlases of the page "Atlas": `python -m docs.make_atlas`.

They hold DINOv2-small over the bundled photographs and crops of them, and the same architecture untrained. The crops
are not kept as files: their names say where in a photograph they lie (attention_core/atlas/pictures.py).
"""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import torch
from PIL import Image

from attention_core import load_model
from attention_core.atlas import Settings, build, find_source
from attention_core.atlas.columns import ABOUT
from attention_core.atlas.manifest import MANIFEST
from attention_core.atlas.places import Place
from attention_core.atlas.shards import shard_of
from attention_core.images.decoding import load_image
from attention_core.models import VisionModel
from attention_core.models.timm_models import build_module
from attention_core.models.weights import ARCHITECTURE

ASSETS: Final = Path(__file__).resolve().parents[1] / "assets"
PHOTOS: Final = ASSETS / "photos"
ATLASES: Final = ASSETS / "atlases"
ACROSS: Final = 16
SEED: Final = 0
SOURCE: Final = "../../photos"
ENDING: Final = ".png"
"""Ending of the crops' files."""
WHOLE: Final = "whole"
SIZES: Final = {"large": (0.9, 2, 1), "middle": (0.6, 2, 2), "small": (0.4, 3, 2)}
"""Side of a crop as a share of the photograph's shorter side, and crops along its longer and its shorter side."""


@dataclass(frozen=True)
class Crop:
    photo: str
    size: str
    box: tuple[int, int, int, int]
    """Left, top, width, height."""

    @property
    def name(self) -> str:
        return self.photo if self.size == WHOLE else f"{self.photo}#{','.join(map(str, self.box))}"

    def image(self) -> Image.Image:
        left, top, width, height = self.box
        return load_image(PHOTOS / self.photo).crop((left, top, left + width, top + height))


def crops() -> Iterator[Crop]:
    """Yield each photograph, and squares at even distances over it, from corner to corner."""
    for photo in sorted(PHOTOS.glob("*.jpg")):
        width, height = load_image(photo).size
        yield Crop(photo.name, WHOLE, (0, 0, width, height))
        for size, (share, longer, shorter) in SIZES.items():
            side = int(share * min(width, height))
            across, down = (longer, shorter) if width >= height else (shorter, longer)
            for top in _places(height - side, down):
                yield from (Crop(photo.name, size, (left, top, side, side)) for left in _places(width - side, across))


def _places(room: int, count: int) -> list[int]:
    return [room // 2] if count == 1 else [round(at * room / (count - 1)) for at in range(count)]


def untrained() -> VisionModel:
    """Return the architecture of DINOv2-small with its initial weights."""
    torch.manual_seed(SEED)
    trained = load_model("dinov2-small", device="cpu")
    return replace(trained, module=build_module(ARCHITECTURE, num_classes=0), title="DINOv2-small, untrained")


def write(model: VisionModel, folder: Path, weights: str = "") -> None:
    """Write the atlas of the crops' files as `regard atlas` does it, then replace the files' names by those of the crops."""
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as files:
        for crop in crops():
            crop.image().save(Path(files) / f"{crop.name}{ENDING}")
        manifest = build(find_source(files), model, folder, Settings(across=ACROSS, weights=weights))
    for left in [*folder.glob("_*"), *folder.glob("_*/*")]:
        left.unlink(missing_ok=True)
    place = Place.of(folder)
    for number in range(manifest.num_shards):
        table = shard_of(place, number).read_table()
        names = pa.array([name.removesuffix(ENDING) for name in table["picture"].to_pylist()])
        about = json.loads(table.schema.metadata[ABOUT]) | {"source": SOURCE}
        table = table.set_column(0, table.schema.field("picture"), names)
        shard_of(place, number).write_table(
            table.replace_schema_metadata({**table.schema.metadata, ABOUT: json.dumps(about).encode()})
        )
    (folder / MANIFEST).write_bytes(manifest.model_copy(update={"source": SOURCE}).to_bytes())
    write_labels(folder / "labels.csv")


def write_labels(path: Path) -> None:
    """Write the labels of each crop: its photograph, its size, and its brightness."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["picture", "photograph", "size", "brightness"])
        for crop in crops():
            bright = np.asarray(crop.image().convert("L")).mean() / 255
            brightness = "dark" if bright < 1 / 3 else "bright" if bright > 1 / 2 else "between"
            table.writerow([crop.name, Path(crop.photo).stem.capitalize(), crop.size, brightness])


if __name__ == "__main__":
    write(load_model("dinov2-small", device="cpu"), ATLASES / "photographs")
    write(untrained(), ATLASES / "photographs-untrained", weights=f"untrained, seed {SEED}")
