import ast
import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import attention_core
from attention_core import models

ROOT = Path(__file__).parents[1]
HEAVY = {
    "streamlit",
    "plotly",
    "timm",
    "torchvision",
    "transformers",
    "onnx",
    "pillow_heif",
    "huggingface_hub",
    "safetensors",
    "torch._dynamo",
}


def heavy_after_importing(module: str) -> set[str]:
    code = f"import json, sys, {module}; print(json.dumps(list(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return HEAVY & set(json.loads(result.stdout))


def test_importing_the_core_imports_no_interface_and_no_model_library() -> None:
    assert heavy_after_importing("attention_core") == set()


@pytest.mark.parametrize(("module", "heavy"), [("attention_core.models.onnx_backbone", "onnx"), ("plotly", "plotly")])
def test_the_check_of_imports_can_fail(module: str, heavy: str) -> None:
    assert heavy_after_importing(module) == {heavy}


def roots_imported_in(source: str) -> set[str]:
    """Return the top-level packages of all import statements in the source, however deep they are nested."""
    roots: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            roots.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            roots.add((node.module or "").partition(".")[0])
    return roots


@pytest.mark.parametrize("path", sorted((ROOT / "attention_core").rglob("*.py")), ids=lambda path: path.stem)
def test_no_file_of_the_core_imports_an_interface_even_late(path: Path) -> None:
    assert roots_imported_in(path.read_text("utf-8")).isdisjoint({"streamlit", "plotly", "ui", "pages"})


def test_late_imports_are_seen() -> None:
    assert roots_imported_in("def f():\n    from streamlit.runtime import x\n    import plotly.io as y") == {
        "streamlit",
        "plotly",
    }


@pytest.mark.parametrize("package", [attention_core, models], ids=lambda package: package.__name__)
def test_all_is_sorted_and_every_name_can_be_imported(package: ModuleType) -> None:
    assert list(package.__all__) == sorted(set(package.__all__))
    for name in package.__all__:
        assert hasattr(package, name)


def test_all_is_what_is_public() -> None:
    public = {
        name for name, value in vars(attention_core).items() if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert public == set(attention_core.__all__)


@pytest.mark.parametrize("name", attention_core.__all__)
def test_everything_public_has_a_docstring(name: str) -> None:
    thing = getattr(attention_core, name)
    documented = thing.__doc__
    assert documented and not documented.startswith(f"{name}(")  # the docstring that a dataclass gets without one of its own
    if inspect.isclass(thing):
        methods = [method for name, method in inspect.getmembers(thing, inspect.isfunction) if not name.startswith("_")]
        assert all(inspect.getdoc(method) for method in methods if method.__module__.startswith("attention_core."))


@pytest.mark.parametrize("name", attention_core.__all__)
def test_everything_public_is_defined_in_the_core(name: str) -> None:
    thing = getattr(attention_core, name)
    assert thing.__module__.startswith("attention_core.")
    assert getattr(importlib.import_module(thing.__module__), name) is thing
