"""So many at a time, first come first served; what takes long lets others in between."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

SLICE_SECONDS: Final = 5.0
"""After so long whoever is inside steps aside at its next step, where somebody waits. Most passes end before: what is begun
holds memory."""
LOOK_SECONDS: Final = 0.2


class Ticket:
    """One who comes to the gate, once or again and again."""

    entered: float = 0.0


class Gate:
    """Safe for threads."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._waiting: deque[Ticket] = deque()
        self._inside: set[Ticket] = set()
        self._changed = threading.Condition()

    def line_up(self, ticket: Ticket) -> None:
        """Come before all who come later, for who is to `enter` by and by."""
        with self._changed:
            self._waiting.append(ticket)

    def enter(self, ticket: Ticket, check: Callable[[], None] = lambda: None) -> None:
        """Wait for a place. `check` is asked now and then; what it raises ends the waiting, without a place."""
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
        """The place inside, or in the queue."""
        with self._changed:
            self._inside.discard(ticket)
            if ticket in self._waiting:
                self._waiting.remove(ticket)
            self._changed.notify_all()

    def step_aside(self, ticket: Ticket, check: Callable[[], None] = lambda: None) -> None:
        """Let those who wait go first, and queue again, as `enter` has it."""
        self.leave(ticket)
        self.enter(ticket, check)

    def is_long_inside(self, ticket: Ticket) -> bool:
        """Whether it is time to step aside: somebody waits, and the ticket has been inside for a while."""
        return bool(self._waiting) and time.monotonic() - ticket.entered > SLICE_SECONDS

    @property
    def is_free(self) -> bool:
        """True if nobody is inside or waits."""
        return not self._inside and not self._waiting

    def ahead_of(self, ticket: Ticket) -> int:
        """How many have their turn before it, once somebody inside has left; 0 also for who does not wait."""
        return max(0, self._places_short(ticket) - 1)

    def waits(self, ticket: Ticket) -> bool:
        """Whether others have the place that it would take."""
        return self._places_short(ticket) > 0

    def _places_short(self, ticket: Ticket) -> int:
        """How many must leave before it is its turn; none where it is, also before it has come in."""
        with self._changed:
            if ticket not in self._waiting:
                return 0
            return len(self._inside) + self._waiting.index(ticket) + 1 - self._places
