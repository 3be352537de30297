"""Kinds of data: the comparison as arrays, as a live page, and as a Python script that computes it again.

The browser makes PNG, SVG and CSV from its drawing (assets/compare/files.js).
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import torch

from attention_core.export.compare_parts import CompareSide, Jointly, SetPicture
from attention_core.export.compare_snippet import SnippetSide, compare_snippet
from attention_core.export.compare_view import compare_view
from ui.compare.findings import Asked, find, read
from ui.compare.parts import Part
from ui.compare.settings import CLEAN, COMPONENTS, SIDES
from ui.data.answers import Answer, Kind, Task, download
from ui.data.asked import whole, word
from ui.data.view import as_file_name
from ui.recording import Recording
from ui.shared.work import Work

MADE: Final = {"npz": "application/octet-stream", "html": "text/html"}
"""The formats that the server makes, and their media types."""
_SNAKE: Final = {"backwardSimilarity": "backward_similarity", "backwardSecond": "backward_second"}


@dataclass(frozen=True)
class FileAsked:
    """A requested file. one_space: True if patches of both sides can be compared. asking: the query patch, on the left side."""

    asked: Asked
    one_space: bool
    format: str = "npz"
    asking: tuple[int, int] = (0, 0)

    @property
    def name(self) -> str:
        settings = self.asked.settings
        layers = (f"{part.recording.model.name}-layer-{part.layer}" for part in self.asked.parts[:2])
        return f"{as_file_name(*layers)}-{settings.kind}.{self.format}"


def _read(shown: Recording, asked: Mapping[str, Any]) -> FileAsked:
    kind = word({"format": "npz"} | dict(asked), "format", tuple(MADE))
    return FileAsked(read(shown, asked), asked.get("oneSpace") is True, kind)


def _read_snippet(shown: Recording, asked: Mapping[str, Any]) -> FileAsked:
    place = asked.get("asking")
    numbers = dict(zip(("row", "col"), place if isinstance(place, list) else (), strict=False))
    asking = whole(numbers, "row", shown.grid.rows), whole(numbers, "col", shown.grid.cols)
    return FileAsked(read(shown, asked), asked.get("oneSpace") is True, asking=asking)


def _making(_shown: Recording, asked: FileAsked) -> Task:
    def make(work: Work) -> bytes | str:
        work.report(0, 1)
        return arrays(asked) if asked.format == "npz" else live_page(asked)

    parts = "|".join(f"{part.name}~{part.space}~{part.title}" for part in asked.asked.parts)
    name = f"file:{parts}/{asked.asked.settings}/{asked.one_space}/{asked.format}"
    return Task(name, "The file", make, lambda _: "Making the file…")


def _file(_shown: Recording, asked: FileAsked, made: bytes | str) -> Answer:
    return download(made, asked.name, MADE[asked.format])


def live_page(asked: FileAsked) -> str:
    """Return the comparison as one HTML file. Raises ValueError if a layer has no features of this kind."""
    parts, settings = asked.asked.parts, asked.asked.settings
    left, right = (_live_side(part, asked) for part in parts[:2])
    findings: dict[str, Any] = {}
    others = list(parts[2:])
    for kind, answer in find(asked.asked, asked.one_space).items():
        tensors = {name: torch.from_numpy(values) for name, values in answer.arrays.items()}
        if kind == "matches":
            findings["matches"] = SimpleNamespace(**{_SNAKE.get(name, name): values for name, values in tensors.items()})
            continue
        sizes = [rows * cols for rows, cols in answer.entry["grids"] if rows]
        others = [part for number, part in enumerate(parts) if number > 1 and answer.entry["grids"][number][0]]
        if kind == "components":
            scores = list(torch.split(tensors["scores"].view(-1, COMPONENTS), sizes))
            findings["components"] = SimpleNamespace(scores=scores, explained=tensors["explained"])
            findings["foreground"] = list(torch.split(tensors["mask"], sizes))
        else:
            findings["segments"] = list(torch.split(tensors["labels"], sizes))
    opening = settings.for_browser() | {"layers": [0, 0]}
    title = f"{parts[0].title} and {parts[1].title}"
    jointly = Jointly(others=[_set_picture(part) for part in others], **findings) if findings else Jointly()
    return compare_view(left, right, one_space=asked.one_space, jointly=jointly, settings=opening, title=title).page


def _set_picture(part: Part) -> SetPicture:
    return SetPicture(picture=part.recording.picture.image, grid=part.grid, title=part.title)


def _live_side(part: Part, asked: FileAsked) -> CompareSide:
    shown, layer, kind = part.recording, part.layer, asked.asked.settings.kind
    record = shown.whole.layers[layer].layer
    return CompareSide(
        picture=shown.picture.image,
        grid=part.grid,
        title=part.title,
        features={kind: {record.index: shown.feature_map(layer, kind).patches}},
        layers=[record] if shown.in_browser else [],
        prefix_tokens=shown.prefix_at(layer),
        model=shown.model.title,
    )


def arrays(asked: FileAsked) -> bytes:
    """Return an NPZ file with features (N, D) and grid (rows, cols) of both sides, and each finding's arrays as "kind_name".

    Raises ValueError if a layer has no features of this kind.
    """
    contents: dict[str, np.ndarray] = {}
    for name, part in zip(SIDES, asked.asked.parts[:2], strict=True):
        features = part.recording.feature_map(part.layer, asked.asked.settings.kind)
        contents[f"{name}_features"] = features.patches.numpy()
        contents[f"{name}_grid"] = np.array([features.grid.rows, features.grid.cols])
    for kind, answer in find(asked.asked, asked.one_space).items():
        contents |= {f"{kind}_{_SNAKE.get(name, name)}": values for name, values in answer.arrays.items()}
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **contents)
    return file.getvalue()


def _snippet(_shown: Recording, asked: FileAsked, _result: None) -> Answer:
    settings = asked.asked.settings
    left, right = (_side(part) for part in asked.asked.parts[:2])
    code = compare_snippet(left, right, asked.asking, settings.kind, CLEAN[settings.clean], asked.one_space)
    return Answer({"code": code})


def _side(part: Part) -> SnippetSide:
    shown = part.recording
    options = {} if shown.recipe is None else shown.recipe.options
    across = max(shown.grid.rows, shown.grid.cols)
    return SnippetSide(part.file, shown.model.name, across, shown.layers[part.layer].layer.index, options)


KINDS: Final = {
    "comparison-file": Kind(_file, _read, _making, needs_numbers=False),
    "comparison-snippet": Kind(_snippet, _read_snippet, needs_numbers=False),
}
