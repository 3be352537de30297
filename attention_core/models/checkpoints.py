"""Weights from a safetensors file, and from nothing else: no format that is read here can run code."""

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
    """The file is not whole, or no safetensors file."""


class PickledError(WeightsError):
    """The file is another format, which may hold pickled Python."""


def require_safetensors(content: bytes, name: str) -> None:
    """Raises PickledError or DamagedError, from the first bytes and the length alone, where they are no safetensors file's."""
    if content.startswith(_PICKLES):
        raise PickledError(_PICKLED.format(name=name))
    header = int.from_bytes(content[:8], "little")
    if content[8:9] != b"{" or 8 + header > len(content):
        raise DamagedError(_DAMAGED.format(name=name))


def conversion(name: str) -> str:
    """The line of Python that turns a pickled state dict of that name into safetensors, without running what is pickled."""
    target = f"{Path(name).stem}.safetensors"
    return (
        "import torch, safetensors.torch as st; "
        f"st.save_file({{k: v.clone().contiguous() for k, v in torch.load({name!r}, weights_only=True).items()}}, {target!r})"
    )


def read_checkpoint(file: Path | str | bytes, name: str | None = None) -> dict[str, Tensor]:
    """The tensors of a safetensors file, given as its place or as its bytes.

    Raises WeightsError where the file is absent, another format (.bin, .pt, .ckpt hold pickled Python, which can run code),
    damaged, or where a tensor holds a number that is not finite; and where less memory is free than loading it takes.
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
