"""What can wait lets pages go first that have just begun, and never for long."""

from __future__ import annotations

import asyncio

import pytest

from tests.asynchronous import run
from ui.shared import page_runs
from ui.shared.page_runs import let_pages_go_first, page_run


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which passes by sleeping alone, and the moments at which somebody woke up."""
    passed = [100.0]

    async def sleep(seconds: float) -> None:
        passed.append(passed[-1] + seconds)

    monkeypatch.setattr(page_runs.time, "perf_counter", lambda: passed[-1])
    monkeypatch.setattr(asyncio, "sleep", sleep)
    return passed


def waited(clock: list[float]) -> float:
    before = clock[-1]
    run(let_pages_go_first())
    return clock[-1] - before


def test_nobody_waits_where_no_page_runs(clock: list[float]) -> None:
    assert waited(clock) == 0
    with page_run():
        pass
    assert waited(clock) == 0


def test_a_run_that_has_begun_is_waited_for_at_most_so_long(clock: list[float]) -> None:
    with page_run():
        assert waited(clock) == pytest.approx(page_runs.YOUNG, abs=2 * page_runs.POLL)
        assert waited(clock) == 0, "it waits for a pass, and needs no processor"
        with page_run():
            assert waited(clock) > 0, "another has begun"


def test_it_goes_on_once_the_run_ends(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    running = page_run()
    running.__enter__()

    async def sleep(seconds: float) -> None:
        clock.append(clock[-1] + seconds)
        if len(clock) == 4:
            running.__exit__(None, None, None)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    assert waited(clock) == pytest.approx(3 * page_runs.POLL)


def test_a_run_that_fails_is_over(clock: list[float]) -> None:
    with pytest.raises(RuntimeError), page_run():
        raise RuntimeError
    assert waited(clock) == 0
