import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
CORE = ROOT / "attention_core"
DOCUMENT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)(?:/|\.py)` \|", re.MULTILINE)
IN_CODE = sorted(set(re.findall(r"`([^`\n]+)`", ROW.sub("| |", DOCUMENT))))
PATHS = [found for found in IN_CODE if re.fullmatch(r"[\w./]*(/|\.(py|js|toml|md))", found)]
NAMES = [found for found in IN_CODE if re.fullmatch(r"[A-Za-z_]\w+(\.[A-Za-z_]\w+)*", found) and found not in PATHS]
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]
ROOMS = {contract["containers"][0]: contract["layers"] for contract in CONTRACTS if "containers" in contract}


def rooms_described() -> dict[str, list[str]]:
    """Return the rooms that have a row in the table, and the files that each row names without their folder."""
    lines = {found[1]: line for line in DOCUMENT.splitlines() if (found := ROW.match(line))}
    return {room: re.findall(r"`(\w+\.py)`", line) for room, line in lines.items()}


def exists(path: str) -> bool:
    """Return True if the path exists from the top, inside the core, or in the room whose row names it."""
    rooms = [room for room, files in rooms_described().items() if path in files]
    if rooms:
        return all((CORE / room / path).exists() for room in rooms)
    return (ROOT / path).exists() or (CORE / path).exists()


@pytest.mark.parametrize("path", PATHS)
def test_what_the_document_names_exists(path: str) -> None:
    assert exists(path)


def test_a_path_that_does_not_exist_is_noticed() -> None:
    assert len(PATHS) > 30 and not any(map(exists, ("capture/window.py", "draw.js", "door.py/")))


def words_of_the_code() -> set[str]:
    files = [path for base in ("attention_core", "ui", "pages", "assets") for path in (ROOT / base).rglob("*.*")]
    return {word for path in files if path.suffix in (".py", ".js") for word in re.findall(r"\w+", path.read_text("utf-8"))}


def test_names_in_the_document_are_names_in_the_code() -> None:
    words = words_of_the_code()
    assert len(NAMES) > 30 and [name for name in NAMES if not set(name.split(".")) <= words] == []


@pytest.mark.parametrize("floor", ROOMS)
def test_the_picture_shows_the_rooms_of_the_contract_in_its_order(floor: str) -> None:
    drawn = re.search(rf"subgraph {floor}\n\s*(.+)\n", DOCUMENT)
    assert drawn is not None
    labelled = re.sub(r"\w+\[(\w+)\]", r"\1", drawn[1])  # a node has another name if another floor has a room of the same name
    assert labelled == " --> ".join(layer.replace("|", "&") for layer in ROOMS[floor])


def test_every_room_of_the_core_has_its_row() -> None:
    assert set(rooms_described()) == {room for layer in ROOMS["attention_core"] for room in layer.split(" | ")}


def broken_contracts(folder: Path) -> set[str]:
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([lint, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)
    broken = set(re.findall(r"^(.+) BROKEN", result.stdout, re.MULTILINE))
    assert result.returncode == (1 if broken else 0), result.stdout + result.stderr
    return broken


def test_the_contracts_hold_and_each_can_fail(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("attention_core", "ui", "pages"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    assert broken_contracts(tmp_path) == set()
    for file, imported in (
        ("attention_core/maths/masks.py", "attention_core.export.csv_table"),
        ("attention_core/maths/masks.py", "streamlit"),
        ("attention_core/maths/masks.py", "ui.links"),
        ("ui/links.py", "ui.lessons.charts"),
    ):
        with (tmp_path / file).open("a", encoding="utf-8") as source:
            source.write(f"\nimport {imported}\n")
    assert broken_contracts(tmp_path) == {contract["name"] for contract in CONTRACTS}
