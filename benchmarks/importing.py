"""Time and memory that `import attention_core` adds to `import torch`, in fresh processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from benchmarks.figure import Figure, alternating_ratio

ROUNDS = 15


def figures(short: bool = False) -> Iterator[Figure]:
    def importing(module: str) -> None:
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True)

    ratio = alternating_ratio(lambda: importing("attention_core"), lambda: importing("torch"), 1 if short else ROUNDS)
    yield Figure("`import attention_core` / `import torch`", ratio, 1.3)
