"""Some matrices on a page of their own, as a lesson has them: no server."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import torch

from attention_core.export.bundler import bundle, text

FIRST: Final = torch.tensor(
    [[0.1 + 0.2, -1.0, 0.5, 2.0], [1.0, 0.0, -0.25, 1 / 3], [12.5, -3.0, 1e-5, 4.0]], dtype=torch.float64
)
WEIGHTS: Final = torch.tensor([[1.0, 0.0], [-0.5, 0.25]], dtype=torch.float64)
"""As the page has them."""
_STYLES: Final = ("figures/roles.css", "standalone_lesson/standalone_lesson.css", "matrix_table/matrix_table.css")


def write(folder: Path) -> str:
    """Its address."""
    page = Path(__file__).with_suffix(".html").read_text(encoding="utf-8")
    page = page.replace("STYLES", "".join(map(text, _STYLES)), 1).replace("SCRIPT;", bundle("matrix_table/view.js"), 1)
    file = folder / "matrices.html"
    file.write_text(page, encoding="utf-8")
    return file.as_uri()
