"""A new setting of the picture is described in one file and typed in two; link, checks, defaults and control follow."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.js.node import node

ROOT: Final = Path(__file__).parents[1]
DESCRIPTION: Final = "assets/explorer/settings.json"
IN_PYTHON: Final = "attention_core/export/view_settings.py"
IN_BROWSER: Final = "assets/explorer/settings.js"
DESCRIBED: Final = {
    "type": "number",
    "python": "map_contrast",
    "range": [0.5, 2],
    "step": 0.5,
    "default": 1,
    "label": "Contrast",
    "says": "How steep the colours are.",
}
ASKED_IN_PYTHON: Final = """
import json
from attention_core.export.view_settings import DEFAULT_VIEW
from ui.data.view_asked import parameters, view_of
said = {"view": view_of({"contrast": 1.5}).map_contrast, "default": DEFAULT_VIEW.map_contrast}
try:
    view_of({"contrast": 3})
except ValueError as error:
    said["refused"] = str(error)
print(json.dumps(said | {"explorer": DEFAULT_VIEW.for_explorer()["contrast"], "link": "contrast" in parameters()}))
"""
ASKED_IN_NODE: Final = """
import { settingsOfLink } from "./assets/explorer/link_reading.js";
import { DEFAULTS, PLACES, linkOf } from "./assets/explorer/settings.js";
import { controlsOf } from "./assets/explorer/setting_controls.js";
const made = [];
const node = (tag) => ({ tag, append() {}, addEventListener() {}, setAttribute() {} });
globalThis.document = { createElement: (tag) => (made.push(node(tag)), made.at(-1)) };
globalThis.Option = class {};
controlsOf({ settings: DEFAULTS, set() {} }, PLACES.display);
const { min, max, step, title } = made.find(({ max }) => max === 2);
const { contrast: written } = linkOf({ ...DEFAULTS, contrast: 1.5 }, DEFAULTS, "CLS");
const read = settingsOfLink({ contrast: "1.5" });
const refused = settingsOfLink({ contrast: "3" }).unread;
console.log(JSON.stringify({ default: DEFAULTS.contrast, written, read, refused, control: { min, max, step, title } }));
"""


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree in which three files were edited."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in ("attention_core", "ui", "assets"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "package.json", tree)
    described = json.loads((tree / DESCRIPTION).read_text("utf-8"))
    described["settings"]["contrast"] = DESCRIBED
    described["places"]["display"].append("contrast")
    (tree / DESCRIPTION).write_text(json.dumps(described), encoding="utf-8")
    _add_line(tree / IN_PYTHON, '    moves: str = _DEFAULT["moves"]\n', '    map_contrast: float = _DEFAULT["map_contrast"]\n')
    _add_line(tree / IN_BROWSER, ' * @property {"norm" | "attention" | "mlp"} moves\n', " * @property {number} contrast\n")
    return tree


def _add_line(file: Path, before: str, line: str) -> None:
    source = file.read_text("utf-8")
    assert source.count(before) == 1
    file.write_text(source.replace(before, before + line), encoding="utf-8")


def answer(command: list[str | Path], tree: Path) -> dict[str, Any]:
    done = subprocess.run(command, cwd=tree, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_three_files_were_edited(changed: Path) -> None:
    files = [path for folder in ("attention_core", "ui", "assets") for path in (changed / folder).rglob("*.*")]
    names = [str(path.relative_to(changed)) for path in files if "__pycache__" not in path.parts]
    edited = [name for name in names if (changed / name).read_bytes() != (ROOT / name).read_bytes()]
    assert sorted(edited) == sorted([DESCRIPTION, IN_PYTHON, IN_BROWSER])


def test_python_has_it_and_checks_it(changed: Path) -> None:
    said = answer([sys.executable, "-c", ASKED_IN_PYTHON], changed)
    assert (said["view"], said["default"], said["explorer"], said["link"]) == (1.5, 1, 1, True)
    assert "contrast to be a number from 0.5 to 2" in said["refused"]


def test_the_browser_has_it_in_link_and_menu(changed: Path) -> None:
    said = answer([node(), "--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", ASKED_IN_NODE], changed)
    assert (said["default"], said["written"], said["refused"]) == (1, "1.5", ["contrast"])
    assert said["read"] == {"settings": {"contrast": 1.5}, "unread": []}
    assert said["control"] == {"min": 0.5, "max": 2, "step": 0.5, "title": "How steep the colours are."}
