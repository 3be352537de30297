"""Cases of transformers. The truth is what a model returns with `output_attentions=True` in its eager implementation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
import transformers
from torch import Tensor, nn

from tests.architectures.harness import Case, Way
from tests.models import reference

Inputs = Callable[[], dict[str, Any]]
Fields = tuple[str | tuple[str, ...], ...]
Truth = Callable[[nn.Module, Inputs], list[Tensor]]

TEXT: dict[str, Any] = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 40,
    "vocab_size": 50, "max_position_embeddings": 64, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip
VISION: dict[str, Any] = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 40,
    "image_size": 32, "patch_size": 8,
}  # fmt: skip
BATCH = 2


def tokens(count: int = 7, padded: int = 2, vocabulary: int = 50) -> dict[str, Tensor]:
    """Return two sentences. The second is `padded` tokens shorter."""
    ids = torch.randint(3, vocabulary, (BATCH, count), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids)
    mask[1, count - padded :] = 0
    return {"input_ids": ids, "attention_mask": mask}


def pixels(side: int = 32) -> dict[str, Tensor]:
    return {"pixel_values": torch.randn(BATCH, 3, side, side, generator=torch.Generator().manual_seed(1))}


def implementation(name: str, backbone: str | None = None) -> Way:
    """Compute the model's attention by "sdpa" or "eager". `backbone` names another implementation for a backbone that
    lacks this one.
    """

    def set_on(model: nn.Module) -> AbstractContextManager[nn.Module]:
        model.set_attn_implementation(name if backbone is None else {"": name, "backbone_config": backbone})
        return nullcontext(model)

    return set_on


def twin(name: str) -> Way:
    """Return the same for a model that chooses its attention class when it is built: a second model with equal weights."""

    def built(model: nn.Module) -> AbstractContextManager[nn.Module]:
        config = type(model.config).from_dict(model.config.to_dict() | {"attn_implementation": name})
        other = type(model)(config).eval()
        other.load_state_dict(model.state_dict())
        return nullcontext(other)

    return built


EAGER = implementation("eager")
BOTH: Mapping[str, Way] = {"fused": implementation("sdpa"), "explicit": EAGER}
WITH_BACKBONE: Mapping[str, Way] = {"fused": implementation("sdpa", "eager"), "explicit": EAGER}
TWINS: Mapping[str, Way] = {"fused": twin("sdpa"), "explicit": twin("eager")}
EXPLICIT: Mapping[str, Way] = {"explicit": EAGER}


def fields(*names: str | tuple[str, ...], way: Way = EAGER) -> Truth:
    """Return the named outputs, layer by layer. Several names take turns, like self-attention and cross-attention."""

    def truth(model: nn.Module, inputs: Inputs) -> list[Tensor]:
        with way(model) as eager:
            output = eager(**inputs(), output_attentions=True)
        found: list[Tensor] = []
        for name in names:
            streams = [_field(output, each) for each in (name if isinstance(name, tuple) else (name,))]
            found += [weights for turn in zip(*streams, strict=True) for weights in turn]
        return [_of_four_axes(weights) for weights in found]

    return truth


def own_of_twin(model: nn.Module, inputs: Inputs) -> list[Tensor]:
    """Return the attentions of a model that chooses its implementation when it is built."""
    return fields("attentions", way=twin("eager"))(model, inputs)


def returned_by(pattern: str, way: Way = EAGER) -> Truth:
    """Return the second output of every module whose class name matches `pattern`, in the order of the calls."""

    def truth(model: nn.Module, inputs: Inputs) -> list[Tensor]:
        found: list[Tensor] = []
        with way(model) as eager:
            parts = [part for part in eager.modules() if re.search(pattern, type(part).__name__)]
            hooks = [part.register_forward_hook(lambda _part, _args, output: found.append(output[1])) for part in parts]
            hooks += [part.register_forward_pre_hook(_ask_for_heads, with_kwargs=True) for part in parts if _is_torchs(part)]
            eager(**inputs(), output_attentions=True)
            for hook in hooks:
                hook.remove()
        return [_of_four_axes(weights) for weights in found if weights is not None]

    return truth


def caught(model: nn.Module, inputs: Inputs) -> list[Tensor]:
    """Return every explicit softmax of a model that returns no attentions."""
    with reference.softmaxes() as weights:
        model(**inputs())
    return weights


def case(
    kind: str,
    name: str,
    config: str,
    options: dict[str, Any],
    inputs: Inputs,
    truth: Truth | None = None,
    ways: Mapping[str, Way] = BOTH,
    unseen: str = "",
    model: str = "",
) -> Case:
    """config: the class of the configuration. The model's class has the same name unless `model` gives another.

    truth: what the model returns as its `attentions`, unless another function is given.
    """
    own = truth or fields("attentions")

    def build() -> nn.Module:
        model_class = getattr(transformers, model or config.replace("Config", "Model"))
        return model_class(getattr(transformers, config)(**options))

    return Case(
        kind, "transformers", name, build, lambda module: module(**inputs()), lambda module: own(module, inputs), ways, unseen
    )


def _field(output: Any, path: str) -> tuple[Tensor, ...]:
    for part in path.split("."):
        output = getattr(output, part)
    return output


def _is_torchs(part: nn.Module) -> bool:
    return isinstance(part, nn.MultiheadAttention)


def _ask_for_heads(module: nn.Module, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    return args, kwargs | {"need_weights": True, "average_attn_weights": False}


def _of_four_axes(weights: Tensor) -> Tensor:
    """Return (B, H, windows, Nq, Nk) with the windows in the batch."""
    return weights.movedim(1, -3).flatten(0, -4) if weights.ndim == 5 else weights
