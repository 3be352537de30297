"""Which recordings a reader may ask for: the page's script leases one under a random token, and requests renew the lease.

A lease survives a lost connection and a full cache, because it holds how to make the recording again. It ends soon after the
browser stops asking.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Final

import streamlit as st

from ui.recording import Recipe, Recording
from ui.shared.brought import Brought, brought
from ui.shared.faults import page_shown
from ui.shared.work import Work

LEASE_SECONDS: Final = 150
"""Longer than two heartbeats of a hidden tab: browsers let its timers fire once a minute."""
RELOAD_SECONDS: Final = 15
SWEEP_SECONDS: Final = 5
_TOKENS: Final = "lease_tokens"


class GoneError(Exception):
    """A lease that a request names has ended."""


@dataclass(eq=False)
class Lease:
    """One reader's right to ask for one recording.

    recording: an outline, without numbers. page: where it is shown, for the log of faults. brought: digests of what the reader
    brought of their own. works: work that the reader waits for, by name, until its result is fetched. newest: by kind of data
    the name of the work that was asked for last. beside: the token of a lease that lasts as long as this one.
    """

    recording: Recording
    recipe: Recipe
    page: str = ""
    renewed: float = field(default_factory=time.monotonic)
    brought: tuple[str, ...] = ()
    works: dict[str, Work] = field(default_factory=dict)
    newest: dict[str, str] = field(default_factory=dict)
    beside: str = ""

    def waits_for(self, work: Work) -> bool:
        """False once the reader has cancelled the work, or has asked for other work in its place."""
        return self.works.get(work.name) is work

    def leave(self, name: str) -> None:
        """Stop waiting for the work of that name."""
        if (work := self.works.pop(name, None)) is not None:
            work.left_by(self)

    def turn_to(self, kind: str, name: str) -> None:
        """Wait for this work alone of its kind: stop waiting for the one before."""
        before, self.newest[kind] = self.newest.get(kind, name), name
        if before != name:
            self.leave(before)


class Leases:
    """All leases of the server. Safe for threads."""

    def __init__(self, owners: Brought, seconds: float = LEASE_SECONDS) -> None:
        self._owners, self._seconds = owners, seconds
        self._leases: dict[str, Lease] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._leases)

    def grant(self, recording: Recording, recipe: Recipe, page: str = "") -> str:
        """Return the token of a new lease. What the reader brought of their own stays on the server as long as it lasts."""
        token = secrets.token_urlsafe(24)
        lease = Lease(recording, recipe, page, brought=tuple(self._owners.named_in(recording.key)))
        for digest in lease.brought:
            self._owners.add(digest)
        with self._lock:
            self._leases[token] = lease
        return token

    def find(self, token: str) -> Lease | None:
        """Return the lease, renewed with the one beside it; None if it has ended or never was."""
        with self._lock:
            lease = self._leases.get(token)
            if lease is None or self._is_over(lease):
                return None
            lease.renewed = time.monotonic()
            if (beside := self._leases.get(lease.beside)) is not None:
                beside.renewed = lease.renewed
            return lease

    def grant_beside(self, lease: Lease, recording: Recording) -> str:
        """Return the token of the lease beside another one: the same as before for the same recording.

        The lease of an earlier recording ends soon, as requests under it may be on their way.
        """
        before = self.find(lease.beside)
        if before is not None and before.recording.key == recording.key:
            return lease.beside
        if recording.recipe is None:
            raise ValueError("only a recording that can be made again can be leased")
        self.let_end(lease.beside)
        lease.beside = self.grant(recording, recording.recipe, lease.page)
        return lease.beside

    def let_end(self, token: str) -> None:
        """The reader leaves, and may be reloading the page: the lease ends soon."""
        if (lease := self.find(token)) is not None:
            lease.renewed -= max(0.0, self._seconds - RELOAD_SECONDS)

    def end(self, token: str) -> None:
        """End the lease and the one beside it: its work is left to others, and what only this reader had brought goes."""
        with self._lock:
            lease = self._leases.pop(token, None)
        if lease is None:
            return
        self.end(lease.beside)
        for name in list(lease.works):
            lease.leave(name)
        for digest in lease.brought:
            self._owners.drop(digest)

    def sweep(self) -> None:
        """End every lease that nobody has renewed in time."""
        with self._lock:
            over = [token for token, lease in self._leases.items() if self._is_over(lease)]
        for token in over:
            self.end(token)

    def _is_over(self, lease: Lease) -> bool:
        return time.monotonic() - lease.renewed > self._seconds


@st.cache_resource(show_spinner=False)
def leases() -> Leases:
    """Return the server's own."""
    return Leases(brought())


def token_for(shown: Recording) -> str:
    """Return the token under which this session's browser asks for the recording: the same one as long as its lease lasts.

    Raises ValueError for a recording without a recipe.
    """
    if shown.recipe is None:
        raise ValueError("only a recording that can be made again can be leased")
    tokens: dict[str, str] = st.session_state.setdefault(_TOKENS, {})
    if leases().find(tokens.get(shown.key, "")) is None:
        held = {key: token for key, token in tokens.items() if leases().find(token) is not None}
        tokens.clear()
        tokens |= held | {shown.key: leases().grant(shown, shown.recipe, page_shown())}
    return tokens[shown.key]


def give_back(digest: str) -> None:
    """End this session's leases of everything made of what the reader has taken away again."""
    tokens: dict[str, str] = st.session_state.get(_TOKENS, {})
    for key in [key for key in tokens if digest in key]:
        leases().end(tokens.pop(key))
