"""Any timm model as a VisionModel: built, filled with weights, and surveyed to find its patches and tokens."""

from __future__ import annotations

import copy
import itertools
from typing import Any, Final

from torch import Tensor, nn

from attention_core.models import configuration
from attention_core.models.misfit import Misfit, compare, misfit_error, misfits_of_loading
from attention_core.models.patching import can_repatch, is_dynamic, repatch
from attention_core.models.reference_positions import PlainPositions, has_plain_positions, use_plain_positions
from attention_core.models.survey import Survey, survey
from attention_core.models.vision_model import VisionModel, opening_across
from attention_core.models.weights import WeightsError

SURVEYED_PATCHES: Final = 6
FIXED_NOTE: Final = "It takes {size} × {size} px only: the picture is stretched to that, whatever its shape."
PARTS_NOTE: Final = "Its layers attend inside windows, on coarser grids or with one query, not all over one grid of patches."
LEARNED_NOTE: Final = (
    "Position embeddings, learned on {rows} × {cols} patches, are interpolated to the picture's grid{how}: the farther from "
    "that, the less the model was trained for it."
)
PLAIN_POSITIONS: Final = " (bicubic, without antialiasing, as the model's reference implementation does)"


def build_module(architecture: str, state_dict: dict[str, Tensor] | None = None, **arguments: Any) -> nn.Module:
    """Return timm's model of that name, in eval mode, for any image size if it can. Without a state dict, weights are random.

    timm converts the checkpoint's names and position grid; positions for a picture's grid follow the model's reference. Raises
    WeightsError if the checkpoint does not fit.
    """
    import timm  # takes seconds; only those who load a model wait for it

    given = dict(arguments)
    overlay = dict(arguments.pop("pretrained_cfg_overlay", {}))
    if state_dict is not None and not state_dict:  # timm would go to the hub
        raise misfit_error(architecture, ())
    if state_dict is not None:
        arguments |= {"pretrained": True}
        overlay |= {"state_dict": state_dict, "source": ""}
    with misfits_of_loading() as misfits:
        try:
            module = _create(timm.create_model, architecture, pretrained_cfg_overlay=overlay, **arguments)
        except (RuntimeError, KeyError, TypeError, ValueError, AttributeError) as error:
            if state_dict is None:
                raise
            raise misfit_error(architecture, misfits() or _all_misfits(architecture, state_dict, given)) from error
    getattr(module, "pretrained_cfg", {}).pop("state_dict", None)  # timm keeps the whole checkpoint there
    if has_plain_positions(architecture) and is_dynamic(module):
        use_plain_positions(module)
    return module.eval().requires_grad_(False)


def _create(create: Any, architecture: str, **arguments: Any) -> nn.Module:
    try:
        module: nn.Module = create(architecture, dynamic_img_size=True, **arguments)
    except TypeError:  # it may not take that argument; any other reason is raised again
        module = create(architecture, **arguments)
    return module


def without_memory(architecture: str, most: int | None = None, **arguments: Any) -> nn.Module:
    """Return timm's model with tensors that have shapes and no numbers. Raises ValueError if it has more than `most`."""
    import timm

    return configuration.without_memory(lambda: timm.create_model(architecture, **arguments), most)


def require_size(architecture: str, module: nn.Module, state_dict: dict[str, Tensor]) -> None:
    """Raise WeightsError if the checkpoint is much smaller than the module, before memory is taken for it."""
    if configuration.is_much_larger(module, state_dict):
        raise misfit_error(architecture, compare(module.state_dict(), state_dict))


def _all_misfits(architecture: str, state_dict: dict[str, Tensor], arguments: dict[str, Any]) -> list[Misfit]:
    """The misfits of a checkpoint that timm could not convert; none if timm cannot build the model without it either."""
    try:
        return compare(without_memory(architecture, **arguments).state_dict(), state_dict)
    except (RuntimeError, KeyError, TypeError, ValueError, AttributeError):
        return []


