"""A kind of data: the distance of every head and layer on the right side from the same one on the left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor

from attention_core.analysis.movement import cka, head_movement
from ui import keeping
from ui.compare.findings import Asked, read
from ui.compare.parts import features_of
from ui.data.answers import Answer, Kind, Task, number
from ui.data.description import layer_name
from ui.jobs import steps
from ui.recording import Recording
from ui.shared.work import Work


def why_not(left: Recording, right: Recording) -> str:
    """Return why heads and layers cannot be compared one by one, in a sentence; "" if they can."""
    if left.picture.digest != right.picture.digest:
        return "This table compares two models on one picture. Choose the same picture on both sides."
    if left.key == right.key:
        return "Both sides show the same model, so nothing moved. Choose another model or other weights on one side."
    if len(left.layers) != len(right.layers):
        counts = f"there are {len(left.layers)} layers on the left, {len(right.layers)} on the right"
        return f"This table needs two models of one architecture: {counts}."
    for layer, (one, other) in enumerate(zip(left.layers, right.layers, strict=True)):
        if one.grid != other.grid:
            return (
                f"This table needs the same patches on both sides. Layer {layer} has {one.grid.rows} × {one.grid.cols} on the "
                f"left and {other.grid.rows} × {other.grid.cols} on the right. Choose the same detail."
            )
        sizes = [(*each.layer.q.shape[:3], each.layer.num_keys) for each in (one, other)]
        if sizes[0] != sizes[1]:
            heads = f"layer {layer} has {one.layer.num_heads} heads on the left, {other.layer.num_heads} on the right"
            tokens = f"layer {layer} has {one.layer.num_keys} tokens on the left, {other.layer.num_keys} on the right"
            which = heads if one.layer.num_heads != other.layer.num_heads else tokens
            return f"This table needs two models of one architecture: {which}."
    return ""


def _read(shown: Recording, asked: Mapping[str, Any]) -> Asked:
    request = read(shown, asked)
    if reason := why_not(*(part.recording for part in request.parts[:2])):
        raise ValueError(reason)
    return request


def _moving(_shown: Recording, asked: Asked) -> Task:
    left, right = (part.recording for part in asked.parts[:2])
    name = f"movement:{left.key}|{right.key}"

    def make(work: Work) -> Answer:
        layers: list[dict[str, Any]] = []
        work.report(0, len(left.layers))
        for layer in range(len(left.layers)):
            one, other = (each.whole.layers[layer].layer for each in (left, right))
            entry = {"layer": layer, "name": layer_name(left, layer), "alike": _alike(left, right, layer)}
            layers.append(entry | {"heads": [number(bits) for bits in head_movement(one, other).tolist()]})
            work.report(layer + 1, len(left.layers))
        answer: Answer = keeping.keep_findings(name, Answer({"layers": layers}))
        return answer

    return Task(name, "The table", make, steps("Comparing the layers:"), lambda: keeping.kept_findings(name))


def _alike(left: Recording, right: Recording, layer: int) -> float | None:
    """Return the CKA of a layer's features; None if the layer has no features."""
    try:
        return number(cka(*(_features(each, layer) for each in (left, right))))
    except ValueError:
        return None


def _features(shown: Recording, layer: int) -> Tensor:
    return torch.from_numpy(features_of(shown, layer, "features")).float()


KINDS: Final = {"movement": Kind(lambda _shown, _asked, result: result, _read, _moving, needs_numbers=False)}
