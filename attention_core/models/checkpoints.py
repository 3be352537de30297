"""Weights from a safetensors file. Other formats are refused: they can run code."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from attention_core.models.cost import require_room_for_weights
from attention_core.models.weights import WeightsError

_PICKLED: Final = "{name} is not safetensors: pickled weights can run code and are not read; convert it, and load that."
_DAMAGED: Final = "{name} is damaged or no safetensors file; save or download it again."
_PICKLES: Final = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


class DamagedError(WeightsError):
    """The file is incomplete, or no safetensors file."""


class PickledError(WeightsError):
    """The file has another format, which may hold pickled Python."""


def require_safetensors(content: bytes, name: str) -> None:
    """Raise PickledError or DamagedError if the first bytes and the length are not those of a safetensors file."""
    if content.startswith(_PICKLES):
        raise PickledError(_PICKLED.format(name=name))
    header = int.from_bytes(content[:8], "little")
    if content[8:9] != b"{" or 8 + header > len(content):
        raise DamagedError(_DAMAGED.format(name=name))


def conversion(name: str) -> str:
    """Return a line of Python that converts a pickled state dict to safetensors without running pickled code."""
    target = f"{Path(name).stem}.safetensors"
    return (
        "import torch, safetensors.torch as st; "
        f"st.save_file({{k: v.clone().contiguous() for k, v in torch.load({name!r}, weights_only=True).items()}}, {target!r})"
    )


def read_checkpoint(file: Path | str | bytes, name: str | None = None) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file, given as a path or as its bytes.

    Raises WeightsError if the file is absent, damaged or of another format (.bin, .pt and .ckpt hold pickled Python), if one of
    its numbers is not finite, or if loading it takes more memory than is free.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load, load_file

    name = name or (Path(file).name if not isinstance(file, bytes) else "The checkpoint")
    if isinstance(file, bytes):
        require_safetensors(file, name)
    elif Path(file).suffix != ".safetensors":
        raise PickledError(_PICKLED.format(name=name))
    try:
        require_room_for_weights(name, len(file) if isinstance(file, bytes) else Path(file).stat().st_size)
        state_dict: dict[str, Tensor] = load(file) if isinstance(file, bytes) else load_file(file)
    except SafetensorError as error:
        raise DamagedError(_DAMAGED.format(name=name)) from error
    except FileNotFoundError as error:
        raise WeightsError(f"{name} does not exist; check its place.") from error
    except OSError as error:
        raise WeightsError(f"{name} cannot be read ({error.strerror or type(error).__name__}); check its place.") from error
    for key, tensor in state_dict.items():
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise WeightsError(f"{name} holds numbers that are not finite, in {key}; choose another checkpoint.")
    return state_dict
