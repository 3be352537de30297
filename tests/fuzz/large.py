"""Memory of the largest accepted pictures with files of a few kilobytes. `python -m tests.fuzz.large`."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from attention_core.images import decoding

SIDE: Final = 7000
MOST_MEGABYTES: Final = {"WebP": 950}
"""Higher limits: these decoders need several copies of the picture."""
USUALLY: Final = 600
GREYS: Final = {"I;16": np.uint16, "I": np.int32, "F": np.float32}
STORED: Final = (
    *(("PNG", mode) for mode in ("RGB", "RGBA", "LA", "P", "I;16")),
    *(("TIFF", mode) for mode in ("CMYK", "I", "F")),
    *(("WebP", mode) for mode in ("RGB", "RGBA")),
    ("JPEG", "RGB"),
)


def stored(kind: str, mode: str) -> bytes:
    image = Image.fromarray(np.full((SIDE, SIDE), 70, GREYS[mode])) if mode in GREYS else Image.new(mode, (SIDE, SIDE))
    buffer = io.BytesIO()
    image.save(buffer, kind, **({"compression": "tiff_deflate"} if kind == "TIFF" else {}))
    return buffer.getvalue()


def taken(data: bytes) -> float:
    """Return the peak in megabytes. This process has not held such a picture before."""
    before = _peak()
    decoding.load_image(data)
    decoding.note_on(data)
    return _peak() - before


def _peak() -> float:
    """Return the peak of this program alone. `getrusage` would begin with the peak of the program that started it."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1000


def main() -> None:
    found = False
    for kind, mode in STORED:
        data = stored(kind, mode)
        command = [sys.executable, "-W", "ignore", "-m", "tests.fuzz.large", "one"]
        ran = subprocess.run(command, input=data, capture_output=True, check=True)
        limit = MOST_MEGABYTES.get(kind, USUALLY)
        megabytes = float(ran.stdout)
        found = found or megabytes > limit
        says = "" if megabytes <= limit else f", more than {limit} MB"
        print(f"{kind:5} {mode:4} {SIDE:,} × {SIDE:,}, {len(data) / 1e3:.0f} kB: {megabytes:.0f} MB{says}", flush=True)  # noqa: T201
    sys.exit(found)


if __name__ == "__main__":
    if sys.argv[1:] == ["one"]:
        print(taken(sys.stdin.buffer.read()))  # noqa: T201
    else:
        main()
