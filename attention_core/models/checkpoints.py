"""Weights from a safetensors file, and from nothing else: no format that is read here can run code."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from attention_core.models.weights import WeightsError

_PICKLES = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


class DamagedError(WeightsError):
    """The file is not whole, or no safetensors file."""


def read_checkpoint(file: Path | str | bytes, name: str | None = None) -> dict[str, Tensor]:
    """The tensors of a safetensors file, given as its place or as its bytes.

    Raises WeightsError where the file is absent, another format (.bin, .pt, .ckpt hold pickled Python, which can run code),
    damaged, or where a tensor holds a number that is not finite.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load, load_file

    name = name or (Path(file).name if not isinstance(file, bytes) else "The checkpoint")
    pickled = file.startswith(_PICKLES) if isinstance(file, bytes) else Path(file).suffix != ".safetensors"
    if pickled:
        raise WeightsError(
            f"{name} is not safetensors: pickled weights can run code and are not read; convert it, and load that."
        )
    try:
        state_dict: dict[str, Tensor] = load(file) if isinstance(file, bytes) else load_file(file)
    except SafetensorError as error:
        raise DamagedError(f"{name} is damaged or no safetensors file; save or download it again.") from error
    except FileNotFoundError as error:
        raise WeightsError(f"{name} does not exist; check its place.") from error
    except OSError as error:
        raise WeightsError(f"{name} cannot be read ({error.strerror or type(error).__name__}); check its place.") from error
    for key, tensor in state_dict.items():
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise WeightsError(f"{name} holds numbers that are not finite, in {key}; choose another checkpoint.")
    return state_dict
