"""Attention, computed so that every number of it can be looked at. Needs torch; knows nothing of any user interface."""

from attention_core.analysis.contribution import contributions, head_outputs, head_writes
from attention_core.analysis.head_statistics import LayerStatistics, layer_statistics
from attention_core.analysis.pooling import PooledWeights, pooled_weights
from attention_core.capture.block_record import BlockMoves, BlockRecord
from attention_core.capture.edit import edit_attention
from attention_core.capture.features import Features
from attention_core.capture.layer_record import LayerRecord
from attention_core.capture.output_projection import OutputProjection
from attention_core.images.decoding import load_image
from attention_core.images.image_error import ImageError
from attention_core.images.patch_grid import PatchGrid, patchify, unpatchify
from attention_core.maths.attention import AttentionTrace, attention
from attention_core.maths.multi_head import MultiHeadSelfAttention, MultiHeadTrace
from attention_core.models import VisionModel, WeightsError, available_models, load_model
from attention_core.recording.record import AttentionRecord
from attention_core.recording.recorder import record_attention
from attention_core.tokens.feature_map import FeatureMap

__all__ = [
    "AttentionRecord",
    "AttentionTrace",
    "BlockMoves",
    "BlockRecord",
    "FeatureMap",
    "Features",
    "ImageError",
    "LayerRecord",
    "LayerStatistics",
    "MultiHeadSelfAttention",
    "MultiHeadTrace",
    "OutputProjection",
    "PatchGrid",
    "PooledWeights",
    "VisionModel",
    "WeightsError",
    "attention",
    "available_models",
    "contributions",
    "edit_attention",
    "head_outputs",
    "head_writes",
    "layer_statistics",
    "load_image",
    "load_model",
    "patchify",
    "pooled_weights",
    "record_attention",
    "unpatchify",
]
