"""The gate for heavy work: a limited number at a time, in order of arrival. Long work lets others go in between."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

SLICE_SECONDS: Final = 5.0
"""If somebody waits, work that has run for this long steps aside at its next step. Most passes end earlier, which is good:
unfinished work holds memory."""
LOOK_SECONDS: Final = 0.2


class Ticket:
    """A visitor of the gate, once or several times."""

    entered: float = 0.0


class Gate:
    """A gate with a number of places and a queue. Safe for threads."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._waiting: deque[Ticket] = deque()
        self._inside: set[Ticket] = set()
        self._changed = threading.Condition()

    def line_up(self, ticket: Ticket) -> None:
        """Take the next place in the queue, before a later `enter`."""
        with self._changed:
            self._waiting.append(ticket)

    def enter(self, ticket: Ticket, check: Callable[[], None] = lambda: None) -> None:
        """Wait for a place. `check` is called now and then. If it raises an error, the waiting ends without a place."""
        with self._changed:
            if ticket not in self._waiting:
                self.line_up(ticket)
            try:
                while len(self._inside) >= self._places or self._waiting[0] is not ticket:
                    self._changed.wait(LOOK_SECONDS)
                    check()
                self._inside.add(ticket)
                ticket.entered = time.monotonic()
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def leave(self, ticket: Ticket) -> None:
        """Give up the place inside or in the queue."""
        with self._changed:
            self._inside.discard(ticket)
            if ticket in self._waiting:
                self._waiting.remove(ticket)
            self._changed.notify_all()

    def step_aside(self, ticket: Ticket, check: Callable[[], None] = lambda: None) -> None:
        """Let waiting tickets go first, and queue again as in `enter`."""
        self.leave(ticket)
        self.enter(ticket, check)

    def is_long_inside(self, ticket: Ticket) -> bool:
        """True if the ticket should step aside: somebody waits, and it has been inside for more than SLICE_SECONDS."""
        return bool(self._waiting) and time.monotonic() - ticket.entered > SLICE_SECONDS

    @property
    def is_free(self) -> bool:
        """True if nobody is inside or waits."""
        return not self._inside and not self._waiting

    def ahead_of(self, ticket: Ticket) -> int:
        """Return how many waiting tickets come before this one; 0 if it does not wait."""
        return max(0, self._places_short(ticket) - 1)

    def waits(self, ticket: Ticket) -> bool:
        """True if the ticket must wait because all places are taken."""
        return self._places_short(ticket) > 0

    def _places_short(self, ticket: Ticket) -> int:
        """Return how many must leave before it is this ticket's turn; 0 or less if it is its turn."""
        with self._changed:
            if ticket not in self._waiting:
                return 0
            return len(self._inside) + self._waiting.index(ticket) + 1 - self._places
