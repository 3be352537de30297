"""Reading what lies in assets/, and joining a component's ES modules into the one string that Streamlit takes."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Final

_CORE: Final = Path(__file__).resolve().parents[1]
ASSETS: Final = next((found for found in (_CORE / "assets", _CORE.parent / "assets") if found.is_dir()), _CORE / "assets")
"""Inside the package where it is installed, beside it in a clone."""
_IMPORT: Final = re.compile(r'^import (\{[^}]*\}|\w+) from "(\.\.?/[\w./]+)"(?: with \{ type: "json" \})?;\n', re.MULTILINE)
_DESCRIPTION: Final = re.compile(r"^ */\*\*(?:(?!\*/).)*\*/\n", re.MULTILINE | re.DOTALL)
_EXPORT: Final = re.compile(r"^export (?!default)((?:async )?(?:function|class|const) (\w+))", re.MULTILINE)


@cache
def text(name: str) -> str:
    """The file of that path in assets/, such as "explorer/explorer.css"."""
    return (ASSETS / name).read_text(encoding="utf-8")


@cache
def bundle(entry: str) -> str:
    """`entry` with the modules it imports, directly or not, put before it, each once and in a scope of its own.

    Imports name a file by its relative path, "./draw.js" or "../figures/numbers.js": `{ these, names as others }` of a module,
    or the one value that a JSON file holds. Descriptions of types stay behind: they are a quarter of the text.
    """
    scopes: dict[str, str] = {}

    def visit(name: str) -> None:
        if name in scopes:
            return
        scopes[name] = ""  # marks a cycle; its place in the order is set again below
        for _, path in _IMPORT.findall(text(name)):
            visit(_beside(name, path))
        del scopes[name]
        scopes[name] = _joined(name) if name == entry else _scope(name)

    visit(entry)
    return "\n".join(scopes.values())


def _scope(name: str) -> str:
    """A file as a constant: a module as what it exports, JSON as its value."""
    if name.endswith(".json"):
        return f"const {_variable(name)} = {text(name)};"
    exported = ", ".join(found for _, found in _EXPORT.findall(text(name)))
    return f"const {_variable(name)} = (() => {{\n{_joined(name)}\nreturn {{ {exported} }};\n}})();"


def _joined(name: str) -> str:
    """A module's text with its imports as constants and its exports as plain declarations."""
    source = _IMPORT.sub(
        lambda found: f"const {found[1].replace(' as ', ': ')} = {_variable(_beside(name, found[2]))};\n", text(name)
    )
    return _EXPORT.sub(r"\1", _DESCRIPTION.sub("", source))


def _beside(name: str, path: str) -> str:
    """The name in assets/ of the file that the module `name` calls `path`."""
    return normpath(join(dirname(name), path))


def _variable(name: str) -> str:
    return "module_" + re.sub(r"\W", "_", name.removesuffix(".js"))
