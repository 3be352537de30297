"""A model's own attention weights. The model computes them without its fused kernels, and its softmax results are caught."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


def with_strong_attention(module: nn.Module, seed: int = 0) -> nn.Module:
    """Set random weights that make tokens attend unevenly. Positions and prefix tokens differ from each other."""
    generator = torch.Generator().manual_seed(seed)
    projections = ("qkv", "q_proj", "k_proj", "in_proj_weight", "query", "key", ".q.", ".kv.", ".k.")
    places = ("_token", "pos_embed", "position", "class_embedding", "bias_table", "attention_biases")
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if any(part in f"{name}." for part in projections) and parameter.ndim == 2:
                parameter.normal_(std=1.5 / parameter.shape[1] ** 0.5, generator=generator)
            elif any(part in name for part in places):
                parameter.normal_(std=0.5, generator=generator)
    return module.eval().requires_grad_(False)


@contextmanager
def softmaxes() -> Iterator[list[Tensor]]:
    """Collect every result of `Tensor.softmax` and `torch.softmax` inside the block."""
    caught: list[Tensor] = []
    real = {torch.Tensor: torch.Tensor.softmax, torch: torch.softmax}

    def catching(softmax: object) -> object:
        def call(tensor: Tensor, *args: object, **kwargs: object) -> Tensor:
            caught.append(softmax(tensor, *args, **kwargs))
            return caught[-1]

        return call

    for owner, softmax in real.items():
        owner.softmax = catching(softmax)
    try:
        yield caught
    finally:
        for owner, softmax in real.items():
            owner.softmax = softmax


@contextmanager
def unfused(module: nn.Module) -> Iterator[None]:
    """Use timm's explicit path: scores, softmax, weights."""
    fused = [part for part in module.modules() if getattr(part, "fused_attn", False)]
    for part in fused:
        part.fused_attn = False
    try:
        yield
    finally:
        for part in fused:
            part.fused_attn = True


def timms_own(module: nn.Module, pixels: Tensor) -> list[Tensor]:
    """Return one tensor (B, H, Nq, Nk) per layer. Windows are moved into the batch as in a recording."""
    with torch.inference_mode(), unfused(module), softmaxes() as caught:
        module(pixels)
    return [weights.movedim(1, -3).flatten(0, -4) if weights.ndim > 4 else weights for weights in caught]


def torchvisions_own(module: nn.Module, pixels: Tensor) -> list[Tensor]:
    """Return the weights of each head from `nn.MultiheadAttention`, on the input that the layer received."""
    inputs: list[Tensor] = []
    layers = [part for part in module.modules() if isinstance(part, nn.MultiheadAttention)]
    hooks = [layer.register_forward_pre_hook(lambda _, args: inputs.append(args[0])) for layer in layers]
    with torch.inference_mode():
        module(pixels)
        for hook in hooks:
            hook.remove()
        return [layer(x, x, x, average_attn_weights=False)[1] for layer, x in zip(layers, inputs, strict=True)]


def transformers_own(model: nn.Module, pixels: Tensor, **extras: object) -> list[Tensor]:
    """Return the attentions of the model's eager implementation."""
    model.set_attn_implementation("eager")
    try:
        with torch.inference_mode():
            return list(model(pixel_values=pixels, output_attentions=True, **extras).attentions)
    finally:
        model.set_attn_implementation("sdpa")
