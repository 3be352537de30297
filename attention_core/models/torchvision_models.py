"""torchvision's ViT-B/16. Its own weights are pickled and not read; those of timm's AugReg fit it, renamed."""

from __future__ import annotations

import re
from typing import Final

import torch
from torch import Tensor, nn

from attention_core.models.misfit import compare, misfit_error
from attention_core.models.registry import ModelCard
from attention_core.models.timm_models import FIXED_NOTE
from attention_core.models.vision_model import VisionModel

_RENAMED: Final = (
    (r"^cls_token$", "class_token"),
    (r"^pos_embed$", "encoder.pos_embedding"),
    (r"^patch_embed\.proj\.", "conv_proj."),
    (r"^norm\.", "encoder.ln."),
    (r"^head\.", "heads.head."),
    (r"^blocks\.(\d+)\.", r"encoder.layers.encoder_layer_\1."),
    (r"\.norm([12])\.", r".ln_\1."),
    (r"\.attn\.qkv\.", ".self_attention.in_proj_"),
    (r"\.attn\.proj\.", ".self_attention.out_proj."),
    (r"\.mlp\.fc1\.", ".mlp.0."),
    (r"\.mlp\.fc2\.", ".mlp.3."),
)


def build_vit_b16(state_dict: dict[str, Tensor] | None = None) -> nn.Module:
    """Return torchvision's `vit_b_16` in eval mode, with weights under torchvision's names or timm's; random ones without.

    Raises WeightsError if the weights do not fit.
    """
    from torchvision.models import vit_b_16

    if state_dict is None:
        module: nn.Module = vit_b_16(weights=None)
    else:
        named = state_dict if "class_token" in state_dict else renamed(state_dict)
        with torch.device("meta"):  # draws no random weights only to replace them
            module = vit_b_16(weights=None)
        try:
            module.load_state_dict({name: tensor.float() for name, tensor in named.items()}, assign=True)
        except RuntimeError as error:
            raise misfit_error("torchvision's vit_b_16", compare(module.state_dict(), named)) from error
    return module.eval().requires_grad_(False)


def renamed(state_dict: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights of timm's ViT under torchvision's names; the tensors are the same."""
    out: dict[str, Tensor] = {}
    for name, tensor in state_dict.items():
        for theirs, ours in _RENAMED:
            name = re.sub(theirs, ours, name)
        out[name] = tensor
    return out


def vision_model(module: nn.Module, card: ModelCard, source: str, licence: str) -> VisionModel:
    """Return the module as a VisionModel; it takes 224 × 224 px only, 14 × 14 patches after CLS."""
    side = card.default_across
    return VisionModel(
        name=card.name,
        title=card.title,
        module=module,
        patch_size=card.patch_size,
        default_across=side,
        prefix_tokens=card.prefix_tokens,
        mean=card.mean,
        std=card.std,
        source=source,
        licence=licence,
        library="torchvision",
        fixed_grid=(side, side),
        num_layers=sum(isinstance(part, nn.MultiheadAttention) for part in module.modules()),
        notes=(FIXED_NOTE.format(size=card.input_size),),
    )
