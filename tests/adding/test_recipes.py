"""Every recipe of docs/adding.md, followed in one copy of the tree.

Every step fits, and the tests that the recipes add pass.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.adding.recipes import ROOT, followed, recipes, run
from tests.js.node import node

MOST_FILES: Final = 5
TOUCHED: Final = {title: sorted({step.file for step in steps}) for title, steps in recipes().items()}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the tree with everything that the document adds."""
    tree = tmp_path_factory.mktemp("tree")
    followed(tree, *recipes())
    return tree


@pytest.mark.parametrize("title", TOUCHED)
def test_a_recipe_takes_few_files_and_has_a_test(title: str) -> None:
    assert len(TOUCHED[title]) <= MOST_FILES
    assert any(file.startswith("tests/") for file in TOUCHED[title])


def test_every_extension_point_has_a_recipe() -> None:
    things = {"A measure of heads", "A map method", "A setting of the picture", "A lesson", "A page", "A model"}
    assert set(TOUCHED) == things | {"An export format"}


def test_the_tests_that_recipes_add_pass(tree: Path) -> None:
    added = [file for files in TOUCHED.values() for file in files if file.startswith("tests/")]
    run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *added)


def test_added_files_have_the_project_s_style(tree: Path) -> None:
    files = sorted({file for files in TOUCHED.values() for file in files})
    ruff = str(Path(sys.executable).with_name("ruff"))
    python = [file for file in files if file.endswith(".py")]
    for command in ([ruff, "check", "--quiet"], [ruff, "format", "--check", "--quiet"]):
        subprocess.run([*command, *python], cwd=tree, check=True)
    prettier = ROOT / "node_modules" / "prettier" / "bin" / "prettier.cjs"
    others = [file for file in files if not file.endswith(".py")]
    subprocess.run([node(), prettier, "--check", "--log-level", "warn", *others], cwd=tree, check=True)


def test_steps_that_no_longer_fit_are_noticed(tmp_path: Path) -> None:
    (step, *_) = recipes()["A measure of heads"]
    (tmp_path / step.file).parent.mkdir(parents=True)
    (tmp_path / step.file).write_text("{}", "utf-8")
    with pytest.raises(ValueError, match="found it 0 times"):
        step.follow(tmp_path)
