"""The wheel of `pip install .` works outside the checkout and declares all its dependencies."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import sysconfig
import venv
from email.message import Message
from email.parser import Parser
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.nightly

ROOT = Path(__file__).parents[1]
PHOTO = ROOT / "assets/photos/cat.jpg"
OPTIONAL = {
    "onnx": "app",
    "pandas": "pandas",
    "duckdb": "atlas",
    "pyarrow": "parquet",
    "ray": "cluster",
    "scikit-learn": "segments",
    "transformers": "transformers",
}
"""Packages that are imported late, by the extra that brings each. If one is missing, a sentence says so."""
SCRIPT = """
import sys
import torch
import torch.nn.functional as F
import attention_core
from attention_core import PatchGrid, load_image, record_attention

class Tiny(torch.nn.Module):
    def forward(self, x):
        return F.scaled_dot_product_attention(x, x, x)

picture = load_image(sys.argv[1])
with record_attention() as record:
    Tiny()(torch.randn(1, 2, 13, 4))
assert record.layers[0].rows([0]).sum(-1).allclose(torch.ones(1))
record.show(picture, PatchGrid(3, 4, 16)).save("view.html")
print(attention_core.__file__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet", "-w", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


@pytest.fixture(scope="module")
def commands(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of commands in an empty environment that has the wheel. Its dependencies come from our environment."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    python = next(home.glob("[bS]*/python*"))
    install = ["--no-deps", "--no-index", "--disable-pip-version-check", "--quiet", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), "install", *install], check=True)
    (own,) = home.glob("[lL]ib/**/site-packages")
    (own / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return python.parent


def run(command: list[str | Path], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_the_wheel_holds_the_core_and_its_assets_but_no_app(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    roots = {name.partition("/")[0] for name in names}
    assert {root.partition("-")[0] for root in roots} == {"attention_core", "regard"}
    here = {str(path.relative_to(ROOT)) for path in (ROOT / "attention_core").rglob("*.py")}
    assert here <= set(names) and "attention_core/py.typed" in names
    assert not [
        name for name in names if "photos" in name or "/texts/" in name or name.endswith((".png", ".svg", ".jpg", ".pyc"))
    ]


def test_the_installed_core_records_and_writes_a_view(commands: Path, tmp_path: Path) -> None:
    place = run([commands / "python", "-I", "-c", SCRIPT, PHOTO], tmp_path).strip()
    assert Path(place).is_relative_to(commands.parent) and not Path(place).is_relative_to(ROOT)
    page = (tmp_path / "view.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert re.search("<style>[^<]{2000,}</style>", page) and "function attentionRow(" in page


def test_the_command_runs_under_its_own_name(commands: Path, tmp_path: Path) -> None:
    assert run([commands / "regard", "map", "--help"], tmp_path).startswith("usage: regard map ")
    asked = ["map", PHOTO, "--model", "random-heads", "--across", "6", "--out", "map.html"]
    said = run([commands / "regard", *asked], tmp_path)
    assert "1  row" in said and "written: map.html" in said
    assert "Random heads, layer 0" in (tmp_path / "map.html").read_text("utf-8")


def required(metadata: Message) -> dict[str, set[str]]:
    """Return the declared distributions by extra. "" stands for those that are always installed."""
    found: dict[str, set[str]] = {}
    for requirement in map(Requirement, metadata.get_all("Requires-Dist", [])):
        of_extra = re.search('extra == "(.+)"', str(requirement.marker))
        found.setdefault(of_extra[1] if of_extra else "", set()).add(canonicalize_name(requirement.name))
    return found


def imported_by_the_core() -> set[str]:
    """Return the distributions of all imports outside the standard library, however deep they are nested."""
    roots: set[str] = set()
    for path in (ROOT / "attention_core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                roots.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                roots.add((node.module or "").partition(".")[0])
    foreign = roots - set(sys.stdlib_module_names) - {"attention_core"}
    distributions = packages_distributions()
    return {canonicalize_name(distributions[root][0]) for root in foreign}


def test_the_wheel_declares_what_it_imports_and_nothing_else(metadata: Message) -> None:
    declared = required(metadata)
    assert set(declared) == {"", "app", "atlas", "cluster", "pandas", "parquet", "segments", "transformers"}
    assert imported_by_the_core() == declared[""] | set(OPTIONAL)
    assert all(name in declared[extra] for name, extra in OPTIONAL.items())


def test_requirements_txt_agrees_for_core_and_app(metadata: Message) -> None:
    lines = [line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()]
    declared = map(Requirement, metadata.get_all("Requires-Dist", []))
    of_both = [each for each in declared if each.marker is None or '"app"' in str(each.marker)]
    assert versions(of_both) == versions([Requirement(line) for line in lines if line])


def versions(requirements: list[Requirement]) -> dict[str, SpecifierSet]:
    return {canonicalize_name(each.name): each.specifier for each in requirements}
