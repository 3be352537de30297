"""A check that a model can be drawn over an image."""

from __future__ import annotations

from PIL import Image

from attention_core.models.vision_model import VisionModel
from attention_core.models.weights import WeightsError
from attention_core.tokens.layer_on_image import WHY_NOT, layers_left_out, layers_on_image


def require_drawable(model: VisionModel) -> None:
    """Raise WeightsError if no layer of the model can be laid on an image; runs it once on a small grey one."""
    grey = Image.new("RGB", (32, 32), "grey")
    record, grid = model.record(grey, model.across_limits[0], keep_v=False)
    if not layers_on_image(model, record, grid):
        (why, *_) = layers_left_out(model, record, grid, [])
        raise WeightsError(f"{model.title} cannot be drawn: its layers {WHY_NOT[why]}; choose another model.")
