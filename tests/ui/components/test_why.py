"""What the browser asks for may be anything."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final, cast

import pytest

from ui.components.why import asked_head
from ui.recording import Recording


def _layer(softmaxed: object = None) -> SimpleNamespace:
    return SimpleNamespace(layer=SimpleNamespace(num_heads=4, num_queries=9, softmaxed=softmaxed))


SHOWN: Final = cast(Recording, SimpleNamespace(key="cat", layers=(_layer(), _layer(), _layer(softmaxed=1))))
ASKED: Final = {"recording": "cat", "layer": 1, "head": 3, "query": -1}


def test_a_head_that_there_is() -> None:
    assert asked_head(ASKED, SHOWN) == (1, 3, -1)
    assert asked_head(ASKED | {"query": 8}, SHOWN) == (1, 3, 8)


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        [1, 3],
        ASKED | {"recording": "dog"},
        ASKED | {"layer": 2},
        ASKED | {"layer": 3},
        ASKED | {"layer": -1},
        ASKED | {"layer": True},
        ASKED | {"head": 4},
        ASKED | {"head": "0"},
        ASKED | {"query": 9},
        ASKED | {"query": -2},
        ASKED | {"query": None},
    ],
)
def test_anything_else_is_left_alone(wanted: Any) -> None:
    assert asked_head(wanted, SHOWN) is None
