"""Records as files: safetensors, with all other facts as JSON in the header. No larger than the tensors, no pickle."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord, in_memory
from attention_core.recording.of_calls import BlocksOfCalls, FeaturesOfCalls
from attention_core.recording.saved_header import VERSION, is_of_another_version, read_header
from attention_core.recording.saving_of_calls import load_blocks, load_features, save_blocks, save_features

_HEADER: Final = "regard.attention"
_TENSORS: Final = ("q", "k", "v", "mask", "softmaxed")
_DTYPES: Final = {str(dtype): dtype for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16)}
_OF_LAYER: Final = ("scale", "is_causal", "path", "index", "step", "extra_keys")


class AnotherVersionError(ValueError):
    """The record was saved by a version that this one does not read."""


def save_layers(
    layers: Sequence[LayerRecord], features: FeaturesOfCalls, blocks: BlocksOfCalls, facts: dict[str, Any], path: str | Path
) -> Path:
    """Write layers, features, blocks and the other facts of their record; returns the path. Raises OSError if it cannot."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    tensors, described_features = save_features(features)
    tensors_of_blocks, described_blocks = save_blocks(blocks)
    tensors |= tensors_of_blocks
    described = []
    for number, layer in enumerate(layers):
        kept = {name: getattr(layer, name) for name in _TENSORS if getattr(layer, name) is not None}
        if layer.k is layer.q:
            del kept["k"]
        for name, tensor in kept.items():
            tensors[f"{number}.{name}"] = in_memory(tensor).contiguous()
        shapes = {name: list(tensor.shape) for name, tensor in kept.items()}
        described.append({name: getattr(layer, name) for name in _OF_LAYER} | {"shapes": shapes, "dtype": str(layer.dtype)})
    grid = None if facts["grid"] is None else asdict(facts["grid"])
    header = {"version": VERSION, "layers": described, "facts": facts | {"grid": grid}}
    header |= {"features": described_features, "blocks": described_blocks}
    try:
        save_file(_apart(tensors), path, {_HEADER: json.dumps(header)})
    except SafetensorError as error:
        raise OSError(f"{path} cannot be written: {error}; name a file in a folder that exists") from error
    return Path(path)


def load_layers(path: str | Path) -> tuple[list[LayerRecord], FeaturesOfCalls, BlocksOfCalls, dict[str, Any]]:
    """Return what `save_layers` wrote. Raises ValueError if the file is damaged or no record, OSError if it is absent."""
    from safetensors import SafetensorError, safe_open

    name = Path(path).name
    try:
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {})[_HEADER]
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (it is no mapping)
        if is_of_another_version(text):
            raise AnotherVersionError(f"{name} was saved by another version of Regard; record it again")
        header = read_header(text)
        layers = [_layer(number, described, tensors) for number, described in enumerate(header["layers"])]
        features, blocks = load_features(header["features"], tensors), load_blocks(header["blocks"], tensors)
        return layers, features, blocks, header["facts"]
    except AnotherVersionError:
        raise
    except (SafetensorError, KeyError, IndexError, ValueError, RuntimeError) as error:
        raise ValueError(f"{name} is no attention record, or not whole; save it again with record.save") from error


def _apart(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Give each tensor its own memory: the format takes no shared memory."""
    storages: set[int] = set()
    apart = {}
    for name, tensor in tensors.items():
        storage = tensor.untyped_storage().data_ptr()
        apart[name] = tensor.clone() if storage in storages else tensor
        storages.add(storage)
    return apart


def _layer(number: int, described: dict[str, Any], tensors: dict[str, Tensor]) -> LayerRecord:
    kept = {name: tensors[f"{number}.{name}"].expand(shape) for name, shape in described["shapes"].items()}
    q = kept["q"]
    options: dict[str, Any] = {name: described[name] for name in _OF_LAYER}
    options["dtype"] = _DTYPES[described["dtype"]]
    layer = LayerRecord(q, kept.get("k", q), kept.get("v"), mask=kept.get("mask"), softmaxed=kept.get("softmaxed"), **options)
    layer.scores(torch.tensor([0]), torch.tensor([0]))  # raises if the shapes do not fit
    return layer
