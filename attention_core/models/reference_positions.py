"""DINOv2's position embeddings, interpolated as in its reference implementations, unlike in timm.

timm resizes learned positions with antialiasing, which changes the cubic kernel too; DINOv2 without registers was published
with plain bicubic interpolation (Oquab et al. 2023; transformers' `Dinov2Model`). On a grid that is not the learned one the two
differ by up to 0.4 in a weight of attention.
"""

from __future__ import annotations

import re
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_WITHOUT_ANTIALIAS: Final = re.compile(r"vit_(small|base|large|giant)_patch14_dinov2(\..*)?")
"""timm's names. Those with registers (reg4) were published with antialiasing, as timm does it."""


def has_plain_positions(architecture: str) -> bool:
    """True if the reference of this architecture of timm's interpolates positions without antialiasing."""
    return _WITHOUT_ANTIALIAS.fullmatch(architecture) is not None


class PlainPositions(nn.Module):
    """Adds position embeddings to the patches that a timm patch embedding puts out, bicubic without antialiasing.

    learned (1, rows · cols, D): one for each patch of the grid `side`, (rows, cols).
    """

    learned: Tensor

    def __init__(self, learned: Tensor, side: tuple[int, int]) -> None:
        super().__init__()
        self.register_buffer("learned", learned.detach().clone())
        self.side = side

    def on(self, rows: int, cols: int) -> Tensor:
        """The positions of a grid, (1, rows, cols, D); the learned ones as they are where it is their own."""
        learned = self.learned.view(1, *self.side, -1)
        if (rows, cols) == self.side:
            return learned
        resized = F.interpolate(learned.permute(0, 3, 1, 2).float(), (rows, cols), mode="bicubic")
        return resized.permute(0, 2, 3, 1).to(learned.dtype)

    def add(self, _embed: nn.Module, _args: tuple[Any, ...], patches: Tensor) -> Tensor:
        """A forward hook: patches (B, rows, cols, D) with their positions."""
        return patches + self.on(*patches.shape[1:3])


def use_plain_positions(module: nn.Module) -> None:
    """Let a timm ViT with a free image size interpolate its positions as the reference does, in place.

    timm leaves positions alone where a model has none (`pos_embed` is None): CLS carries its own from here on, and a hook on
    the patch embedding gives the patches theirs.
    """
    vit: Any = module
    with torch.no_grad():
        vit.cls_token += vit.pos_embed[:, :1]
    vit.positions = PlainPositions(vit.pos_embed[:, 1:], vit.patch_embed.grid_size)
    vit.pos_embed = None
    vit.patch_embed.register_forward_hook(vit.positions.add)
    vit.register_state_dict_post_hook(_as_timm)
    vit.register_load_state_dict_pre_hook(_from_timm)


def _as_timm(_vit: nn.Module, state: dict[str, Tensor], prefix: str, _metadata: object) -> None:
    """Weights are saved under timm's names, so that what was trained further opens wherever timm's do."""
    learned = state.pop(f"{prefix}positions.learned")
    state[f"{prefix}pos_embed"] = torch.cat([torch.zeros_like(learned[:, :1]), learned], 1)


def _from_timm(_vit: nn.Module, state: dict[str, Tensor], prefix: str, *_: object) -> None:
    if (positions := state.pop(f"{prefix}pos_embed", None)) is not None:
        state[f"{prefix}positions.learned"] = positions[:, 1:]
        state[f"{prefix}cls_token"] = state[f"{prefix}cls_token"] + positions[:, :1]
