"""Records as files: safetensors, with all that is no tensor as JSON in the header. No larger than the tensors, no pickle."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord
from attention_core.capture.seen import Unseen
from attention_core.images.patch_grid import PatchGrid

if TYPE_CHECKING:
    from attention_core.recording.record import AttentionRecord

_HEADER: Final = "regard.attention"
_VERSION: Final = 1
_TENSORS: Final = ("q", "k", "v", "mask", "softmaxed")
_FACTS: Final = ("scale", "is_causal", "path", "index", "step", "extra_keys")


def save(record: AttentionRecord, path: str | Path) -> Path:
    """Write the record; returns the path. Raises OSError as any writing does."""
    from safetensors.torch import save_file

    tensors: dict[str, Tensor] = {}
    facts = []
    for number, layer in enumerate(record.layers):
        kept = {name: getattr(layer, name) for name in _TENSORS if getattr(layer, name) is not None}
        if layer.k is layer.q:
            del kept["k"]
        tensors |= {f"{number}.{name}": _stored(tensor) for name, tensor in kept.items()}
        shapes = {name: list(tensor.shape) for name, tensor in kept.items()}
        facts.append({name: getattr(layer, name) for name in _FACTS} | {"shapes": shapes, "dtype": str(layer.dtype)})
    header = {
        "version": _VERSION,
        "layers": facts,
        "unseen": [list(unseen) for unseen in record.unseen],
        "nbytes_seen": record.nbytes_seen,
        "grid": None if record.grid is None else asdict(record.grid),
        "prefix_tokens": list(record.prefix_tokens),
        "num_images": record.num_images,
        "feature_sizes": record.feature_sizes,
    }
    save_file(tensors, path, {_HEADER: json.dumps(header)})
    return Path(path)


def load(kind: type[AttentionRecord], path: str | Path) -> AttentionRecord:
    """Read a record. Raises ValueError where the file is no record or not whole, OSError where it cannot be read."""
    from safetensors import SafetensorError, safe_open

    name = Path(path).name
    try:
        with safe_open(path, framework="pt") as file:
            header = json.loads((file.metadata() or {})[_HEADER])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (it is no mapping)
        if header["version"] != _VERSION:
            raise ValueError(f"{name} was saved by another version of Regard; record it again")
        record = kind([_layer(number, facts, tensors) for number, facts in enumerate(header["layers"])])
        record.unseen = [Unseen(*unseen) for unseen in header["unseen"]]
        record.grid = None if header["grid"] is None else PatchGrid(**header["grid"])
        record.prefix_tokens = tuple(header["prefix_tokens"])
        record.nbytes_seen, record.num_images = int(header["nbytes_seen"]), int(header["num_images"])
        record.feature_sizes = {key: (size[0], size[1]) for key, size in header["feature_sizes"].items()}
    except (SafetensorError, KeyError, TypeError, IndexError, AttributeError, json.JSONDecodeError, RuntimeError) as error:
        raise ValueError(f"{name} is no attention record, or not whole; save it again with record.save") from error
    return record


def _stored(tensor: Tensor) -> Tensor:
    """What there is of a tensor in memory, where it is broadcast."""
    return tensor[tuple(slice(None) if stride else slice(0, 1) for stride in tensor.stride())].contiguous()


def _layer(number: int, facts: dict[str, Any], tensors: dict[str, Tensor]) -> LayerRecord:
    kept = {name: tensors[f"{number}.{name}"].expand(shape) for name, shape in facts["shapes"].items()}
    q = kept["q"]
    options: dict[str, Any] = {name: facts[name] for name in _FACTS}
    options |= {"extra_keys": tuple(facts["extra_keys"]), "dtype": getattr(torch, facts["dtype"].removeprefix("torch."))}
    layer = LayerRecord(q, kept.get("k", q), kept.get("v"), mask=kept.get("mask"), softmaxed=kept.get("softmaxed"), **options)
    layer.scores(torch.tensor([0]), torch.tensor([0]))  # raises where the shapes do not go together
    return layer
