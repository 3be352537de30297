"""The config.json of a timm model on the hub: it may describe the model, but not name a place to load from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field
from torch import Tensor

from attention_core.models.configuration import Normalisation, cannot_be_read, most_tensors, read_json, require_as_large
from attention_core.models.timm_models import require_size, without_memory
from attention_core.models.vision_model import MAX_PIXELS_ACROSS
from attention_core.models.weights import WeightsError

_LOADS: Final = (
    "cache_dir", "checkpoint_path", "device", "dtype", "exportable", "features_only", "no_jit", "pretrained", "pretrained_cfg",
    "pretrained_cfg_overlay", "pretrained_model_args", "scriptable",
)  # fmt: skip
_Side = Annotated[int, Field(ge=1, le=MAX_PIXELS_ACROSS)]
_Names = str | tuple[str, ...]


class _Overlay(Normalisation):
    """The part of timm's pretrained configuration that describes the model."""

    classifier: _Names | None = None
    first_conv: _Names | None = None
    fixed_input_size: bool | None = None
    input_size: tuple[_Side, _Side, _Side] | None = None
    label_offset: int | None = None
    license: str | None = None
    num_classes: Annotated[int, Field(ge=0)] | None = None
    pool_size: tuple[int, int] | None = None


@dataclass(frozen=True)
class TimmConfig:
    """architecture: timm's name. overlay: its input and its classifier's name. arguments: those that build it."""

    architecture: str
    overlay: dict[str, Any]
    arguments: dict[str, Any]

    def require_size(self, weights: dict[str, Tensor], repository: str, own_weights: bool = False) -> None:
        """Raise WeightsError if the configuration describes a larger model than its weights, before memory is taken.

        own_weights: whether the weights are the user's own, so that the error names them instead of the configuration.
        """
        try:
            most = most_tensors(weights)
            described = without_memory(self.architecture, most, pretrained_cfg_overlay=self.overlay, **self.arguments)
        except Exception as error:
            raise WeightsError(f"The configuration of {repository} builds no model of timm's; choose another model.") from error
        if own_weights:
            require_size(repository, described, weights)
        else:
            require_as_large(described, weights, repository)


def read_config(file: Path, repository: str) -> TimmConfig:
    """Return the configuration. Raises WeightsError if it describes no model of timm's, or names a place to load from."""
    import timm

    config = read_json(file, repository)
    architecture = config.get("architecture") or config.get("model") or ""
    try:
        given = dict(config.get("pretrained_cfg") or config)
        described = _Overlay.model_validate({name: value for name, value in given.items() if value is not None})
        overlay = described.model_dump(exclude_unset=True)
        arguments = dict(config.get("model_args") or {})
    except (TypeError, ValueError) as error:  # pydantic's is one of these
        raise cannot_be_read(file.name, repository) from error
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
