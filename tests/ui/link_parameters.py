"""Every parameter that a page takes from its link, as the code has them."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

from tests.js.node import called
from ui.atlas.view_state import PARAMETERS as OF_ATLAS
from ui.compare.presets import TAB
from ui.compare.settings import OPENING
from ui.compare.sides import BOTH
from ui.data.settings_asked import parameters
from ui.explorer.state import ONLY
from ui.whatif.state import ACTS

ROOT: Final = Path(__file__).parents[2]
TAKERS: Final = {"bound": 0, "linked": 0, "link": 0, "title_of": 0, "pills": 2}
"""Functions of the app that take a parameter, and which of their arguments names it."""
OF_QUERY: Final = ("get", "get_all", "pop")
SIDES: Final = (ONLY, *BOTH)
PASSED_ON: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("ui/choices.py", "key"): (),
    ("ui/atlas/chosen.py", "parameter"): ("atlas", "beside"),
    ("ui/components/lesson.py", "key"): (),
    ("ui/orders.py", "name"): (*parameters(), *OF_ATLAS, *OPENING.for_browser(), *ACTS.parameters),
    ("ui/explorer/view_state.py", "name"): parameters(),
    ("pages/compare.py", "TAB"): (TAB,),
    ("ui/compare/pictures.py", "name"): ("pictures",),
    ("ui/explorer/sources.py", "side.key(name)"): tuple(
        side.key(name) for side in SIDES for name in ("num_heads", "head_dim", "seed")
    ),
}
"""Where a variable names it: what else it may be than what other calls name."""
BY_STREAMLIT: Final = ("embed", "embed_options")


@cache
def of_lessons() -> dict[str, dict[str, list[str]]]:
    """By lesson the names of its `settings` and of its `matrices`."""
    found: dict[str, dict[str, list[str]]] = called("../tests/js/link_names.js", "ofLessons")
    return found


@cache
def every() -> tuple[str, ...]:
    """Of all pages. Raises LookupError where a call names one in a way that is not understood here."""
    in_browser = [name for of in ("ofExplorer", "ofComparison") for name in called("../tests/js/link_names.js", of)]
    lessons = (name for each in of_lessons().values() for names in each.values() for name in names)
    return tuple(sorted({*BY_STREAMLIT, *_called(), *lessons, *in_browser}))


def _called() -> set[str]:
    files = [*ROOT.glob("ui/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"]
    return {name for file in files if file != ROOT / "ui/links.py" for name in _of_file(file)}


def _of_file(file: Path) -> Iterator[str]:
    text = file.read_text("utf-8")
    where = file.relative_to(ROOT).as_posix()
    if not any(f"{word}(" in text for word in TAKERS) and "query_params" not in text:
        return
    tree = ast.parse(text)
    module = None if where.startswith(("pages", "app")) else importlib.import_module(where[:-3].replace("/", "."))
    others = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}  # of the same name
    takers = {name: at for name, at in TAKERS.items() if name not in others}
    for argument in filter(None, (_argument(node, takers) for node in ast.walk(tree))):
        yield from _names(argument, module, _assigned(tree, argument), where)


def _argument(node: ast.AST, takers: Mapping[str, int]) -> ast.expr | None:
    """What names the parameter, where this takes one."""
    if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("query_params"):
        return node.slice
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Name) and node.func.id in takers:
        return node.args[takers[node.func.id]]
    if isinstance(node.func, ast.Attribute) and node.func.attr in OF_QUERY:
        return node.args[0] if ast.unparse(node.func.value).endswith("query_params") else None
    return None


def _assigned(tree: ast.Module, argument: ast.expr) -> ast.expr:
    """A variable that is set in the function that has it, as what it is set to."""
    if not isinstance(argument, ast.Name):
        return argument
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    around = [node for node in functions if any(child is argument for child in ast.walk(node))]
    for node in (child for function in around for child in ast.walk(function)):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                together = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                pairs = zip(target.elts, node.value.elts, strict=True) if together else [(target, node.value)]  # type: ignore[attr-defined]
                found = next((value for name, value in pairs if ast.unparse(name) == argument.id), None)
                if found is not None:
                    return found
    return argument


def _names(argument: ast.expr, module: ModuleType | None, meant: ast.expr, where: str) -> set[str]:
    written = ast.unparse(argument)
    if (where, written) in PASSED_ON:
        return set(PASSED_ON[where, written])
    if isinstance(meant, ast.Call) and ast.unparse(meant.func).endswith(".key") and len(meant.args) == 1:
        return {side.key(name) for name in _constant(meant.args[0], module, where) for side in SIDES}
    return _constant(meant, module, where)


def _constant(value: ast.expr, module: ModuleType | None, where: str) -> set[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return {value.value}
    known = getattr(module, value.id, None) if isinstance(value, ast.Name) else None
    if not isinstance(known, str):
        raise LookupError(f"{where} takes a parameter of the link that is called {ast.unparse(value)}: say in PASSED_ON what")
    return {known}
