"""What a process does that makes an atlas and nothing else."""

from __future__ import annotations

import ctypes
from typing import Final

_MALLOPT: Final = {-4: 0, -1: 1 << 30, -2: 32 << 20}
"""Of glibc's malloc.h: M_MMAP_MAX, M_TRIM_THRESHOLD and M_TOP_PAD, in bytes."""


def keep_freed_memory() -> bool:
    """Let this process use again what memory it has freed, rather than give it back and ask for fresh pages; whether it will.

    A pass frees and takes tens of megabytes a layer, and fresh pages take a sixth of its time on a virtual machine. What the
    process needs at most stays as it is. For mallopt see its manual; other systems than those with glibc are left alone.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return all(mallopt(option, value) == 1 for option, value in _MALLOPT.items())
