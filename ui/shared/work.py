"""Heavy work of all sessions: passes, rollouts, heads' effects. Equal work is done once, in its own thread, behind one gate."""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Final

import streamlit as st
import torch

from attention_core.models import LoadCancelledError
from attention_core.models.free_memory import free_bytes
from attention_core.settings import settings
from ui.shared.faults import noted
from ui.shared.gate import Gate, Ticket

MOST_DOWNLOADS: Final = 8
FEWEST_CORES: Final = 4
"""Cores per pass, if the settings do not limit the number of passes at a time."""
NICE: Final = 10
ROOM_BETWEEN: Final = 512 * 2**20
"""Bytes that other work may need. With less free memory, it would be refused, so it waits until this work has ended."""
ABANDONED_SECONDS: Final = 30
"""A reader who has sent no request for this long has closed the tab."""


_INSIDE: Final = threading.local()


class CancelledError(Exception):
    """Raised inside work if nobody wants its result any more."""


class Work:
    """One piece of work.

    name: identifies its result. what: the name for readers. done, total: steps, 0 while unknown. kind, page: the kind of work
    and the page of the request, for the log of faults.

    Ended work has a result, or a failure, or neither if all readers have left. The failure's message is a sentence for the
    reader (ui/shared/faults.py).
    """

    def __init__(self, name: str, what: str, do: Callable[[Work], Any], gate: Gate, kind: str = "pass", page: str = "") -> None:
        self.name, self.what, self.kind, self.page = name, what, kind, page
        self.cancel = threading.Event()
        self.done = self.total = 0
        self.result: Any = None
        self.failure: Exception | None = None
        self.there, self.ended = threading.Event(), threading.Event()
        self._handed_over = -math.inf
        self._do, self._gate, self._ticket = do, gate, Ticket()
        self._readers: dict[object, float] = {}
        self._reported, self._pace = time.monotonic(), 0.0
        self._part: tuple[int, float] | None = None

    @property
    def share(self) -> float:
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def seconds_left(self) -> float:
        """Estimate of the remaining seconds, from the last step's pace or the current part's mean pace; at least 1."""
        return max(1.0, self._pace * (self.total - self.done) - (time.monotonic() - self._reported))

    @property
    def waits(self) -> bool:
        """True if the work waits for its turn."""
        return self._gate.waits(self._ticket)

    @property
    def ahead(self) -> int:
        """Number of others that come before it, while it waits."""
        return self._gate.ahead_of(self._ticket)

    @property
    def wanted(self) -> bool:
        now = time.monotonic()
        return any(now - seen < ABANDONED_SECONDS for seen in (*self._readers.values(), self._handed_over))

    def wanted_by(self, reader: object) -> None:
        """Note that the reader is still waiting. Called repeatedly (heartbeat)."""
        self._readers[reader] = time.monotonic()

    def hold_for(self, reader: object, seconds: float) -> None:
        """Keep the reader's interest for this many seconds, because the reader may come back."""
        self._readers[reader] = time.monotonic() - ABANDONED_SECONDS + seconds

    def left_by(self, reader: object) -> None:
        self._readers.pop(reader, None)
        if not self._readers and not self.there.is_set():
            self.cancel.set()

    def hand_over(self, result: Any) -> None:
        """Publish the result while the work goes on. Called by the work itself. Readers profit from the rest for a while."""
        self.result, self._handed_over = result, time.monotonic()
        self.there.set()

    def progress(self, done: int, total: int) -> None:
        """Report progress, for work that ends by `cancel`. Called by the work itself."""
        now = time.monotonic()
        pace = now - self._reported
        if self._part is not None and done > self._part[0]:
            pace = (now - self._part[1]) / (done - self._part[0])
        self.done, self.total, self._pace, self._reported = done, total, pace, now
        if not self.wanted:
            self.cancel.set()

    def begin_part(self) -> None:
        """Begin a part with similar steps. The estimate then uses their mean pace in place of the last step's."""
        self._part = (self.done, time.monotonic())

    def report(self, done: int, total: int) -> None:
        """Report progress at every step. Called by the work itself. Others may go in between if there is memory for them.

        Raises CancelledError as `check` does.
        """
        self.progress(done, total)
        self.check()
        if self._gate.is_long_inside(self._ticket) and free_bytes(torch.device("cpu")) > ROOM_BETWEEN:
            self._gate.step_aside(self._ticket, self.check)

    def check(self) -> None:
        """Raise CancelledError if the work should end. The work itself calls this now and then."""
        if not self.wanted:
            raise CancelledError

    def begin(self, thread: threading.Thread) -> None:
        """Join the queue and start the thread, which calls `run`. Later work comes later."""
        self._gate.line_up(self._ticket)
        try:
            thread.start()
        except RuntimeError:  # the system has no thread to give
            self._gate.leave(self._ticket)
            raise

    def run(self) -> None:
        """Wait for a place and do the work."""
        try:
            self._gate.enter(self._ticket, self.check)
            result = self._do(self)
            if not self.there.is_set():
                self.hand_over(result)
        except (CancelledError, LoadCancelledError):
            pass
        except Exception as error:  # noqa: BLE001 (a model may fail in any way; readers get a sentence, the app goes on)
            self.failure = noted(error, self.kind, self.what, self.page)
        finally:
            self._gate.leave(self._ticket)
            self.there.set()
            self.ended.set()


class Workshop:
    """All work of the server. places: number of works at a time, except downloads. threads: torch threads per work."""

    def __init__(self, places: int, threads: int) -> None:
        self._gate, self._threads = Gate(places), threads
        self._open = Gate(MOST_DOWNLOADS)
        self._under_way: dict[tuple[str, str], Work] = {}
        self._lock = threading.Lock()

    def ask(
        self, name: str, what: str, do: Callable[[Work], Any], reader: object, *, computes: bool = True, page: str = ""
    ) -> Work:
        """Return the running work with this `what` and name, or start it.

        computes: False if the work only waits for the network. page: the page of the request.
        """
        with self._lock:
            work = self._under_way.get((what, name))
            if work is None or work.ended.is_set() or not work.wanted:
                work = self._made(name, what, do, computes, page)
                work.wanted_by(reader)
                work.begin(threading.Thread(target=self._run, args=(work,), daemon=True, name=name))
                self._under_way[what, name] = work
            work.wanted_by(reader)
            return work

    @property
    def is_free(self) -> bool:
        """True if no work computes or waits for its turn."""
        return self._gate.is_free

    def _made(self, name: str, what: str, do: Callable[[Work], Any], computes: bool, page: str) -> Work:
        gate, kind = (self._gate, "pass") if computes else (self._open, "load")
        return Work(name, what, do, gate, kind, page)

    def _run(self, work: Work) -> None:
        _INSIDE.work = work
        _let_pages_go_first()
        torch.set_num_threads(self._threads)
        work.run()
        with self._lock:
            if self._under_way.get((work.what, work.name)) is work:
                del self._under_way[work.what, work.name]


def _let_pages_go_first() -> None:
    """Lower this thread's priority. On Linux each thread has its own, and torch's threads inherit it from this one."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def work_of_this_thread() -> Work | None:
    """Return the work of the calling thread; None in a run of a page."""
    work: Work | None = getattr(_INSIDE, "work", None)
    return work


@st.cache_resource(show_spinner=False)
def workshop() -> Workshop:
    """Return the server's only workshop. The settings or FEWEST_CORES limit its places, which share the cores evenly."""
    cores = torch.get_num_threads()
    places = settings().concurrency or max(1, cores // FEWEST_CORES)
    return Workshop(places, max(1, cores // places))
