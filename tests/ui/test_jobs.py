"""How a session waits for heavy work, without a page around it."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from typing import Any

import pytest

from ui import jobs
from ui.shared.work import Work, Workshop


class Result:
    """Stands for a recording, which is large."""


class Line:
    """Where a page shows progress; the script ends as it writes there, as it does where the reader has changed a control."""

    def progress(self, *_: Any) -> None:
        raise KeyboardInterrupt

    def empty(self) -> None: ...


def test_a_session_keeps_nothing_of_the_work_that_its_reader_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(jobs, "SOON_SECONDS", 0.01)
    workshop, may_end, session = Workshop(places=1, threads=1), threading.Event(), dict[str, Any]()
    monkeypatch.setattr(jobs, "workshop", lambda: workshop)
    monkeypatch.setattr(jobs.st, "session_state", session)
    results: list[weakref.ref[Result]] = []
    ended = threading.Event()

    def do(_: Work) -> Result:
        may_end.wait(30)
        result = Result()
        results.append(weakref.ref(result))
        return result

    with pytest.raises(KeyboardInterrupt):
        jobs.made("map", "The map", do, lambda _: "", Line())  # type: ignore[arg-type]
    assert session, "which would leave it as soon as it waits for something else"
    other = workshop.ask("other", "Another map", lambda _: ended.set(), "other")
    may_end.set()
    assert ended.wait(30) and other.ended.wait(30), "after the map, as there is one place"
    ends = time.monotonic() + 30
    while gc.collect() >= 0 and results[0]() is not None and time.monotonic() < ends:
        time.sleep(0.01)  # its thread may still be about to end
    assert results[0]() is None
