"""The committed notebooks of docs/ have no outputs and follow the rules of all other code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "docs").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_committed_notebooks_have_no_outputs_and_no_machine_data(path: Path) -> None:
    text = path.read_text("utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert all(cell.metadata == {} for cell in notebook.cells)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert not re.search(r"://|/home/|/Users/|/tmp|/work|[A-Z]:\\\\", text)
    assert str(ROOT) not in text and str(Path.home()) not in text


@pytest.mark.parametrize("rule", [("check",), ("format", "--check")], ids=lambda rule: rule[0])
def test_their_code_follows_ruff(rule: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "ruff", *rule, "--no-cache", *NOTEBOOKS]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert len(NOTEBOOKS) == 3 and result.returncode == 0, result.stdout + result.stderr
