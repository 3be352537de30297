"""The config.json of a timm model on the hub: only what describes the model is taken from it, never where to load from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torch import Tensor

from attention_core.models.timm_models import count_numbers, is_much_larger, require_size, without_memory
from attention_core.models.weights import WeightsError

_DESCRIBES: Final = (
    "classifier", "first_conv", "fixed_input_size", "input_size", "label_offset", "license", "mean", "num_classes", "pool_size",
    "std",
)  # fmt: skip
_LOADS: Final = (
    "cache_dir", "checkpoint_path", "device", "dtype", "exportable", "features_only", "no_jit", "pretrained", "pretrained_cfg",
    "pretrained_cfg_overlay", "pretrained_model_args", "scriptable",
)  # fmt: skip


@dataclass(frozen=True)
class TimmConfig:
    """architecture: timm's name. overlay: how it is fed and what its classifier is called. arguments: what it is built with."""

    architecture: str
    overlay: dict[str, Any]
    arguments: dict[str, Any]

    def require_size(self, weights: dict[str, Tensor], repository: str, own_weights: bool = False) -> None:
        """Raises WeightsError where the configuration describes a larger model than its weights are, before memory is taken.

        own_weights: whether they are somebody's own for this configuration, so that they are to blame.
        """
        try:
            described = without_memory(self.architecture, pretrained_cfg_overlay=self.overlay, **self.arguments)
        except Exception as error:
            raise WeightsError(f"The configuration of {repository} builds no model of timm's; choose another model.") from error
        if own_weights:
            require_size(repository, described, weights)
        elif is_much_larger(described, weights):
            numbers, held = count_numbers(described.parameters()), count_numbers(weights.values())
            raise WeightsError(
                f"{repository} describes a model of {numbers:,} numbers and holds {held:,}; choose another model."
            )


def read_config(file: Path, repository: str) -> TimmConfig:
    """Raises WeightsError where the file does not describe a model of timm's, or tries to say where to load from."""
    import timm

    try:
        config = json.loads(file.read_text("utf-8"))
        architecture = config.get("architecture") or config.get("model") or ""
        given = config.get("pretrained_cfg") or config
        overlay = {name: given[name] for name in _DESCRIBES if given.get(name) is not None}
        arguments = dict(config.get("model_args") or {})
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise WeightsError(f"The config.json of {repository} cannot be read; choose another model.") from error
    if "model_type" in config and not architecture:
        raise WeightsError(f"{repository} is made for transformers; give its name as {repository}, without hf-hub:.")
    if not isinstance(architecture, str) or not timm.is_model(architecture):
        raise WeightsError(f"{repository} is no vision model that timm knows; choose one whose page says timm.")
    if refused := sorted(set(arguments) & set(_LOADS)):
        raise WeightsError(f"The configuration of {repository} asks for {refused[0]}, which is refused; choose another.")
    for name in ("num_classes", "global_pool"):
        if config.get(name) is not None:
            arguments.setdefault(name, config[name])
    overlay["num_classes"] = arguments.get("num_classes", overlay.get("num_classes", 1000))
    arguments["num_classes"] = overlay["num_classes"]
    return TimmConfig(architecture, overlay, arguments)
