"""Growth of a process's memory while something runs. Linux only.

An allocator keeps the memory that an earlier run has freed, and the next run would seem to need nothing. So each
measurement has a process of its own, and free memory is given back first.
"""

from __future__ import annotations

import ctypes
import gc
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")


def peak_over_base(action: Callable[[], object]) -> float:
    """Return the highest resident size during the action minus the size before it, in megabytes.

    The action's result is released.
    """
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    CLEAR.write_text("5")  # resets the high-water mark
    base = _kilobytes("VmRSS")
    result = action()
    peak = _kilobytes("VmHWM")
    del result
    return (peak - base) / 1024


def in_fresh_process(module: str, *words: str) -> float:
    """Return the result of `peak_over_base`, which `python -m module words` prints last."""
    result = subprocess.run([sys.executable, "-m", module, *words], capture_output=True, text=True, check=True)
    return float(result.stdout.split()[-1])


def _kilobytes(name: str) -> int:
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1])
