"""Whether a pass or a model could fit at all, before anything of it is begun: by counting, where nothing was measured yet."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from typing import Final

from torch import nn

from attention_core.images.patch_grid import PatchGrid
from attention_core.models.cost import TooLargeError, size
from attention_core.models.free_memory import available_bytes, claimed, fits
from attention_core.models.placement import placement_of
from attention_core.models.weights import WeightsError

NUMBERS: Final = 6
"""That a recorded pass holds at its peak for each patch, layer and number of the stream's width: `measure_cost` finds 6.1 of
DINOv2-small, for 196 patches as for 4,096.
"""
PARAMETERS_OF_BLOCK: Final = 12
"""Of a Transformer's block, in squares of its width: 4 in attention, 8 in its MLP."""
COPIES: Final = 2
"""Of weights while a model is built: those of the file and the model's own."""


def room_for_pass(
    title: str, module: nn.Module, num_layers: int, grid: PatchGrid, batch: int = 1
) -> AbstractContextManager[None]:
    """While entered the memory is claimed that recording so many images on this grid takes. Entering raises TooLargeError where
    that is more than is free.
    """
    device, dtype = placement_of(module)
    width = math.sqrt(sum(each.numel() for each in module.parameters()) / (PARAMETERS_OF_BLOCK * max(1, num_layers)))
    needed = round(NUMBERS * dtype.itemsize * width * num_layers * grid.num_patches * batch)

    def refused(free: int) -> TooLargeError:
        return TooLargeError(
            f"{grid.rows} × {grid.cols} patches of {title} take about {size(needed)} of memory, and {size(free)} are free: "
            "choose a coarser detail or a smaller model, or try again in a while.",
            None,
        )

    return claimed(needed, device, refused)


def require_room_for_weights(what: str, count: int) -> None:
    """Raises WeightsError where a model whose weights are so many bytes would take more memory than is free."""
    needed, free = COPIES * count, available_bytes()
    if not fits(needed, free):
        raise WeightsError(
            f"{what} takes about {size(needed)} of memory as it is loaded, and {size(free)} are free; choose a smaller model, "
            "or try again in a while."
        )
