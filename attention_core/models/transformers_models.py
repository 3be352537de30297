"""Vision models of transformers, an optional extra: from config.json, preprocessor_config.json and safetensors."""

from __future__ import annotations

import copy
import importlib.util
import inspect
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from torch import Tensor, nn

from attention_core.models.configuration import (
    Normalisation,
    cannot_be_read,
    most_tensors,
    read_json,
    require_as_large,
    without_memory,
)
from attention_core.models.misfit import Misfit, misfit_error
from attention_core.models.survey import Survey, survey
from attention_core.models.timm_models import FIXED_NOTE, PARTS_NOTE, SURVEYED_PATCHES
from attention_core.models.vision_model import MAX_PIXELS_ACROSS, VisionModel, opening_across
from attention_core.models.weights import WeightsError

FILES: Final = ("config.json", "preprocessor_config.json", "model.safetensors")
_OF_TIMM: Final = ("architecture", "model_args", "backbone")
"""Parts of a configuration for timm, which may name files and other repositories to load from."""
_NAMES: Final = {"cls_token": "CLS", "class_embedding": "CLS", "distillation_token": "distillation"}


class OfPixels(nn.Module):
    """A transformers model that takes pixels alone, and interpolates its positions if it can."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        forward = inspect.signature(model.forward).parameters
        self.extras = {"interpolate_pos_encoding": True} if "interpolate_pos_encoding" in forward else {}

    def forward(self, pixels: Tensor) -> Any:
        """pixels (B, 3, height, width) → whatever the model returns."""
        return self.model(pixel_values=pixels, **self.extras)


def require_transformers() -> None:
    """Raise WeightsError if transformers is not installed."""
    if importlib.util.find_spec("transformers") is None:
        raise WeightsError("Models by transformers need it installed: run `pip install transformers`, and load this again.")


def read_folder(folder: Path, repository: str, weights: dict[str, Tensor]) -> nn.Module:
    """Return the vision part of the model in the folder, from safetensors, without running code of the repository.

    weights: those in the folder. Raises WeightsError if the model takes no pixels, or the weights do not fit it.
    """
    from transformers import AutoConfig, AutoModel

    read_json(folder / FILES[0], repository)
    local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        config = AutoConfig.from_pretrained(folder, **local)
        _require_images(config, repository)
        _require_no_timm(config.to_dict(), repository)
        described = without_memory(lambda: AutoModel.from_config(config, trust_remote_code=False), most_tensors(weights))
        _require_pixels(described, repository)
        require_as_large(described, weights, repository)
        options = {"use_safetensors": True, "output_loading_info": True, "ignore_mismatched_sizes": True, **local}
        try:
            model, loaded = AutoModel.from_pretrained(folder, attn_implementation="sdpa", **options)
        except ValueError:  # without sdpa, its explicit softmax is recorded
            model, loaded = AutoModel.from_pretrained(folder, attn_implementation="eager", **options)
    except WeightsError:
        raise
    except Exception as error:
        raise WeightsError(
            f"transformers cannot build {repository} ({type(error).__name__}); choose a vision model that it knows by itself."
        ) from error
    if misfits := _misfits(model, loaded):
        raise misfit_error(f"the configuration of {repository}", misfits, "choose another model")
    return _vision(model)


def _vision(model: nn.Module) -> nn.Module:
    part: nn.Module = getattr(model, "vision_model", model)
    return part


def _require_pixels(model: nn.Module, repository: str) -> None:
    if getattr(_vision(model), "main_input_name", "pixel_values") != "pixel_values":
        raise WeightsError(f"{repository} is no model of RGB pictures; choose a vision model.")


def _misfits(model: nn.Module, loaded: dict[str, Any]) -> list[Misfit]:
    """Checks transformers' loading report. A missing pooler is fine: Regard never uses it."""
    shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    reshaped = [Misfit(name, tuple(wanted), tuple(given)) for name, given, wanted in sorted(loaded["mismatched_keys"])]
    absent = [name for name in sorted(loaded["missing_keys"]) if "pooler" not in name]
    return reshaped + [Misfit(name, shapes.get(name, ()), None) for name in absent]


