"""The fuzzer itself: it runs over every format, and it finds and keeps files that break `load_image`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from attention_core.images.decoding import ACCEPTED_FORMATS, ImageError
from tests.fuzz import __main__ as fuzz
from tests.fuzz.decode import LAST, Trial
from tests.fuzz.seeds import SEEDS


def test_every_format_has_initial_files() -> None:
    assert set(SEEDS) == set(ACCEPTED_FORMATS) and all(SEEDS.values())


@pytest.mark.nightly
def test_it_runs_over_every_format_and_finds_nothing() -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--seconds", "2"]
    answer = subprocess.run(command, cwd=fuzz.ROOT, capture_output=True, text=True, check=False)
    assert answer.stdout.splitlines() == [f"{kind:5} 2 s, nothing found" for kind in ACCEPTED_FORMATS]
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("error", [KeyError("x"), ImageError("two\nlines."), ImageError("No full stop")], ids=str)
def test_an_error_that_is_not_a_sentence_is_found(error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: bytes) -> Any:
        raise error

    monkeypatch.setattr("tests.fuzz.decode.decoding.load_image", fails)
    with pytest.raises((KeyError, AssertionError)):
        Trial(tmp_path)(b"damaged")
    assert (tmp_path / LAST).read_bytes() == b"damaged"


@pytest.mark.parametrize(
    ("ends", "how"), [("exit 3", "ended with 3"), ("exec sleep 60", "hangs"), ("kill -9 $$", "ended with -9")]
)
def test_a_file_that_ends_a_process_is_reported_and_kept(
    ends: str, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that has just written its last file replaces the process that tries files."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nfor folder; do :; done\nprintf damaged > "$folder/{LAST}"\necho why\n{ends}\n')
    python.chmod(0o755)
    monkeypatch.setattr(fuzz.sys, "executable", str(python))
    monkeypatch.setattr(fuzz, "MOST_SECONDS", 0.5)
    monkeypatch.setattr(fuzz, "ROOT", tmp_path)
    monkeypatch.setattr(fuzz, "KEPT", tmp_path / "kept")
    assert fuzz.broken("PNG", 0, 7) == f"{how}: kept/PNG-7, PNG-7.log"
    assert (tmp_path / "kept/PNG-7").read_bytes() == b"damaged" and (tmp_path / "kept/PNG-7.log").read_text() == "why\n"
