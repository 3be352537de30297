"""How far a process's memory rises while something runs. Linux only."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")


def peak_over_base(action: Callable[[], object]) -> float:
    """Megabytes of the highest resident size during the action above the size before it. What it returns is let go of."""
    gc.collect()
    CLEAR.write_text("5")  # the high-water mark starts anew
    base = _kilobytes("VmRSS")
    result = action()
    peak = _kilobytes("VmHWM")
    del result
    return (peak - base) / 1024


def _kilobytes(name: str) -> int:
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1])
