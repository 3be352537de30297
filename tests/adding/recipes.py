"""The recipes of docs/adding.md, read from the document and followed in a copy of the tree."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DOCUMENT: Final = ROOT / "docs" / "adding.md"
LEFT_OUT: Final = (".git", ".venv", "*_cache", "__pycache__", "node_modules", "test-artefacts")
_BLOCK: Final = r":\n\n```\w*\n(?P<text>.*?)```"
_STEP: Final = re.compile(
    rf"^New `(?P<new>[^`]+)`{_BLOCK}"
    rf"|^In `(?P<file>[^`]+)`, (?P<where>above|below) `(?P<line>[^`]+)`{_BLOCK.replace('text', 'lines')}"
    r"|^In `(?P<inside>[^`]+)`, after `(?P<anchor>[^`]+)`, write `(?P<words>[^`]+)`",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Step:
    """One edit of one file. where: "new" for a whole file, "above" or "below" for lines, "after" for words in a line."""

    file: str
    where: str
    anchor: str
    text: str

    def follow(self, tree: Path) -> None:
        """Edit the file. Raises ValueError if the anchor does not occur exactly once, or if a new file already exists."""
        path = tree / self.file
        if self.where == "new":
            if path.exists():
                raise ValueError(f"{self.file} exists already")
            path.write_text(self.text, "utf-8")
            return
        source = path.read_text("utf-8")
        if source.count(self.anchor) != 1:
            raise ValueError(f"expected {self.anchor!r} once in {self.file}, found it {source.count(self.anchor)} times")
        begin = source.index(self.anchor)
        end = begin + len(self.anchor)
        at = {"above": source.rfind("\n", 0, begin) + 1, "below": source.find("\n", end) + 1, "after": end}[self.where]
        path.write_text(source[:at] + self.text + source[at:], "utf-8")


def recipes() -> dict[str, list[Step]]:
    """Return the steps of each recipe, by the title of its section."""
    sections = re.split(r"^## ", DOCUMENT.read_text("utf-8"), flags=re.MULTILINE)[1:]
    found = {section.partition("\n")[0]: [_step(match) for match in _STEP.finditer(section)] for section in sections}
    return {title: steps for title, steps in found.items() if steps}


def followed(tree: Path, *titles: str) -> list[str]:
    """Copy the tree, follow these recipes in the copy, and return the names of all edited files."""
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_OUT), dirs_exist_ok=True)
    steps = [step for title in titles for step in recipes()[title]]
    for step in steps:
        step.follow(tree)
    return sorted({step.file for step in steps})


def run(tree: Path, *command: str) -> str:
    """Run Python in the copy and return what it printed. Raises AssertionError with its errors if it fails."""
    done = subprocess.run([sys.executable, *command], cwd=tree, check=False, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout


def _step(match: re.Match[str]) -> Step:
    found = match.groupdict(default="")
    if found["new"]:
        return Step(found["new"], "new", "", found["text"])
    if found["file"]:
        return Step(found["file"], found["where"], found["line"], found["lines"])
    return Step(found["inside"], "after", found["anchor"], found["words"])
