"""Readers' own files. When no session has a file any more, everything computed from it leaves the server."""

from __future__ import annotations

import threading
from collections import Counter

import streamlit as st

from ui.shared.kept import Store, store


class Brought:
    """The number of sessions that have each file, by its digest. Safe for threads."""

    def __init__(self, kept: Store) -> None:
        self._kept, self._sessions = kept, Counter[str]()
        self._lock = threading.Lock()

    def add(self, digest: str) -> None:
        with self._lock:
            self._sessions[digest] += 1

    def named_in(self, name: str) -> list[str]:
        """Return the digests of readers' files that are part of the name."""
        with self._lock:
            return [digest for digest in self._sessions if digest in name]

    def drop(self, digest: str) -> None:
        """Count one session less. After the last one, forget all cache entries with this digest in their name."""
        with self._lock:
            self._sessions[digest] -= 1
            if self._sessions[digest] > 0:
                return
            del self._sessions[digest]
            self._kept.forget(lambda name: digest in str(name))


@st.cache_resource(show_spinner=False)
def brought() -> Brought:
    """Return the server's only instance."""
    return Brought(store())


def _release(mine: set[str]) -> None:
    for digest in mine:
        brought().drop(digest)


@st.cache_resource(show_spinner=False, scope="session", on_release=_release)
def _mine() -> set[str]:
    """Return this session's digests. Streamlit releases them when the session ends, some minutes after its tab was closed."""
    return set()


def bring(digest: str) -> None:
    """Note that this session has the file."""
    if digest not in _mine():
        _mine().add(digest)
        brought().add(digest)


def take_away(digest: str) -> None:
    """Note that this session no longer has the file."""
    if digest in _mine():
        _mine().discard(digest)
        brought().drop(digest)
