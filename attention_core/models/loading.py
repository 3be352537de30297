"""From a name to a loaded model: the registry's, any of timm's, `hf-hub:owner/name` for timm, `owner/name` for transformers."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from torch import Tensor

from attention_core.models import timm_models, torchvision_models, transformers_models
from attention_core.models.checkpoints import DamagedError, read_checkpoint
from attention_core.models.hub import Loading, Progress, fetch, forget, require_possible
from attention_core.models.registry import CARDS, SEE_PAGE, ModelCard
from attention_core.models.timm_config import read_config
from attention_core.models.vision_model import VisionModel
from attention_core.models.weights import WeightsError

CARDS_BY_NAME: Final = {card.name: card for card in CARDS}
TIMM_HUB: Final = "hf-hub:"
YOURS: Final = "unknown: your checkpoint"
WEIGHTS_FILE: Final = "model.safetensors"

Checkpoint = Path | str | bytes


def load_by_name(
    name: str,
    *,
    patch_size: int | None = None,
    stride: int | None = None,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> VisionModel:
    """Return the model with trained weights, from the hub's cache, the hub, or a safetensors file for that architecture.

    One load runs at a time in a process; others wait for it.

    Args:
        name: as `load_model` takes it.
        patch_size, stride: as in `patching.repatch`.
        checkpoint: a safetensors file, as a path or its bytes.
        progress: called in this thread with the bytes that have arrived and the bytes in all.
        cancel: stops the load; it may be set from another thread.

    Raises:
        ValueError: for an unknown name, or an option that does not fit the model.
        WeightsError: if the weights cannot be had.
        LoadCancelledError: if `cancel` was set.
    """
    card = CARDS_BY_NAME.get(name)
    loading = Loading(card.title if card else name, progress, cancel)
    library = card.library if card else _library(name)
    if library != "timm" and (patch_size is not None or stride is not None):
        raise ValueError(f"patch_size and stride can be set for plain timm ViTs only; leave them out for {name}")
    with loading.alone():
        if library == "transformers":
            if checkpoint is not None:
                raise ValueError(f"a checkpoint can be given for timm and torchvision models; leave it out for {name}")
            return _from_transformers(name, card, loading)
        if library == "torchvision" and card is not None:
            weights, source = _weights(card.repository, WEIGHTS_FILE, checkpoint, loading)
            licence = YOURS if checkpoint is not None else card.licence
            return torchvision_models.vision_model(torchvision_models.build_vit_b16(weights), card, source, licence)
        if name.startswith(TIMM_HUB):
            return _from_timm_hub(name, checkpoint, loading, patch_size, stride)
        return _from_timm(name, card, checkpoint, loading, patch_size, stride)


def _library(name: str) -> str:
    """The library of a name. Raises ValueError for a name that no library can load."""
    if name.startswith(TIMM_HUB):
        return "timm"
    if "/" in name:
        return "transformers"
    import timm

    architecture, _, tag = name.partition(".")
    known = timm.is_model(architecture) and (not tag or name in timm.list_pretrained(f"{architecture}.*"))
    if not known:
        near = difflib.get_close_matches(name, [*timm.list_models(), *timm.list_pretrained()], 3)
        hint = f" such as {', '.join(near)}" if near else ""
        raise ValueError(
            f"unknown model {name!r}; expected a name of timm's{hint}, a registered one, hf-hub:owner/name for a timm model on "
            "the hub, or owner/name for one of transformers"
        )
    return "timm"


def _from_timm(
    name: str,
    card: ModelCard | None,
    checkpoint: Checkpoint | None,
    loading: Loading,
    patch_size: int | None,
    stride: int | None,
) -> VisionModel:
    import timm

    architecture = card.architecture if card else name
    config = timm.models.get_pretrained_cfg(architecture)
    repository = getattr(config, "hf_hub_id", None) or ""
    filename = _safe_name(getattr(config, "hf_hub_filename", None))
    if checkpoint is None and not repository:
        raise WeightsError(f"timm publishes no weights of {name} on the hub; give a safetensors checkpoint, or choose another.")
    weights, source = _weights(repository, filename, checkpoint, loading)
    arguments = {}
    if checkpoint is not None:
        arguments = _head(weights, config)
        timm_models.require_size(architecture, timm_models.without_memory(architecture), weights)
    module = timm_models.build_module(architecture, weights, **arguments)
    return timm_models.as_vision_model(
        module,
        name,
        card.title if card else name,
        source=source,
        licence=YOURS if checkpoint is not None else getattr(config, "license", None) or SEE_PAGE,
        patch_size=patch_size,
        stride=stride,
    )


def _from_timm_hub(
    name: str, checkpoint: Checkpoint | None, loading: Loading, patch_size: int | None, stride: int | None
) -> VisionModel:
    repository = name.removeprefix(TIMM_HUB)
    if not repository:
        raise WeightsError(f"{TIMM_HUB} alone is not on the hub: write owner/name after it.")
    config = read_config(fetch(repository, "config.json", loading.quiet), repository)
    weights, source = _weights(repository, WEIGHTS_FILE, checkpoint, loading)
    config.require_size(weights, repository, own_weights=checkpoint is not None)
    module = timm_models.build_module(config.architecture, weights, pretrained_cfg_overlay=config.overlay, **config.arguments)
    licence = str(config.overlay.get("license") or SEE_PAGE)
    return timm_models.as_vision_model(
        module, name, repository, source=source, licence=licence, patch_size=patch_size, stride=stride
    )


def _from_transformers(name: str, card: ModelCard | None, loading: Loading) -> VisionModel:
    require_possible(name)
    transformers_models.require_transformers()
    paths = [fetch(name, file, loading if file == WEIGHTS_FILE else loading.quiet) for file in transformers_models.FILES]
    with _forgetting(paths[-1]):
        weights = read_checkpoint(paths[-1], name)
    model = transformers_models.read_folder(paths[-1].parent, name, weights)
    title = card.title if card else name
    licence = card.licence if card else SEE_PAGE
    return transformers_models.as_vision_model(model, paths[-1].parent, name, title, source=f"hub, {name}", licence=licence)


def _weights(repository: str, filename: str, checkpoint: Checkpoint | None, loading: Loading) -> tuple[dict[str, Tensor], str]:
    if checkpoint is not None:
        return read_checkpoint(checkpoint), "your checkpoint" if isinstance(checkpoint, bytes) else Path(checkpoint).name
    path = fetch(repository, filename, loading)
    with _forgetting(path):
        weights = read_checkpoint(path, repository)
    loading.check()
    return weights, f"hub, {repository}"


@contextmanager
def _forgetting(path: Path) -> Iterator[None]:
    """Remove a damaged file from the cache, so that the next load downloads it again."""
    try:
        yield
    except DamagedError:
        forget(path)
        raise


def _head(weights: dict[str, Tensor], config: Any) -> dict[str, Any]:
    """Arguments for a classifier of the checkpoint's size, or none."""
    names = config.classifier if isinstance(config.classifier, (tuple, list)) else (config.classifier,)
    head = next((weights[f"{name}.weight"] for name in names if f"{name}.weight" in weights), None)
    count = 0 if head is None else head.shape[0]
    return {"num_classes": count, "pretrained_cfg_overlay": {"num_classes": count}}


def _safe_name(filename: str | None) -> str:
    if not filename:
        return WEIGHTS_FILE
    stem = filename.removesuffix(".bin").replace("pytorch_model", "model")
    return filename if filename.endswith(".safetensors") else f"{stem}.safetensors"
