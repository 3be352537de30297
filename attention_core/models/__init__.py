"""The models Regard can look into, by name."""

from attention_core.models.catalogue import ModelInfo, available_models, load_model, model_info, registered_models
from attention_core.models.hub import LoadCancelledError
from attention_core.models.registry import ModelCard
from attention_core.models.timm_models import repatched
from attention_core.models.vision_model import VisionModel
from attention_core.models.weights import WeightsError

__all__ = [
    "LoadCancelledError",
    "ModelCard",
    "ModelInfo",
    "VisionModel",
    "WeightsError",
    "available_models",
    "load_model",
    "model_info",
    "registered_models",
    "repatched",
]
