"""Reading what lies in assets/, and joining a component's ES modules into the one string that Streamlit takes."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

ASSETS: Final = Path(__file__).resolve().parent.parent / "assets"
_IMPORT: Final = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?!default)", re.MULTILINE)


@cache
def text(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


@cache
def bundle(entry: str) -> str:
    """`entry` with the modules it imports, directly or not, put before it, each once. They share one scope."""
    seen: dict[str, str] = {}

    def visit(name: str) -> None:
        if name in seen:
            return
        source = text(name)
        seen[name] = ""  # marks a cycle; its place in the order is set again below
        for imported in _IMPORT.findall(source):
            visit(imported)
        del seen[name]
        seen[name] = _EXPORT.sub("", _IMPORT.sub("", source))

    visit(entry)
    return "\n".join(seen.values())
