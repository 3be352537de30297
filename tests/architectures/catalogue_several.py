"""Models of transformers with several towers: vision with language, and detection and segmentation of objects."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from tests.architectures.hub_case import (
    EXPLICIT,
    TEXT,
    VISION,
    WITH_BACKBONE,
    Inputs,
    case,
    caught,
    fields,
    implementation,
    pixels,
    returned_by,
    tokens,
)

GROUPED = TEXT | {"num_key_value_heads": 2}
RESNET: dict[str, Any] = {
    "model_type": "resnet", "embedding_size": 8, "hidden_sizes": [8, 8, 16, 16], "depths": [1, 1, 1, 1], "layer_type": "basic",
    "out_features": ["stage2", "stage3", "stage4"],
}  # fmt: skip
DETR: dict[str, Any] = {
    "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4, "decoder_attention_heads": 4,
    "encoder_ffn_dim": 40, "decoder_ffn_dim": 40, "num_queries": 5, "num_labels": 3,
    "backbone_config": RESNET | {"out_features": ["stage4"]},
}  # fmt: skip
DEFORMABLE: dict[str, Any] = DETR | {
    "backbone_config": RESNET,
    "num_feature_levels": 3,
    "encoder_n_points": 2,
    "decoder_n_points": 2,
}
SWIN: dict[str, Any] = {
    "model_type": "swin", "image_size": 64, "patch_size": 2, "embed_dim": 8, "depths": [1, 1, 1, 1], "num_heads": [1, 1, 2, 2],
    "window_size": 4, "out_features": ["stage1", "stage2", "stage3", "stage4"],
}  # fmt: skip
LARGE = partial(pixels, 64)
SAMPLED = "sampl|deform"
of_two = partial(case, "vision–language")
detection = partial(case, "detection")
in_turn = ("decoder_attentions", "cross_attentions")


def both() -> dict[str, Tensor]:
    return tokens() | pixels()


def asked() -> dict[str, Tensor]:
    """Return a sentence whose first four tokens stand for the picture."""
    sentence = tokens(10)
    sentence["input_ids"][:, :16] = sentence["input_ids"][:, :16].clamp(min=4)
    picture = torch.full((2, 16), 3)
    return {
        "input_ids": torch.cat([picture, sentence["input_ids"]], 1),
        "attention_mask": torch.cat([torch.ones_like(picture), sentence["attention_mask"]], 1),
    } | pixels()


def drawn() -> dict[str, Tensor]:
    """ViLT samples the patches that it attends to."""
    torch.manual_seed(0)
    return both()


def grounding(module: nn.Module, inputs: Inputs) -> list[Tensor]:
    """Return all attentions except those over sampled points (B, Nq, H, points).

    The fusion of picture and text has the shape (B · H, Nq, Nk).
    """
    with implementation("eager")(module) as eager:
        own = [weights for weights in caught(eager, inputs) if weights.shape[-2:] != (4, 6)]
    return [weights.view(2, -1, *weights.shape[1:]) if weights.ndim == 3 else weights for weights in own]


CASES = [
    of_two(
        "CLIP", "CLIPConfig", {"text_config": TEXT, "vision_config": VISION, "projection_dim": 16}, both,
        fields("vision_model_output.attentions", "text_model_output.attentions"),
    ),
    of_two("SigLIP", "SiglipConfig", {"text_config": TEXT, "vision_config": VISION}, both, returned_by("Attention$")),
    of_two(
        "BLIP", "BlipConfig", {"text_config": TEXT | {"encoder_hidden_size": 32}, "vision_config": VISION,
        "projection_dim": 16}, both, returned_by("SelfAttention$|BlipAttention$"), EXPLICIT,
        model="BlipForImageTextRetrieval",
    ),
    of_two("ViLT", "ViltConfig", TEXT | VISION | {"max_position_embeddings": 40}, drawn, ways=EXPLICIT),
    of_two(
        "LLaVA", "LlavaConfig", {"text_config": GROUPED | {"model_type": "llama"},
        "vision_config": VISION | {"model_type": "clip_vision_model"}, "image_token_id": 3, "vision_feature_layer": -1},
        asked, returned_by("Attention$"),
    ),
    of_two(
        "PaliGemma", "PaliGemmaConfig", {"text_config": GROUPED | {"model_type": "gemma", "head_dim": 8},
        "vision_config": VISION | {"model_type": "siglip_vision_model", "vision_use_head": False}, "image_token_id": 3,
        "projection_dim": 32}, asked, returned_by("Attention$"),
    ),
    detection("DETR", "DetrConfig", DETR, LARGE, fields("encoder_attentions", in_turn), WITH_BACKBONE),
    detection("Conditional DETR", "ConditionalDetrConfig", DETR, LARGE, fields("encoder_attentions", in_turn), WITH_BACKBONE),
    detection("Table Transformer", "TableTransformerConfig", DETR, LARGE, fields("encoder_attentions", in_turn), EXPLICIT),
    detection(
        "Deformable DETR", "DeformableDetrConfig", DEFORMABLE, LARGE, fields("decoder_attentions"), WITH_BACKBONE, SAMPLED,
    ),
    detection(
        "RT-DETR", "RTDetrConfig", {"d_model": 32, "encoder_hidden_dim": 32, "encoder_in_channels": [8, 16, 16],
        "encoder_attention_heads": 4, "encoder_ffn_dim": 40, "decoder_attention_heads": 4, "decoder_layers": 2,
        "decoder_ffn_dim": 40, "decoder_in_channels": [32, 32, 32], "num_queries": 5, "decoder_n_points": 2,
        "num_denoising": 0, "num_labels": 3, "backbone_config": RESNET | {"model_type": "rt_detr_resnet"}}, LARGE,
        returned_by("SelfAttention$"), WITH_BACKBONE, SAMPLED,
    ),
    detection(
        "Grounding DINO", "GroundingDinoConfig", DEFORMABLE | {"text_config": TEXT | {"model_type": "bert"},
        "backbone_config": SWIN | {"out_features": ["stage2", "stage3", "stage4"]}, "num_feature_levels": 3,
        "max_text_len": 16}, lambda: LARGE() | tokens(), grounding, EXPLICIT, SAMPLED,
    ),
    detection(
        "Mask2Former", "Mask2FormerConfig", {"feature_size": 32, "mask_feature_size": 32, "hidden_dim": 32,
        "encoder_feedforward_dim": 40, "encoder_layers": 2, "decoder_layers": 2, "num_attention_heads": 4,
        "dim_feedforward": 40, "num_queries": 5, "num_labels": 3, "backbone_config": SWIN}, LARGE,
        returned_by("SelfAttention$|SwinAttention$|Mask2FormerAttention$|^MultiheadAttention$"), EXPLICIT, SAMPLED,
    ),
    detection(
        "OWL-ViT", "OwlViTConfig", {"text_config": TEXT, "vision_config": VISION, "projection_dim": 16}, both,
        fields("vision_model_output.attentions", "text_model_output.attentions"),
    ),
]  # fmt: skip
