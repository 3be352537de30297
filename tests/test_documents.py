"""CONTRIBUTING.md and the documents in docs/ name only files and commands that exist."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import SLOW

ROOT: Final = Path(__file__).parents[1]
READ_ON: Final = tuple(f"docs/{name}.md" for name in ("pages", "python", "command-line", "hosting", "benchmarks"))
"""Documents that the README recommends to its readers."""
DOCUMENTS: Final = ("CONTRIBUTING.md", "docs/adding.md", "docs/architecture.md", *READ_ON)
NAMES_FILES: Final = DOCUMENTS[:2]
"""tests/test_architecture.py checks the third document, which names many files without their folder."""
PATH: Final = re.compile(r"[\w.-]+(/[\w.-]*)+|[\w.-]+\.(py|js|json|md|toml|txt)")


def in_code(document: str) -> set[str]:
    """Return the text between backticks, outside of code blocks."""
    prose = re.sub(r"^```.*?^```", "", (ROOT / document).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`([^`]+)`", prose))


def paths(document: str) -> list[str]:
    """Return the paths that a document names. A name with a word in angle brackets is not a path."""
    return sorted(filter(PATH.fullmatch, in_code(document)))


def made_by_a_recipe() -> set[str]:
    return set(re.findall(r"^New `([^`]+)`", (ROOT / "docs/adding.md").read_text("utf-8"), re.MULTILINE))


def exists(path: str) -> bool:
    """Return True if the path exists from the top, inside assets/ or ui/, if a recipe makes it, or if git ignores it."""
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    return path in made_by_a_recipe() or path in ignored or any((ROOT / base / path).exists() for base in ("", "assets", "ui"))


@pytest.mark.parametrize("document", NAMES_FILES)
def test_the_files_that_it_names_exist(document: str) -> None:
    assert [path for path in paths(document) if not exists(path)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_commands_that_it_names_exist(document: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    code = " ".join(in_code(document))
    for target in re.findall(r"\bmake ([\w-]+)", code):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for module in re.findall(r"python -m ([\w.]+)", code):
        assert find_spec(module) is not None
    for option in re.findall(r"pytest .*?(--[\w-]+)", code):
        assert option in (ROOT / "tests/conftest.py").read_text("utf-8")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_it_links_exists(document: str) -> None:
    linked = re.findall(r"\]\(([^)\s#]+)\)", (ROOT / document).read_text("utf-8"))
    assert all((ROOT / document).parent.joinpath(path).exists() for path in linked if "://" not in path)


def test_a_missing_file_is_noticed() -> None:
    assert len(paths("CONTRIBUTING.md")) > 15 and not exists("ui/gone.py")


def test_folders_that_quick_leaves_out_exist() -> None:
    folders = {path.name for path in (ROOT / "tests").rglob("*") if path.is_dir()}
    assert folders >= SLOW
