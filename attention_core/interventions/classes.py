"""The classes that a model's classifier knows: their names, and what a pass gave them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from torch import Tensor

from attention_core.models import VisionModel

TOP: Final = 5


@dataclass(frozen=True)
class Target:
    """A class and what the model gave it before and after: the value (logit) and the probability."""

    index: int
    name: str
    value_before: float
    value_after: float
    share_before: float
    share_after: float


def class_names(model: VisionModel) -> tuple[str, ...] | None:
    """What the classes of the model's classifier are called; "class 7" where that is not known, None without a classifier."""
    count = num_classes(model)
    if not count:
        return None
    return _names_of_timm(model, count) or _names_of_torchvision(model, count) or tuple(f"class {at}" for at in range(count))


def num_classes(model: VisionModel) -> int:
    """0 without a classifier."""
    count = getattr(model.module, "num_classes", 0)
    return count if isinstance(count, int) else 0


def logits_of(model: VisionModel, output: Any) -> Tensor | None:
    """(B, C), float32, of what the module returned; None where that is not one number for each class."""
    count = num_classes(model)
    if not count or not isinstance(output, Tensor) or output.ndim != 2 or output.shape[1] != count:
        return None
    return output.float()


def target_of(names: tuple[str, ...], before: Tensor, after: Tensor, index: int | None) -> Target:
    """logits (C,) before and after of a class; None takes the most probable one before.

    Raises ValueError where there is no such class.
    """
    index = int(before.argmax()) if index is None else index
    if not isinstance(index, int) or not 0 <= index < len(names):
        raise ValueError(f"the class must be 0–{len(names) - 1}, received {index!r}")
    values, shares = (
        [float(each[index]) for each in both] for both in ((before, after), (before.softmax(0), after.softmax(0)))
    )
    return Target(index, names[index], *values, *shares)


def top_of(names: tuple[str, ...], logits: Tensor) -> tuple[tuple[str, float], ...]:
    """The names and probabilities of the most probable classes."""
    best = logits.softmax(0).topk(min(TOP, len(names)))
    return tuple((names[int(at)], float(share)) for share, at in zip(*best, strict=True))


def _names_of_timm(model: VisionModel, count: int) -> tuple[str, ...] | None:
    config: dict[str, Any] = getattr(model.module, "pretrained_cfg", None) or {}
    if model.library != "timm" or not config:
        return None
    if len(given := config.get("label_names") or ()) == count:
        return tuple(map(str, given))
    from timm.data.imagenet_info import ImageNetInfo, infer_imagenet_subset

    subset = infer_imagenet_subset(config | {"num_classes": count})
    if subset is None or config.get("num_classes") != count:
        return None
    info = ImageNetInfo(subset)
    return tuple(info.index_to_description(at).partition(",")[0] for at in range(count))


def _names_of_torchvision(model: VisionModel, count: int) -> tuple[str, ...] | None:
    if model.library != "torchvision":
        return None
    from torchvision.models import ViT_B_16_Weights

    names = tuple(ViT_B_16_Weights.IMAGENET1K_V1.meta["categories"])
    return names if len(names) == count else None
