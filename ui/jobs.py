"""Jobs: a session waits for heavy work (ui/shared/work.py), inside a run of the page or in the background."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attention_core.models.cost import duration
from ui.shared.faults import page_shown, sentence
from ui.shared.work import Work, work_of_this_thread, workshop

POLL_SECONDS: Final = 0.4
SOON_SECONDS: Final = 0.1
PATIENCE_SECONDS: Final = 0.6
"""Work that takes longer shows its progress."""
HELD_SECONDS: Final = 5.0
"""A reader who changes a control keeps their place in the queue for this long, until the next run waits again."""
_LEFT: Final = "work_left"

Do = Callable[[Work], Any]
Says = Callable[[Work], str]


@dataclass(eq=False)
class Job:
    """A session's interest in some work. Finished work has a result or an error, which is a sentence for the reader."""

    work: Work
    cancelled: bool = False
    reader: object = field(default_factory=object)

    @property
    def running(self) -> bool:
        return not self.cancelled and not self.work.ended.is_set()

    @property
    def result(self) -> Any:
        return self.work.result

    @property
    def error(self) -> str:
        failure = self.work.failure
        return "" if self.cancelled or failure is None else sentence(failure)

    def cancel(self) -> None:
        """Stop waiting. The work goes on if others want it."""
        self.cancelled = True
        self.work.left_by(self.reader)


def start(kind: str, name: str, do: Do, what: str, *, computes: bool = True, patience: float = 0.0) -> None:
    """Start a job. First cancel this session's running job of the same kind.

    computes: False if the work only waits for the network. patience: seconds for which the page waits, because most jobs end
    in that time.
    """
    stop(kind)
    reader = object()
    work = workshop().ask(name, what, do, reader, computes=computes, page=page_shown())
    st.session_state[_place(kind)] = Job(work, reader=reader)
    work.ended.wait(patience)


def stop(kind: str) -> None:
    """Cancel and forget the job of this kind, if it exists."""
    job: Job | None = st.session_state.pop(_place(kind), None)
    if job is not None:
        job.cancel()


def exchange(one: str, other: str) -> None:
    """Swap the jobs of two kinds."""
    jobs = {kind: st.session_state.pop(_place(kind), None) for kind in (one, other)}
    for kind, job in zip((other, one), jobs.values(), strict=True):
        if job is not None:
            st.session_state[_place(kind)] = job


def current(kind: str, name: str) -> Job | None:
    """Return this session's last job of the kind if it has this name; else None."""
    job: Job | None = st.session_state.get(_place(kind))
    if job is None or job.work.name != name:
        return None
    if not job.cancelled:
        job.work.wanted_by(job.reader)
    return job


@st.fragment(run_every=POLL_SECONDS)
def wait(kind: str, name: str, says: Says, cancels: bool = True) -> None:
    """Show the job's progress and, if `cancels`, a Cancel button. The page reruns when the job ends."""
    job = current(kind, name)
    if job is None or not job.running:
        st.rerun()
    st.progress(job.work.share, text=turn(job.work) or says(job.work))
    if cancels and st.button("Cancel", icon=":material/close:", key=f"cancel-{kind}"):
        job.cancel()
        st.rerun()


def made(name: str, what: str, do: Do, says: Says, place: DeltaGenerator | None = None) -> Any:
    """Wait for the work and return its result. Show its progress in `place`, or here. Raises the work's error
    (ui/shared/faults.py).

    If the reader changes a control during the wait, Streamlit stops this run at its next write to the page. The place in the
    queue stays for HELD_SECONDS, so that the next run can request the same work, or leave it.
    """
    if (outer := work_of_this_thread()) is not None:
        return do(outer)  # this thread has its turn already, and would wait for itself
    reader, started, place = object(), time.monotonic(), st.empty() if place is None else place
    work = workshop().ask(name, what, do, reader, page=page_shown())
    _leave_before()
    try:
        while not work.there.wait(SOON_SECONDS if time.monotonic() - started < PATIENCE_SECONDS else POLL_SECONDS):
            work.wanted_by(reader)
            if time.monotonic() - started > PATIENCE_SECONDS:
                place.progress(work.share, turn(work) or says(work))
    except BaseException:
        work.hold_for(reader, HELD_SECONDS)
        st.session_state[_LEFT] = (weakref.ref(work), reader)  # weak, or the session would keep the result
        raise
    finally:
        place.empty()
    work.left_by(reader)
    if work.failure is not None:
        raise work.failure
    return work.result


def _leave_before() -> None:
    """Leave the work that this session's last run did not wait for to the end."""
    refers, reader = st.session_state.pop(_LEFT, (lambda: None, None))
    if (work := refers()) is not None:
        work.left_by(reader)


def steps(says: str) -> Says:
    """Return a function that describes the progress of work in steps, such as layers."""

    def progress(work: Work) -> str:
        if not work.done:
            return f"{says} 1 of {work.total}…" if work.total else "Starting…"
        return f"{says} {work.done} of {work.total}, about {duration(work.seconds_left)} left"

    return progress


def turn(work: Work) -> str:
    """Return the work's place in the queue, in words; "" if it does not wait."""
    if not work.waits:
        return ""
    before = {0: "You are next", 1: "One more is before you"}.get(work.ahead, f"{work.ahead} more are before you")
    return f"The server is busy for somebody else. {before}."


def _place(kind: str) -> str:
    return f"job_{kind}"
