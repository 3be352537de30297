"""Nothing in Regard unpickles, evaluates or runs the content of a file. This searches its own code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = {"pickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle", "runpy"}
CALLS = {
    "torch.load", "torch.jit.load", "torch.hub.load", "torch.hub.load_state_dict_from_url", "torch.package.PackageImporter",
    "torch.export.load", "eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load", "pandas.read_pickle",
    "pd.read_pickle",
}  # fmt: skip
SETTINGS = {"allow_pickle": True, "trust_remote_code": True, "weights_only": False, "shell": True}


def found_in(code: str) -> Iterator[str]:
    """Return the forbidden calls and imports in a program."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            yield str(node.module)
        elif isinstance(node, ast.ImportFrom):
            yield from (call for name in node.names if (call := f"{node.module}.{name.name}") in CALLS)
        elif isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node) in CALLS:
            yield ast.unparse(node)
        elif isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant) and node.arg in SETTINGS:
            if node.value.value is SETTINGS[node.arg]:
                yield node.arg
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.load", "numpy.load"):
            yield from () if any(word.arg == "allow_pickle" for word in node.keywords) else ("np.load",)


def programs() -> list[Path]:
    return [ROOT / "app.py", *(file for room in ("attention_core", "ui", "pages") for file in (ROOT / room).rglob("*.py"))]


def test_no_program_runs_what_a_file_says() -> None:
    files = programs()
    assert len(files) > 100
    assert {
        str(file): list(found_in(file.read_text("utf-8"))) for file in files if list(found_in(file.read_text("utf-8")))
    } == {}


@pytest.mark.parametrize(
    "code",
    [
        "import torch\ntorch.load('a')",
        "import torch\nread = torch.load",
        "from torch import load",
        "import pickle",
        "from pickle import loads",
        "import numpy as np\nnp.load('a')",
        "f('a', allow_pickle=True)",
        "model(trust_remote_code=True)",
        "eval('1')",
        "exec('1')",
        "from torch.hub import load",
        "f(shell=True)",
    ],
)
def test_the_search_finds_it(code: str) -> None:
    assert list(found_in(code))
