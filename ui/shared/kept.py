"""The server's cache for results of all kinds, with one limit in bytes. The least recently used entry goes first.

All sessions share the cache, so an entry's name says what it belongs to: a digest of the content, and settings.
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
    """The cache. Safe for threads. A value is never computed twice at the same time: the second caller waits."""

    def __init__(self, most_bytes: int) -> None:
        self._used_yet: WeakValueDictionary[Hashable, Any] = WeakValueDictionary()
        self._entries: LRUCache[Hashable, Any] = LRUCache(most_bytes, lambda value: min(nbytes(value), most_bytes))
        self._making: set[Hashable] = set()
        self._changed = threading.Condition()

    @property
    def nbytes(self) -> int:
        return int(self._entries.currsize)

    def names(self) -> list[Hashable]:
        """Return the names of all entries."""
        with self._changed:
            return list(self._entries)

    def find(self, name: Hashable) -> Any:
        """Return the cached value of that name, or None."""
        with self._changed:
            return self._entries[name] if self._has(name) else None

    def keep(self, name: Hashable, value: T) -> T:
        """Cache the value and return it; if the name is taken, return the cached value. A value over the limit stays alone."""
        with self._changed:
            if self._has(name):
                return cast(T, self._entries[name])
            self._enter(name, value)
            return value

    def get(self, name: Hashable, make: Callable[[], T]) -> T:
        """Return the cached value of that name, or cache and return the result of `make`. Its errors are not cached."""
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
        """Remove every entry whose name is gone."""
        with self._changed:
            for name in [name for name in self._entries if gone(name)]:
                del self._entries[name]
            for name in [name for name in self._used_yet if gone(name)]:
                del self._used_yet[name]

    def _has(self, name: Hashable) -> bool:
        """True if the value is cached, or if something still uses it, so that no model in use is loaded twice."""
        if name not in self._entries and (used := self._used_yet.get(name)) is not None:
            self._enter(name, used)
        return name in self._entries

    def _enter(self, name: Hashable, value: Any) -> None:
        self._entries[name] = value
        with suppress(TypeError):  # a tuple or a dict has no weak references
            self._used_yet[name] = value


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """Return the server's only instance."""
    return Store(settings().memory * 2**20)


class Kept(Generic[P, T]):
    """A function with cached results. Arguments with a leading underscore are not part of the name."""

    def __init__(self, make: Callable[P, T]) -> None:
        self.make = make
        self._named = [not name.startswith("_") for name in inspect.signature(make).parameters]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        return store().get(self._name(args), lambda: self.make(*args, **kwargs))

    def _name(self, args: tuple[Any, ...]) -> Hashable:
        return (self.make.__name__, *(arg for arg, named in zip(args, self._named, strict=True) if named))


kept = Kept
