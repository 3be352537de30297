"""Everything that is kept takes so many bytes together; what was used longest ago goes first."""

from __future__ import annotations

import gc
import inspect
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from ui.shared import kept as keeping
from ui.shared.kept import Store, kept
from ui.shared.sized import nbytes


def array(size: int) -> np.ndarray:
    return np.zeros(size, np.uint8)


def test_what_was_used_longest_ago_goes_first() -> None:
    store = Store(3500)
    for name in "abc":
        store.keep(name, array(1000))
    assert store.find("a") is not None, "a is used again"
    store.keep("d", array(1000))
    assert [name for name in "abcd" if store.find(name) is not None] == ["a", "c", "d"]
    assert store.nbytes == 3000


def test_what_is_larger_than_all_may_be_is_kept_alone() -> None:
    store = Store(1000)
    store.keep("small", array(100))
    assert len(store.get("large", lambda: array(2000))) == 2000
    assert store.find("large") is not None and store.find("small") is None
    store.keep("small", array(100))
    assert store.find("large") is None and store.find("small") is not None


def test_what_is_kept_stays_the_same() -> None:
    store = Store(1000)
    assert store.keep("a", "first") == store.keep("a", "second") == store.get("a", lambda: "third") == "first"
    store.forget(lambda name: name == "a")
    assert store.find("a") is None and store.nbytes == 0


def test_what_two_ask_for_is_made_once() -> None:
    store, made, may_end = Store(1000), [], threading.Event()

    def make() -> str:
        made.append(1)
        may_end.wait(10)
        return "map"

    found: list[str] = []
    readers = [threading.Thread(target=lambda: found.append(store.get("map", make))) for _ in range(3)]
    for reader in readers:
        reader.start()
    may_end.set()
    for reader in readers:
        reader.join(10)
    assert found == ["map"] * 3 and len(made) == 1


def test_what_could_not_be_made_is_made_again() -> None:
    store = Store(1000)
    with pytest.raises(ZeroDivisionError):
        store.get("map", lambda: 1 // 0)
    assert store.get("map", lambda: "map") == "map"


@dataclass
class Pair:
    one: Any
    other: Any


def test_bytes_are_counted_once() -> None:
    table = torch.zeros(1000)
    assert 4000 <= nbytes(table) < 4100
    assert 4000 <= nbytes(Pair(table, table[10:].view(-1))) < 4500, "a view is no copy"
    assert 8000 <= nbytes({"a": [table], "b": (torch.zeros(1000),)}) < 9000
    numbers = np.zeros(500)
    assert 4000 <= nbytes(numbers, numbers[3:], numbers.reshape(5, 100)) < 4100
    assert nbytes(Image.new("RGB", (20, 30))) == 1800
    assert nbytes(nn.Linear(10, 10, bias=False)) >= 400
    circle: list[Any] = []
    circle.append(circle)
    assert nbytes(circle) > 0


def test_the_servers_own_takes_as_many_megabytes_as_are_set_for_all_kinds_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGARD_MEMORY", "64")
    servers = inspect.unwrap(keeping.store)()
    monkeypatch.setattr(keeping, "store", lambda: servers)

    @kept
    def picture(number: int) -> np.ndarray:
        return array(30 * 2**20)

    @kept
    def layers(number: int) -> np.ndarray:
        return array(30 * 2**20)

    picture(1), layers(1)
    assert servers.names() == [("picture", 1), ("layers", 1)]
    picture(1), layers(2)
    assert set(servers.names()) == {("picture", 1), ("layers", 2)} and servers.nbytes <= 64 * 2**20


def test_what_went_and_is_still_used_is_not_made_again() -> None:
    store, made = Store(100), list[np.ndarray]()

    def make() -> np.ndarray:
        made.append(array(60))
        return made[-1]

    used = store.get("a", make)
    store.keep("b", array(60))
    assert store.names() == ["b"]
    assert store.get("a", make) is used and len(made) == 1 and store.names() == ["a"], "and counts again"
    store.keep("b", array(60))
    made.clear()
    del used
    gc.collect()
    store.get("a", make)
    assert len(made) == 1, "nobody used it"


def test_what_is_forgotten_is_made_again_though_it_is_used() -> None:
    store = Store(100)
    used = store.keep("a", array(60))
    store.forget(lambda name: name == "a")
    assert store.find("a") is None and len(used) == 60
