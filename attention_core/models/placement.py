"""Device and floating-point type of a model, chosen in one place for every model."""

from __future__ import annotations

import itertools
from typing import Final

import torch
from torch import nn

DEVICES: Final = ("auto", "cpu", "cuda", "mps")
DTYPES: Final = ("float32", "float16", "bfloat16")
_NAMES: Final = {"cpu": "the CPU", "cuda": "the GPU (CUDA)", "mps": "the GPU (Apple's MPS)"}


def find_device(wanted: str | torch.device = "auto") -> torch.device:
    """Return the device of that name, such as "cuda:1"; "auto" is CUDA if this machine has it, then MPS, then the CPU.

    Raises ValueError if the name is none of DEVICES, or this machine has no such device.
    """
    if wanted == "auto":
        wanted = next((name for name in ("cuda", "mps") if _count(name)), "cpu")
    try:
        device = torch.device(wanted)
    except (RuntimeError, TypeError):
        device = torch.device("meta")
    if device.type not in _NAMES:
        raise ValueError(f"device must be one of {', '.join(DEVICES)}, received {wanted!r}")
    count = _count(device.type)
    if (device.index or 0) >= count:
        here = f"there are {count}, counted from 0" if count else "torch finds none on this machine"
        raise ValueError(f'device {str(device)!r} is not here: {here}; take device="auto" or "cpu"')
    return device


def find_dtype(wanted: str | torch.dtype = "float32") -> torch.dtype:
    """Return the type of that name. Raises ValueError if it is none of DTYPES."""
    for name in DTYPES:
        dtype: torch.dtype = getattr(torch, name)
        if wanted in (name, dtype):
            return dtype
    raise ValueError(f"dtype must be one of {', '.join(DTYPES)}, or torch's of that name, received {wanted!r}")


def placement_of(module: nn.Module) -> tuple[torch.device, torch.dtype]:
    """Return device and type of the module's first floating-point parameter or buffer; the CPU and float32 if it has none."""
    held = (tensor for tensor in itertools.chain(module.parameters(), module.buffers()) if tensor.is_floating_point())
    first = next(held, None)
    return (torch.device("cpu"), torch.float32) if first is None else (first.device, first.dtype)


def in_words(device: torch.device, dtype: torch.dtype) -> str:
    """Return device and type for people: "the CPU in float32"."""
    return f"{_NAMES.get(device.type, device.type)} in {str(dtype).removeprefix('torch.')}"


def _count(kind: str) -> int:
    """Number of devices of this kind that torch can use here."""
    if kind == "cuda":
        return torch.cuda.device_count() if torch.cuda.is_available() else 0
    if kind == "mps":
        return int(torch.backends.mps.is_available())
    return 1
