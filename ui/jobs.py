"""How a session waits for heavy work (ui/shared/work.py): in a run of the page, or while it goes on, one job of a kind."""

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
"""What takes longer says how far it is."""
HELD_SECONDS: Final = 5.0
"""How long the place of who changes something is kept: until the next run has come to ask again."""
_LEFT: Final = "work_left"

Do = Callable[[Work], Any]
Says = Callable[[Work], str]


@dataclass(eq=False)
class Job:
    """A session's part in some work. When that has ended there is a result or an error, a sentence for the reader."""

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
        """Leave; the work goes on for others who want it."""
        self.cancelled = True
        self.work.left_by(self.reader)


def start(kind: str, name: str, do: Do, what: str, *, computes: bool = True, patience: float = 0.0) -> None:
    """Begin; a job of this kind that is still running in this session is cancelled first.

    computes: not where it waits for a line. patience: seconds for which the page itself waits, as most are done by then.
    """
    stop(kind)
    reader = object()
    work = workshop().ask(name, what, do, reader, computes=computes, page=page_shown())
    st.session_state[_place(kind)] = Job(work, reader=reader)
    work.ended.wait(patience)


def stop(kind: str) -> None:
    """Cancel the job of this kind, if there is one, and forget it."""
    job: Job | None = st.session_state.pop(_place(kind), None)
    if job is not None:
        job.cancel()


def exchange(one: str, other: str) -> None:
    """The jobs of these two kinds change places."""
    jobs = {kind: st.session_state.pop(_place(kind), None) for kind in (one, other)}
    for kind, job in zip((other, one), jobs.values(), strict=True):
        if job is not None:
            st.session_state[_place(kind)] = job


def current(kind: str, name: str) -> Job | None:
    """This session's last job of the kind, if it makes what is named."""
    job: Job | None = st.session_state.get(_place(kind))
    if job is None or job.work.name != name:
        return None
    if not job.cancelled:
        job.work.wanted_by(job.reader)
    return job


@st.fragment(run_every=POLL_SECONDS)
def wait(kind: str, name: str, says: Says, cancels: bool = True) -> None:
    """Its progress and, with `cancels`, a way to cancel it, alone rerun; the whole page when it has ended."""
    job = current(kind, name)
    if job is None or not job.running:
        st.rerun()
    st.progress(job.work.share, text=turn(job.work) or says(job.work))
    if cancels and st.button("Cancel", icon=":material/close:", key=f"cancel-{kind}"):
        job.cancel()
        st.rerun()


def made(name: str, what: str, do: Do, says: Says, place: DeltaGenerator | None = None) -> Any:
    """What the work results in, with progress in `place`, or here, where it takes a while. Raises what it fails with
    (ui/shared/faults.py).

    Whoever changes a control meanwhile leaves it, as Streamlit ends a run where it writes to the page. The place in the queue
    stays for a moment, in which the next run asks for the same again, or for something else.
    """
    if (outer := work_of_this_thread()) is not None:
        return do(outer)  # which has its turn already, and would wait for itself
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
        st.session_state[_LEFT] = (weakref.ref(work), reader)  # or the session would keep what it results in
        raise
    finally:
        place.empty()
    work.left_by(reader)
    if work.failure is not None:
        raise work.failure
    return work.result


def _leave_before() -> None:
    """The work that this session waited for last, if it did not wait to the end."""
    refers, reader = st.session_state.pop(_LEFT, (lambda: None, None))
    if (work := refers()) is not None:
        work.left_by(reader)


def steps(says: str) -> Says:
    """How far work is that goes through layers, or other steps."""

    def said(work: Work) -> str:
        if not work.done:
            return f"{says} 1 of {work.total}…" if work.total else "Starting…"
        return f"{says} {work.done} of {work.total}, about {duration(work.seconds_left)} left"

    return said


def turn(work: Work) -> str:
    """How many come before it, where it waits."""
    if not work.waits:
        return ""
    before = {0: "you are next", 1: "one more comes before you"}.get(work.ahead, f"{work.ahead} more come before you")
    return f"Busy for somebody else; then {before}."


def _place(kind: str) -> str:
    return f"job_{kind}"
