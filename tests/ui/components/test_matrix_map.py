"""What the browser asks for may be anything."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final, cast

import pytest

from ui.components.matrix_map import asked_matrix
from ui.recording import Recording

SHOWN: Final = cast(Recording, SimpleNamespace(key="cat", layers=(None,) * 3))
ASKED: Final = {"recording": "cat", "layer": 2, "temperature": 0.5}


def test_a_matrix_that_there_is() -> None:
    assert asked_matrix(ASKED, SHOWN) == (2, 0.5)


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        [2, 0.5],
        ASKED | {"recording": "dog"},
        ASKED | {"layer": 3},
        ASKED | {"layer": -1},
        ASKED | {"layer": "2"},
        ASKED | {"layer": True},
        ASKED | {"temperature": 0},
        ASKED | {"temperature": float("nan")},
        ASKED | {"temperature": float("inf")},
        ASKED | {"temperature": "1"},
    ],
)
def test_anything_else_is_left_alone(wanted: Any) -> None:
    assert asked_matrix(wanted, SHOWN) is None