def prefix_tokens(module: nn.Module) -> tuple[str, ...]:
    """Return the names of the tokens before the patches, in the order of timm's forward: CLS, distillation, registers.

    The module itself counts them (num_prefix_tokens): a model may have no CLS, or tokens of another kind.
    """
    holders = [module, *(held for name in ("embeds", "embeddings") if (held := getattr(module, name, None)) is not None)]

    def found(name: str) -> Tensor | None:
        return next((token for holder in holders if isinstance(token := getattr(holder, name, None), Tensor)), None)

    names = ["CLS"] if found("cls_token") is not None else []
    names += ["distillation"] if found("dist_token") is not None else []
    registers = found("reg_token")
    if registers is not None:
        names += [f"register {number}" for number in range(1, registers.shape[-2] + 1)]
    count = getattr(module, "num_prefix_tokens", None)
    if not isinstance(count, int):
        return tuple(names)
    unnamed = (f"prefix {number}" for number in itertools.count(len(names) + 1))
    return tuple(itertools.islice(itertools.chain(names, unnamed), count))


def as_vision_model(
    module: nn.Module,
    name: str,
    title: str,
    *,
    source: str,
    licence: str,
    patch_size: int | None = None,
    stride: int | None = None,
    default_across: int | None = None,
) -> VisionModel:
    """Return a timm module as a VisionModel, surveyed with a blank picture after its patches were changed, if asked for.

    Raises WeightsError if it has no attention over tokens, ValueError as `repatch` does.
    """
    patching = repatch(module, patch_size, stride)
    config: dict[str, Any] = getattr(module, "pretrained_cfg", {})
    prefix = prefix_tokens(module)
    size = _square_size(config, title)
    dynamic, seen = _surveyed(module, size, len(prefix), title)
    step = seen.patch_size
    return VisionModel(
        name=name,
        title=title,
        module=module,
        patch_size=step,
        default_across=opening_across(default_across or size // step, step) if dynamic else seen.side,
        prefix_tokens=prefix,
        mean=tuple(config.get("mean", (0.5,) * 3)),
        std=tuple(config.get("std", (0.5,) * 3)),
        source=source,
        licence=licence,
        library="timm",
        kernel_size=patching.kernel if patching.kernel > step else None,
        plain=seen.plain,
        num_layers=seen.num_layers,
        fixed_grid=None if dynamic else (seen.side, seen.side),
        notes=(*_notes(module, dynamic, size), *(() if seen.plain else (PARTS_NOTE,)), *patching.notes),
    )


def repatched(model: VisionModel, patch_size: int | None = None, stride: int | None = None) -> VisionModel:
    """Return a copy of the model with other patches. Raises ValueError as `repatch` does."""
    module = copy.deepcopy(model.module) if can_repatch(model.module) else model.module  # as_vision_model refuses the latter
    return as_vision_model(
        module,
        model.name,
        model.title,
        source=model.source,
        licence=model.licence,
        patch_size=patch_size,
        stride=stride,
    )


def _surveyed(module: nn.Module, size: int, num_prefix: int, title: str) -> tuple[bool, Survey]:
    """Whether the model takes any size, and its survey: on a small picture if it does."""
    if is_dynamic(module):
        seen = survey(module, SURVEYED_PATCHES * _step(module, size), num_prefix, title)
        if seen.plain:
            return True, seen
    return False, survey(module, size, num_prefix, title)


def _square_size(config: dict[str, Any], title: str) -> int:
    channels, height, width = config.get("input_size", (3, 224, 224))
    if channels != 3 or height != width:
        raise WeightsError(
            f"{title} takes {channels} channels of {height} × {width} px, and square RGB is needed; choose another."
        )
    return int(height)


def _step(module: nn.Module, size: int) -> int:
    ratio = getattr(getattr(module, "patch_embed", None), "feat_ratio", None)
    return int(ratio()) if ratio is not None else max(1, size // SURVEYED_PATCHES)


def _notes(module: nn.Module, dynamic: bool, size: int) -> tuple[str, ...]:
    if not dynamic:
        return (FIXED_NOTE.format(size=size),)
    positions = getattr(module, "positions", None)
    if isinstance(positions, PlainPositions):
        return (LEARNED_NOTE.format(rows=positions.side[0], cols=positions.side[1], how=PLAIN_POSITIONS),)
    grid = getattr(getattr(module, "patch_embed", None), "grid_size", None)
    if grid is None or getattr(module, "pos_embed", None) is None:
        return ()
    return (LEARNED_NOTE.format(rows=grid[0], cols=grid[1], how=""),)
