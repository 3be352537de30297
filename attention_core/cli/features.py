"""From many pictures' files to one file of features: what the command `features` does."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

from attention_core.cli.maps import check_out, model_of
from attention_core.export.features_file import FORMATS, require_format, write_features
from attention_core.images.decoding import load_image
from attention_core.images.image_error import ImageError
from attention_core.images.patch_grid import PatchGrid
from attention_core.models import VisionModel
from attention_core.recording.record import AttentionRecord
from attention_core.tokens.feature_map import KINDS, FeatureMap


def add_words(command: ArgumentParser) -> None:
    """What `features` takes besides the model."""
    command.add_argument("images", nargs="+", type=Path, help="files, and folders, of which all pictures are taken")
    command.add_argument("--out", type=Path, required=True, help=f"a file that ends in .{', .'.join(FORMATS)}")
    command.add_argument(
        "--layer",
        type=int,
        default=-1,
        help="from 0, or with -1, -2, … from the end of those that can be laid on the image; the last without it",
    )
    command.add_argument(
        "--kind",
        default=KINDS[0],
        choices=KINDS,
        help="features, what the layer's block returns, through the norm of the model's head; raw, without that norm; or "
        f"queries, keys or values of all heads; {KINDS[0]} without it",
    )


def features_of(asked: Namespace) -> dict[str, Any]:
    """Run `features`: write the file that was asked for, and return what is in it.

    Raises ValueError, OSError or WeightsError.
    """
    check_out(asked.out, FORMATS)
    require_format(asked.out)
    files = _files(asked.images)
    run = _Run(model_of(asked), asked.layer, asked.kind, asked.across)
    with tqdm(files, desc=f"{run.model.title}: pictures", unit="", disable=None, leave=False) as bar:
        count = write_features(asked.out, run.maps(bar), run.about)
    return run.about | {"pictures": count, "left_out": run.left_out, "out": str(asked.out)}


class _Run:
    """One model over many pictures."""

    def __init__(self, model: VisionModel, layer: int, kind: Any, across: int | None) -> None:
        self.model, self.layer, self._kind, self._across = model, layer, kind, across
        self.left_out: list[str] = []
        self.about: dict[str, object] = {"model": model.name, "kind": kind}
        """What the file says; complete once a picture was recorded."""

    def maps(self, files: Iterable[Path]) -> Iterator[tuple[str, FeatureMap]]:
        """The name and features of each picture; what is none is said on stderr, and left out."""
        for file in files:
            try:
                picture = load_image(file)
            except ImageError as error:
                self.left_out.append(str(file))
                tqdm.write(f"{file} is left out. {error}", file=sys.stderr)
                continue
            found = self._map(picture)
            self.about |= {"layer": found.layer, "width": found.patches.shape[1]}
            yield str(file), found

    def _map(self, picture: Image.Image) -> FeatureMap:
        of_block = self._kind in ("features", "raw")
        wanted = [self.layer] if of_block and self.layer >= 0 else of_block
        record, grid = self.model.record(picture, self._across, keep_v=self._kind == "v", features=wanted)
        if self.layer < 0:
            self.layer = self._counted_from_the_end(record, grid)
        return self.model.feature_map(record, grid, self.layer, self._kind)

    def _counted_from_the_end(self, record: AttentionRecord, grid: PatchGrid) -> int:
        """The number of the layer, among those that can be laid on the image."""
        layers = [layer.index for layer in record.layers if self._has_map(record, grid, layer.index)]
        if len(layers) < -self.layer:
            raise ValueError(
                f"layer must be -1 to -{len(layers)}, received {self.layer}"
                if layers
                else f"{self.model.title} has no layer with {self._kind} on the image; choose another --kind or --model"
            )
        return layers[self.layer]

    def _has_map(self, record: AttentionRecord, grid: PatchGrid, layer: int) -> bool:
        try:
            self.model.feature_map(record, grid, layer, self._kind)
        except ValueError:
            return False
        return True


def _files(named: Sequence[Path]) -> list[Path]:
    """The files, and all that lie in the folders, sorted. Raises ValueError where one of them is absent."""
    if absent := [path for path in named if not path.exists()]:
        raise ValueError(f"there is no file or folder {absent[0]}")
    inside = [sorted(path.rglob("*")) if path.is_dir() else [path] for path in named]
    return [path for paths in inside for path in paths if path.is_file() and not path.name.startswith(".")]
