"""`make run` in a folder in which nothing is set up: what it would install, and what it says about it. Nothing is run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser.serving import ROOT

MAKE = shutil.which("make")
PIP = [".venv/bin/python", "-m", "pip", "install", "--disable-pip-version-check"]
WITH_UV = ["pip", "install", "--python", ".venv/bin/python"]
WHAT = ["-r", "requirements.txt"]

pytestmark = pytest.mark.skipif(MAKE is None, reason="needs make")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a new folder with the files that `make run` needs. Its subfolder `bin` is the whole PATH."""
    (tmp_path / "bin").mkdir()
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.fixture
def uv(folder: Path) -> str:
    """Write a uv that does nothing."""
    program = folder / "bin/uv"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return str(program)


def commands(folder: Path, *given: str) -> list[str]:
    """Return the commands that `make run` would pass to the shell."""
    asked = [str(MAKE), "--dry-run", "--no-print-directory", "run", *given]
    environment = {"PATH": str(folder / "bin")}
    answer = subprocess.run(asked, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    assert not answer.stderr
    return answer.stdout.splitlines()


def installs(folder: Path, lines: list[str]) -> list[list[str]]:
    """Return the words of each install command.

    A command that installs a missing program counts only if the program is missing.
    """
    found = []
    for words in (line.split() for line in lines if "pip install" in line):
        if words[:2] != ["command", "-v"]:
            found.append(words)
        elif not (folder / words[2]).exists():
            found.append(words[words.index("||") + 1 :])
    return found


def says(lines: list[str]) -> str:
    """Return the first message, which comes before anything is made or fetched."""
    first = next(number for number, line in enumerate(lines) if line.startswith("echo "))
    assert not any(" venv " in line or "install " in line for line in lines[:first])
    return lines[first].removeprefix("echo ").strip('"')


@pytest.mark.parametrize("given", [(), ("UV=",)], ids=["none is there", "turned down"])
def test_without_uv_it_is_pip(folder: Path, given: tuple[str, ...], request: pytest.FixtureRequest) -> None:
    if given:
        request.getfixturevalue("uv")
    lines = commands(folder, *given)
    assert installs(folder, lines) == [[*PIP, *WHAT]] and any("python3 -m venv .venv" in line for line in lines)
    assert says(lines) == "Creating .venv and installing requirements.txt with pip (once; some minutes)…"


def test_uv_is_used_if_it_is_there(folder: Path, uv: str) -> None:
    lines = commands(folder)
    assert installs(folder, lines) == [[uv, *WITH_UV, *WHAT]]
    assert any(f"{uv} venv --quiet --seed --python python3 .venv" in line for line in lines)
    assert says(lines) == "Creating .venv and installing requirements.txt with uv (once; some minutes)…"


def test_the_small_torch_is_installed_on_request(folder: Path, uv: str) -> None:
    lines = commands(folder, "TORCH=cpu")
    assert installs(folder, lines) == [[uv, *WITH_UV, "--torch-backend=cpu", *WHAT]]
    assert says(lines) == "Creating .venv and installing requirements.txt with uv, torch for cpu (once; some minutes)…"


def test_for_the_small_torch_pip_brings_uv(folder: Path) -> None:
    """Only uv knows the address of that build."""
    lines, own = commands(folder, "TORCH=cpu"), ".venv/bin/uv"
    assert installs(folder, lines) == [[*PIP, "uv"], [own, *WITH_UV, "--torch-backend=cpu", *WHAT]]


def test_then_it_fetches_the_weights_and_starts(folder: Path) -> None:
    *_, weights, starting, app = commands(folder, "PORT=8765")
    assert weights.startswith(".venv/bin/python -m attention_core weights") and starting == 'echo "Starting Regard…"'
    assert app == "REGARD_PORT=8765 exec .venv/bin/python -m ui"
