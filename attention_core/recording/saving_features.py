"""Features as tensors with names, and what is no tensor about them as JSON; the other way round too."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from attention_core.capture.features import Features, Norm
from attention_core.recording.features_of_calls import FeaturesOfCalls

_OF_NORM = ("path", "kind", "width", "eps")


def taken_apart(features: FeaturesOfCalls) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors by name, and the rest; what several calls share is written once."""
    tensors: dict[str, Tensor] = {}
    blocks = list({id(of): of for of in features.values()}.values())
    norms = list({id(of.norm): of.norm for of in blocks if of.norm is not None}.values())
    for number, norm in enumerate(norms):
        named = {"weight": norm.weight, "bias": norm.bias}
        tensors |= {f"norm.{number}.{name}": kept.contiguous() for name, kept in named.items() if kept is not None}
    described = []
    for number, of in enumerate(blocks):
        tensors[f"features.{number}"] = of.raw.contiguous()
        calls = [call for call, each in features.items() if each is of]
        norm_number = next((at for at, norm in enumerate(norms) if norm is of.norm), None)
        described.append({"calls": calls, "path": of.path, "step": of.step, "norm": norm_number})
    return tensors, {"blocks": described, "norms": [{name: getattr(norm, name) for name in _OF_NORM} for norm in norms]}


def put_together(described: dict[str, Any], tensors: dict[str, Tensor]) -> FeaturesOfCalls:
    """What `taken_apart` took apart; of records older than features none. Raises KeyError where a tensor is missing."""
    norms = [
        Norm(**about, weight=tensors.get(f"norm.{number}.weight"), bias=tensors.get(f"norm.{number}.bias"))
        for number, about in enumerate(described["norms"])
    ]
    features = FeaturesOfCalls()
    for number, about in enumerate(described["blocks"]):
        norm = None if about["norm"] is None else norms[about["norm"]]
        of = Features(tensors[f"features.{number}"], about["path"], about["step"], norm)
        features.update(dict.fromkeys(about["calls"], of))
    return features
