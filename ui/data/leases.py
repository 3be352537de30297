"""What a reader may ask for, a recording or an atlas: the page's script leases it under a random token, and requests renew the
lease.

A lease survives a lost connection and a full cache, because it holds how to make a recording again. It ends soon after the
browser stops asking.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Final, Protocol

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
_SESSION: Final = "lease_session"


class Leased(Protocol):
    """Something to be leased, and the key that names it with all that it depends on."""

    @property
    def key(self) -> str: ...


class GoneError(Exception):
    """A lease that a request names has ended."""


@dataclass(eq=False)
class Lease:
    """One reader's right to ask for one thing.

    leased: of a recording an outline, without numbers; None for data that need no lease. recipe: makes a recording again.
    page: where it is shown, for the log of faults. session: names the script's session, and with it the reader's tab. brought:
    digests of what the reader brought of their own. works: work that the reader waits for, by name, until its result is
    fetched. newest: by kind of data the name of the work that was asked for last. beside: the token of a lease that lasts as
    long as this one.
    """

    leased: Leased | None = None
    recipe: Recipe | None = None
    page: str = ""
    session: str = ""
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

    def grant(self, leased: Leased, recipe: Recipe | None = None, page: str = "", session: str = "") -> str:
        """Return the token of a new lease. What the reader brought of their own stays on the server as long as it lasts.

        session: leases of one session end together when the reader leaves; "" for a lease that is alone.
        """
        token = secrets.token_urlsafe(24)
        lease = Lease(leased, recipe, page, session, brought=tuple(self._owners.named_in(leased.key)))
        for digest in lease.brought:
            self._owners.add(digest)
        with self._lock:
            self._leases[token] = lease
        return token

    def find(self, token: str) -> Lease | None:
        """Return the lease, renewed with the one beside it; None if it has ended or never was."""
        with self._lock:
            if (lease := self._lasting(token)) is not None:
                lease.renewed = time.monotonic()
                if (beside := self._leases.get(lease.beside)) is not None:
                    beside.renewed = lease.renewed
            return lease

    def lasts(self, token: str) -> bool:
        """Whether there is such a lease that has not ended. Renews nothing."""
        with self._lock:
            return self._lasting(token) is not None

    def grant_beside(self, lease: Lease, recording: Recording) -> str:
        """Return the token of the lease beside another one: the same as before for the same recording.

        The lease of an earlier recording ends soon, as requests under it may be on their way.
        """
        before = self.find(lease.beside)
        if before is not None and before.leased is not None and before.leased.key == recording.key:
            return lease.beside
        if recording.recipe is None:
            raise ValueError("only a recording that can be made again can be leased")
        self.let_end(lease.beside)
        lease.beside = self.grant(recording, recording.recipe, lease.page)
        return lease.beside

    def let_end(self, token: str) -> None:
        """The reader leaves, and may be reloading the page: all leases of the session end soon."""
        with self._lock:
            if (left := self._lasting(token)) is None:
                return
            soon = time.monotonic() - max(0.0, self._seconds - RELOAD_SECONDS)
            for lease in self._leases.values():
                if lease is left or (left.session and lease.session == left.session):
                    lease.renewed = min(lease.renewed, soon)

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

    def _lasting(self, token: str) -> Lease | None:
        lease = self._leases.get(token)
        return None if lease is None or self._is_over(lease) else lease

    def _is_over(self, lease: Lease) -> bool:
        return time.monotonic() - lease.renewed > self._seconds


@st.cache_resource(show_spinner=False)
def leases() -> Leases:
    """Return the server's own."""
    return Leases(brought())


def token_for(shown: Recording) -> str:
    """Return the token under which this session's browser asks for the recording: the same one as long as its lease lasts.

    Only the browser's requests renew a lease: a script may still run when the reader has left.

    Raises ValueError for a recording without a recipe.
    """
    if shown.recipe is None:
        raise ValueError("only a recording that can be made again can be leased")
    return leased_under(shown, shown.recipe)


def leased_under(leased: Leased, recipe: Recipe | None = None) -> str:
    """Return this session's token for a thing, the same one as long as its lease lasts."""
    tokens: dict[str, str] = st.session_state.setdefault(_TOKENS, {})
    if not leases().lasts(tokens.get(leased.key, "")):
        held = {key: token for key, token in tokens.items() if leases().lasts(token)}
        session: str = st.session_state.setdefault(_SESSION, secrets.token_hex(8))
        tokens.clear()
        tokens |= held | {leased.key: leases().grant(leased, recipe, page_shown(), session)}
    return tokens[leased.key]


def give_back(digest: str) -> None:
    """End this session's leases of everything made of what the reader has taken away again."""
    tokens: dict[str, str] = st.session_state.get(_TOKENS, {})
    for key in [key for key in tokens if digest in key]:
        leases().end(tokens.pop(key))
