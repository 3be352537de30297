"""A new setting of the picture takes four files, one of them its test. Link, checks, defaults and control follow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.adding.recipes import followed
from tests.js.node import node

ASKED_IN_PYTHON: Final = """
import json
from attention_core.export.view_settings import DEFAULT_VIEW
from ui.data.settings_asked import parameters, view_of
said = {"view": view_of({"contrast": 1.5}).map_contrast, "default": DEFAULT_VIEW.map_contrast}
try:
    view_of({"contrast": 3})
except ValueError as error:
    said["refused"] = str(error)
print(json.dumps(said | {"explorer": DEFAULT_VIEW.for_explorer()["contrast"], "link": "contrast" in parameters()}))
"""
ASKED_IN_NODE: Final = """
import { settingsOfLink } from "./assets/view/link_reading.js";
import { DEFAULTS, PLACES, linkOf } from "./assets/view/settings.js";
import { controlsOf } from "./assets/view/setting_controls.js";
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
    """Return a copy of the tree with the setting of docs/adding.md."""
    tree = tmp_path_factory.mktemp("tree")
    assert len(followed(tree, "A setting of the picture")) == 4
    return tree


def answer(command: list[str | Path], tree: Path) -> dict[str, Any]:
    done = subprocess.run(command, cwd=tree, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_python_has_it_and_checks_it(changed: Path) -> None:
    said = answer([sys.executable, "-c", ASKED_IN_PYTHON], changed)
    assert (said["view"], said["default"], said["explorer"], said["link"]) == (1.5, 1, 1, True)
    assert "contrast to be a number from 0.5 to 2" in said["refused"]


def test_the_browser_has_it_in_link_and_menu(changed: Path) -> None:
    said = answer([node(), "--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", ASKED_IN_NODE], changed)
    assert (said["default"], said["written"], said["refused"]) == (1, "1.5", ["contrast"])
    assert said["read"] == {"settings": {"contrast": 1.5}, "unread": []}
    assert said["control"] == {"min": 0.5, "max": 2, "step": 0.5, "title": "How steep the colours are."}
