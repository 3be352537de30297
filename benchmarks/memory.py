"""How far a process's memory rises while something runs. Linux only.

What an earlier run has freed an allocator keeps, and the next run would seem to need nothing: so it is taken in a process
of its own, and what is free is given back first.
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
    """Megabytes of the highest resident size during the action above the size before it. What it returns is let go of."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    CLEAR.write_text("5")  # the high-water mark starts anew
    base = _kilobytes("VmRSS")
    result = action()
    peak = _kilobytes("VmHWM")
    del result
    return (peak - base) / 1024


def in_fresh_process(module: str, *words: str) -> float:
    """What `peak_over_base` finds where `python -m module words` prints it last."""
    result = subprocess.run([sys.executable, "-m", module, *words], capture_output=True, text=True, check=True)
    return float(result.stdout.split()[-1])


def _kilobytes(name: str) -> int:
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1])
