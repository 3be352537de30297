"""A script that repeats edits prints the core's results."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from attention_core import load_image, load_model
from attention_core.interventions.change import change
from attention_core.interventions.edits import parse_edits
from attention_core.interventions.outcome import run
from attention_core.interventions.picture_changes import changed
from attention_core.interventions.python_snippet import python_snippet

pytestmark = pytest.mark.nightly

ROOT = Path(__file__).parents[2]
PHOTO = ROOT / "assets/photos/cat.jpg"
BOX = (2, 3, 2, 2)
NAME = "dinov2-small"


@pytest.mark.parametrize("on_picture", [False, True])
def test_it_runs_and_prints_the_cores_results(on_picture: bool, tmp_path: Path) -> None:
    edits = parse_edits("1.0:off;0.*:t0.5" if not on_picture else "0.0:even")
    changes = [(BOX, "swap", (0, 0))] if on_picture else []
    script = python_snippet(NAME, edits, str(PHOTO), 8, picture_changes=changes)
    where = {"cwd": tmp_path, "env": os.environ | {"PYTHONPATH": str(ROOT)}}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, **where)
    model, image = load_model(NAME), load_image(PHOTO)
    before = run(model, image, 8)
    picture = changed(image, before.grid, *changes[0]) if on_picture else image
    found = change(model, before, run(model, picture, 8, edits))
    words = done.stdout.split()
    printed = [float(words[1].strip(",")), float(words[-1])]
    assert printed == pytest.approx([found.cls, found.mean], rel=1e-4)


def test_names_stay_names() -> None:
    hostile = "cat'); import os; os.abort()  #.jpg"
    script = python_snippet(NAME, parse_edits("1.0:off"), hostile, 8, {"stride": 7}, square=True)
    assert repr(hostile) in script and "load_model('dinov2-small', stride=7)" in script and "image.crop(" in script
    compile(script, "script", "exec")
    with pytest.raises(ValueError, match="an option's name must be a name"):
        python_snippet(NAME, (), "cat.jpg", 8, {"a b": 1})
