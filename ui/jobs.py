"""Work that goes on in a thread of its own while the page does: one job of a kind at a time in a session."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st

from attention_core import WeightsError
from attention_core.models import LoadCancelledError

POLL_SECONDS: Final = 0.4
ABANDONED_SECONDS: Final = 30
"""A job that no page has asked about for so long belongs to a tab that was closed."""


class CancelledError(Exception):
    """Nobody wants the job's result any more."""


@dataclass
class Job:
    """name: what it makes, of all that there may be; what: how the reader calls it. done of total steps, 0 while unknown.

    part: how many steps were done, and when, as a part of many like steps began. When the thread has ended there is a result,
    or an error (a sentence for the reader), or neither: then it was cancelled.
    """

    name: str
    work: Callable[[Job], Any]
    what: str
    done: int = 0
    total: int = 0
    result: Any = None
    error: str = ""
    cancel: threading.Event = field(default_factory=threading.Event)
    reported: float = field(default_factory=time.monotonic)
    pace: float = 0.0
    part: tuple[int, float] | None = None
    thread: threading.Thread | None = None
    seen: float = field(default_factory=time.monotonic)

    @property
    def running(self) -> bool:
        return self.thread is not None and self.thread.is_alive() and not self.cancel.is_set()

    @property
    def share(self) -> float:
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def seconds_left(self) -> float:
        """At the pace of the last step, or at the mean one of the part that goes on; at least 1."""
        return max(1.0, self.pace * (self.total - self.done) - (time.monotonic() - self.reported))

    def report(self, done: int, total: int) -> None:
        now = time.monotonic()
        pace = now - self.reported
        if self.part is not None and done > self.part[0]:
            pace = (now - self.part[1]) / (done - self.part[0])
        self.done, self.total, self.pace, self.reported = done, total, pace, now

    def begin_part(self) -> None:
        """Steps from here on are like each other: their mean pace says more than that of the last one."""
        self.part = (self.done, time.monotonic())

    def check(self) -> None:
        """Raises CancelledError where the work should end; for the work itself to call now and then."""
        if self.cancel.is_set() or time.monotonic() - self.seen > ABANDONED_SECONDS:
            raise CancelledError

    def run(self) -> None:
        try:
            self.result = self.work(self)
        except (CancelledError, LoadCancelledError):
            return
        except (WeightsError, ValueError) as error:
            self.error = _sentence(str(error))
        except Exception as error:  # noqa: BLE001 (a model may fail in any way; the reader gets a sentence, the app goes on)
            self.error = f"{self.what} could not be made ({type(error).__name__}); choose another model."


Work = Callable[[Job], Any]


def _sentence(error: str) -> str:
    """An error of the core as a reader expects it."""
    return error[:1].upper() + error[1:] + ("" if error.endswith(".") else ".")


def start(kind: str, name: str, work: Work, what: str, patience: float = 0.0) -> None:
    """Begin; a job of this kind that is still running in this session is cancelled first.

    patience: seconds for which the page itself waits, as most are done by then.
    """
    stop(kind)
    job = Job(name, work, what)
    job.thread = threading.Thread(target=job.run, daemon=True, name=f"{kind} {name}")
    st.session_state[_place(kind)] = job
    job.thread.start()
    job.thread.join(patience)


def stop(kind: str) -> None:
    """Cancel the job of this kind, if there is one, and forget it."""
    job: Job | None = st.session_state.pop(_place(kind), None)
    if job is not None:
        job.cancel.set()


def exchange(one: str, other: str) -> None:
    """The jobs of these two kinds change places."""
    jobs = {kind: st.session_state.pop(_place(kind), None) for kind in (one, other)}
    for kind, job in zip((other, one), jobs.values(), strict=True):
        if job is not None:
            st.session_state[_place(kind)] = job


def current(kind: str, name: str) -> Job | None:
    """This session's last job of the kind, if it makes what is named."""
    job: Job | None = st.session_state.get(_place(kind))
    if job is None or job.name != name:
        return None
    job.seen = time.monotonic()
    return job


@st.fragment(run_every=POLL_SECONDS)
def wait(kind: str, name: str, says: Callable[[Job], str], cancels: bool = True) -> None:
    """Its progress and, with `cancels`, a way to cancel it, alone rerun; the whole page when it has ended."""
    job = current(kind, name)
    if job is None or not job.running:
        st.rerun()
    st.progress(job.share, text=says(job))
    if cancels and st.button("Cancel", icon=":material/close:", key=f"cancel-{kind}"):
        job.cancel.set()
        st.rerun()


def _place(kind: str) -> str:
    return f"job_{kind}"
