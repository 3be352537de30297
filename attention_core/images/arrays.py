"""Images that come as arrays of numbers."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image
from torch import Tensor

from attention_core.images.image_error import ImageError

_EXPECTED: Final = "Expected an array (H, W), (H, W, 3) or (H, W, 4), or a tensor (3, H, W), uint8 or floating from 0 to 1"


def image_of(values: np.ndarray | Tensor) -> Image.Image:
    """Grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4), of tensors (3, H, W) too, as a picture of 8 bits a channel.

    Raises ImageError on any other shape or type, and on floating numbers that are not from 0 to 1.
    """
    shape, dtype = tuple(values.shape), str(values.dtype).removeprefix("torch.")
    array = _channels_last(values) if isinstance(values, Tensor) else values
    if array.ndim == 4:
        raise ImageError(f"{_EXPECTED}, received {shape}; give a batch as a list of images, such as list(batch).")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)) or not array.size:
        raise ImageError(f"{_EXPECTED}, received the shape {shape}.")
    if np.issubdtype(array.dtype, np.floating):
        low, high = float(array.min()), float(array.max())
        if not (low >= 0 and high <= 1):  # so that NaN is refused too
            raise ImageError(f"{_EXPECTED}, received {dtype} from {low:g} to {high:g}.")
        array = np.round(array * 255).astype(np.uint8)
    if array.dtype != np.uint8:
        raise ImageError(f"{_EXPECTED}, received {dtype}.")
    return Image.fromarray(np.ascontiguousarray(array))


def _channels_last(values: Tensor) -> np.ndarray:
    """In main memory; (3, H, W) as (H, W, 3)."""
    if values.ndim == 3 and values.shape[0] == 3:
        values = values.permute(1, 2, 0)
    values = values.detach().cpu()
    array: np.ndarray = (values.float() if values.is_floating_point() else values).numpy()
    return array
