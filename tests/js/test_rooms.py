"""Modules of assets/ import in one direction. ESLint reports imports against the order of `ROOMS` in eslint.config.js."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.js.node import ROOT, node

BROKEN = {
    "a room imports a higher one": ("maths/dots.js", "../view/link.js", "import-x/no-restricted-paths"),
    "a page imports another": ("why/terms.js", "../depth/moves.js", "import-x/no-restricted-paths"),
    "files import each other": ("data/tensors.js", "./fetching.js", "import-x/no-cycle"),
    "a file is not there": ("why/terms.js", "../view/nowhere.js", "import-x/no-unresolved"),
}


def complaints(file: str, imported: str) -> list[str]:
    """Return ESLint's message for a file with this one import."""
    command = [
        node(),
        ROOT / "node_modules/eslint/bin/eslint.js",
        "--format",
        "json",
        "--stdin",
        "--stdin-filename",
        f"assets/{file}",
    ]
    source = f'import {{ some }} from "{imported}";\nsome();\n'
    done = subprocess.run(command, cwd=ROOT, input=source, capture_output=True, check=False, text=True)
    (result,) = json.loads(done.stdout)
    return [message["ruleId"] for message in result["messages"]]


@pytest.mark.parametrize(("file", "imported", "rule"), BROKEN.values(), ids=BROKEN)
def test_an_import_against_the_order_is_noticed(file: str, imported: str, rule: str) -> None:
    assert complaints(file, imported) == [rule]


def test_a_page_may_import_a_room() -> None:
    assert complaints("why/terms.js", "../view/link.js") == []
