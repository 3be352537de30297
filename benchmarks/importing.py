"""What `import attention_core` adds to `import torch`: whole processes, each fresh."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.figure import Figure, alternating_ratio

ROUNDS = 15


def figures() -> list[Figure]:
    def importing(module: str) -> None:
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True)

    ratio = alternating_ratio(lambda: importing("attention_core"), lambda: importing("torch"), ROUNDS)
    return [Figure("`import attention_core` / `import torch`", ratio, 1.3)]


if __name__ == "__main__":
    print(*(figure.row() for figure in figures()), sep="\n")
