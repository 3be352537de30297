"""What the server keeps between reruns, of all kinds together within a number of bytes; what was used longest ago goes first.

All sessions share it, so everything has a name that says of what it is: a digest of content, and settings.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Any, Generic, ParamSpec, TypeVar, cast
from weakref import WeakValueDictionary

import streamlit as st
from cachetools import LRUCache

from attention_core.settings import settings
from ui.shared.sized import nbytes

T = TypeVar("T")
P = ParamSpec("P")


class Store:
    """Safe for threads. Nothing is made twice at the same time: whoever asks for what is being made waits for it."""

    def __init__(self, most_bytes: int) -> None:
        self._used_yet: WeakValueDictionary[Hashable, Any] = WeakValueDictionary()
        self._entries: LRUCache[Hashable, Any] = LRUCache(most_bytes, lambda value: min(nbytes(value), most_bytes))
        self._making: set[Hashable] = set()
        self._changed = threading.Condition()

    @property
    def nbytes(self) -> int:
        return int(self._entries.currsize)

    def names(self) -> list[Hashable]:
        """Of all that is kept."""
        with self._changed:
            return list(self._entries)

    def find(self, name: Hashable) -> Any:
        """What is kept under that name; None where nothing is."""
        with self._changed:
            return self._entries[name] if self._has(name) else None

    def keep(self, name: Hashable, value: T) -> T:
        """Keep it, alone where it is larger than all may be; returns what was kept before under that name, if anything was."""
        with self._changed:
            if self._has(name):
                return cast(T, self._entries[name])
            self._enter(name, value)
            return value

    def get(self, name: Hashable, make: Callable[[], T]) -> T:
        """What is kept under that name, or what `make` returns, which is kept then; what it raises is not."""
        with self._changed:
            self._changed.wait_for(lambda: name not in self._making)
            if self._has(name):
                return cast(T, self._entries[name])
            self._making.add(name)
        try:
            return self.keep(name, make())
        finally:
            with self._changed:
                self._making.discard(name)
                self._changed.notify_all()

    def forget(self, gone: Callable[[Any], bool]) -> None:
        """Let go of everything whose name is gone."""
        with self._changed:
            for name in [name for name in self._entries if gone(name)]:
                del self._entries[name]
            for name in [name for name in self._used_yet if gone(name)]:
                del self._used_yet[name]

    def _has(self, name: Hashable) -> bool:
        """Whether it is kept, or was and is still used by somebody: a model that recordings refer to is not loaded twice."""
        if name not in self._entries and (used := self._used_yet.get(name)) is not None:
            self._enter(name, used)
        return name in self._entries

    def _enter(self, name: Hashable, value: Any) -> None:
        self._entries[name] = value
        with suppress(TypeError):  # what nobody can refer to weakly, a tuple or a dict
            self._used_yet[name] = value


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The server's own."""
    return Store(settings().memory * 2**20)


class Kept(Generic[P, T]):
    """A function whose results are kept. Arguments with a leading underscore are no part of the name: the others say it all."""

    def __init__(self, make: Callable[P, T]) -> None:
        self.make = make
        self._named = [not name.startswith("_") for name in inspect.signature(make).parameters]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        return store().get(self._name(args), lambda: self.make(*args, **kwargs))

    def _name(self, args: tuple[Any, ...]) -> Hashable:
        return (self.make.__name__, *(arg for arg, named in zip(args, self._named, strict=True) if named))


kept = Kept
