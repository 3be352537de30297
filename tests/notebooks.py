"""Runs the notebooks of docs/."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch
from nbclient import NotebookClient


@dataclass
class Executed:
    """A notebook after a run from docs/, and the folder of its temporary files."""

    notebook: nbformat.NotebookNode
    temporary: Path

    def outputs(self, cell: str) -> list[Any]:
        return [output for found in self.notebook.cells if found.id == cell for output in found.outputs]

    def data(self, cell: str) -> dict[str, Any]:
        """Return the output of the cell's last expression, by media type."""
        (output,) = self.outputs(cell)
        assert output.output_type == "execute_result"
        return dict(output.data)

    def value(self, cell: str) -> Any:
        return eval(self.data(cell)["text/plain"], {"tensor": torch.tensor, "torch": torch})


@contextmanager
def kernels(folder: Path) -> Iterator[Path]:
    """Yield a folder with a kernel named python3: this interpreter, without network.

    Its temporary files lie in the same folder.
    """
    spec = folder / "kernels/python3/kernel.json"
    spec.parent.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": command, "display_name": "Python 3", "language": "python"}), encoding="utf-8")
    (folder / "temporary").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in {
            "JUPYTER_PATH": folder,
            "JUPYTER_CONFIG_DIR": folder / "config",
            "JUPYTER_RUNTIME_DIR": folder / "runtime",
            "IPYTHONDIR": folder / "ipython",
            "TMPDIR": folder / "temporary",
            "HF_HUB_OFFLINE": 1,
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "HTTP_PROXY": "http://127.0.0.1:9",
        }.items():
            patch.setenv(variable, str(value))
        yield folder / "temporary"


def run(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    return NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
