"""The sentences of this repository, with their places and their readers (of the screen or of the code)."""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from tests.js.node import ROOT, node

SCREEN: Final = ("app.py", "pages/", "ui/", "attention_core/", "assets/")
"""Folders with strings for users: on pages, in error messages and on the command line."""
WORD: Final = re.compile(r"[A-Za-z][A-Za-z'’-]+")
FEWEST_WORDS: Final = 4
"""A string with fewer words is a name, not a sentence."""

Kind = Literal["screen", "docstring", "comment"]


@dataclass(frozen=True)
class Sentence:
    file: str
    line: int
    kind: Kind
    text: str


def sentences(files: list[str]) -> Iterator[Sentence]:
    """Yield the first sentence of each docstring and comment, and each sentence for users."""
    for file in files:
        text = (ROOT / file).read_text("utf-8")
        if file.endswith(".py"):
            yield from _of_python(file, text)
        elif file.startswith("assets/") and file.endswith(".json"):
            yield from _on_screen(file, 1, "\n\n".join(_strings(json.loads(text))))
        elif file.startswith("assets/texts/"):
            yield from _on_screen(file, 1, text)
    yield from _of_javascript([file for file in files if file.endswith(".js")])


def tracked_files() -> list[str]:
    """Return the files of this repository that have sentences."""
    command = ["git", "ls-files", "*.py", "*.js", "*.json", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [file for file in listed.stdout.splitlines() if (ROOT / file).exists()]


def _of_python(file: str, text: str) -> Iterator[Sentence]:
    docstrings = set[int]()
    for name in ast.walk(ast.parse(text)):
        for first, second in _with_next(getattr(name, "body", None)):
            documented = isinstance(name, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and first is None
            if (docstring := _string(second)) and (documented or isinstance(first, ast.Assign | ast.AnnAssign)):
                docstrings.add(id(docstring))
                yield Sentence(file, docstring.lineno, "docstring", _first_sentence(docstring.value))
        if file.startswith(SCREEN) and isinstance(name, ast.JoinedStr | ast.Constant) and id(name) not in docstrings:
            if isinstance(name, ast.JoinedStr):
                docstrings |= {id(part) for part in name.values}
            yield from _on_screen(file, name.lineno, _text(name))
    above = False
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        is_comment = token.type == tokenize.COMMENT and not token.line.strip().startswith("#!")
        if is_comment and not above:
            yield Sentence(file, token.start[0], "comment", _first_sentence(token.string.lstrip("# ")))
        if token.type != tokenize.NL or token.line.strip() == "":
            above = is_comment


def _of_javascript(files: list[str]) -> Iterator[Sentence]:
    reader = str(ROOT / "tests/words/sentences.js")
    printed = subprocess.run([node(), reader, *files], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    last = ("", 0)
    for read in json.loads(printed):
        file, line, text = read["file"], read["line"], read["text"]
        if read["kind"] == "text":
            if file.startswith(SCREEN):
                yield from _on_screen(file, line, text)
            continue
        if read["kind"] == "doc":
            text = re.sub(r"^\s*\* ?", "", text, flags=re.MULTILINE).strip()
            text = re.sub(r"^(\{[^}]*\}|@\w+ \{.*?\} ?\S*|@\w+)\s*", "", text)
        if last != (file, line - 1) and not text.startswith("@"):
            yield Sentence(file, line, "comment" if read["kind"] == "comment" else "docstring", _first_sentence(text))
        if read["kind"] == "comment":
            last = (file, line)


def _on_screen(file: str, line: int, text: str) -> Iterator[Sentence]:
    for sentence in re.split(r"(?<=[.!?:])\s+(?=[A-Z])|\n\s*\n|\n(?=[-*#>|])", text):
        if len(WORD.findall(sentence)) >= FEWEST_WORDS:
            yield Sentence(file, line, "screen", " ".join(sentence.split()))


def _first_sentence(text: str) -> str:
    paragraph = re.split(r"\n\s*\n|\n(?=@)| @param| @type| @returns", text.strip())[0]
    return re.split(r"(?<=[.!?])\s", " ".join(paragraph.split()))[0]


def _with_next(body: Any) -> Iterator[tuple[ast.AST | None, ast.AST]]:
    statements = body if isinstance(body, list) else []
    yield from zip([None, *statements], statements, strict=False)


def _string(statement: ast.AST) -> ast.Constant | None:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _text(node: ast.JoinedStr | ast.Constant) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(child)