def as_vision_model(model: nn.Module, folder: Path, name: str, title: str, *, source: str, licence: str) -> VisionModel:
    """Return the model with its own normalisation, its prefix tokens, and the patches that a survey finds."""
    config: Any = getattr(model.config, "vision_config", model.config)
    prefix = prefix_tokens(model)
    module = OfPixels(model).eval().requires_grad_(False)
    size, fixed, seen = _seen(module, config, len(prefix), title)
    step = seen.patch_size
    mean, std = _normalisation(folder, name)
    return VisionModel(
        name=name,
        title=title,
        module=module,
        patch_size=step,
        default_across=seen.side if fixed else opening_across(size // step, step),
        prefix_tokens=prefix,
        mean=mean,
        std=std,
        source=source,
        licence=licence,
        library="transformers",
        plain=seen.plain,
        num_layers=seen.num_layers,
        fixed_grid=(seen.side, seen.side) if fixed else None,
        notes=(*((FIXED_NOTE.format(size=size),) if fixed else ()), *(() if seen.plain else (PARTS_NOTE,))),
    )


def prefix_tokens(model: nn.Module) -> tuple[str, ...]:
    """Return CLS, distillation and registers, in the order in which transformers puts them before the patches."""
    embeddings = getattr(model, "embeddings", model)
    held = [name for name in _NAMES if getattr(embeddings, name, None) is not None]
    registers = getattr(embeddings, "register_tokens", None)
    count = 0 if registers is None else registers.shape[1]
    return (*(_NAMES[name] for name in held), *(f"register {number}" for number in range(1, count + 1)))


def _seen(module: nn.Module, config: Any, num_prefix: int, title: str) -> tuple[int, bool, Survey]:
    """The trained size, whether it is the only one, and the survey: on a small picture if the model takes one."""
    size, patch = (_side(getattr(config, name, usual), title) for name, usual in (("image_size", 224), ("patch_size", 16)))
    with suppress(ValueError, RuntimeError):
        seen = survey(_beside(module), SURVEYED_PATCHES * patch, num_prefix, title)
        if seen.plain:
            return size, False, seen
    return size, True, survey(module, size, num_prefix, title)


def _beside(module: nn.Module) -> nn.Module:
    """A copy with the same tensors: on a picture smaller than their windows, some models narrow these for good."""
    tensors: Any = {id(tensor): tensor for tensor in (*module.parameters(), *module.buffers())}
    return copy.deepcopy(module, tensors)


def _require_images(config: Any, repository: str) -> None:
    vision = getattr(config, "vision_config", config)
    if not hasattr(vision, "image_size") or getattr(vision, "num_channels", 3) != 3:
        raise WeightsError(f"{repository} is no model of RGB pictures; choose a vision model.")
    if hasattr(vision, "mask_ratio"):
        raise WeightsError(f"{repository} hides and shuffles its patches at random; choose a model that sees whole pictures.")


def _require_no_timm(config: dict[str, Any], repository: str) -> None:
    if any(config.get(name) for name in _OF_TIMM):
        raise WeightsError(
            f"{repository} is a model of timm's inside one of transformers; give the name of timm's own, or hf-hub:owner/name."
        )
    for part in config.values():
        if isinstance(part, dict):
            _require_no_timm(part, repository)


def _normalisation(folder: Path, repository: str) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Mean and deviation. Raises WeightsError if the file has other than numbers to divide by."""
    settings = read_json(folder / FILES[1], repository)
    if not settings.get("do_normalize", True):
        return (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    given = {name: settings[f"image_{name}"] for name in ("mean", "std") if f"image_{name}" in settings}
    try:
        found = Normalisation.model_validate(given)
        (red, green, blue), mean = found.std, found.mean
    except ValueError as error:
        raise cannot_be_read(FILES[1], repository) from error
    return (mean[0], mean[1], mean[2]), (red, green, blue)


def _side(size: Any, repository: str) -> int:
    """The side of a square, or the longer side. Raises WeightsError for anything else."""
    side = max(size, default=0) if isinstance(size, list | tuple) and all(type(each) is int for each in size) else size
    if type(side) is not int or not 1 <= side <= MAX_PIXELS_ACROSS:
        raise cannot_be_read(FILES[0], repository)
    return side
