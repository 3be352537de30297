"""What readers bring of their own. Nothing that is made of it stays on the server once no session has it any more."""

from __future__ import annotations

import threading
from collections import Counter

import streamlit as st

from ui.shared.kept import Store, store


class Brought:
    """How many sessions have each thing, by its digest. Safe for threads."""

    def __init__(self, kept: Store) -> None:
        self._kept, self._sessions = kept, Counter[str]()
        self._lock = threading.Lock()

    def add(self, digest: str) -> None:
        with self._lock:
            self._sessions[digest] += 1

    def named_in(self, name: str) -> list[str]:
        """Return the digests, of all that some session has brought, that are a part of the name."""
        with self._lock:
            return [digest for digest in self._sessions if digest in name]

    def drop(self, digest: str) -> None:
        """One session less; with the last one goes everything whose name has this digest in it."""
        with self._lock:
            self._sessions[digest] -= 1
            if self._sessions[digest] > 0:
                return
            del self._sessions[digest]
            self._kept.forget(lambda name: digest in str(name))


@st.cache_resource(show_spinner=False)
def brought() -> Brought:
    """The server's own."""
    return Brought(store())


def _release(mine: set[str]) -> None:
    for digest in mine:
        brought().drop(digest)


@st.cache_resource(show_spinner=False, scope="session", on_release=_release)
def _mine() -> set[str]:
    """This session's digests; released when Streamlit ends the session, some minutes after its tab was closed."""
    return set()


def bring(digest: str) -> None:
    """This session has it, from now on."""
    if digest not in _mine():
        _mine().add(digest)
        brought().add(digest)


def take_away(digest: str) -> None:
    """This session has it no more."""
    if digest in _mine():
        _mine().discard(digest)
        brought().drop(digest)
