"""The same work is done once for all who ask; whoever leaves does not end it for the others."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator
from queue import Empty, SimpleQueue

import pytest
import torch

from ui.shared import gate as gates
from ui.shared import work as works
from ui.shared.work import Work, Workshop


@pytest.fixture
def workshop() -> Workshop:
    return Workshop(places=1, threads=1)


def test_the_same_is_done_once(workshop: Workshop) -> None:
    begun, may_end = [], threading.Event()

    def do(work: Work) -> str:
        begun.append(work)
        may_end.wait(10)
        return "map"

    one, other = (workshop.ask("map", "The map", do, reader) for reader in "ab")
    assert one is other
    may_end.set()
    assert one.ended.wait(10) and one.result == "map" and len(begun) == 1
    assert workshop.ask("map", "The map", lambda work: "again", "a") is not one, "what has ended is not asked again"


def test_work_goes_on_until_the_last_reader_has_left(workshop: Workshop) -> None:
    steps, stepped = [], threading.Event()

    def do(work: Work) -> None:
        while True:
            stepped.wait(10)
            stepped.clear()
            steps.append(1)
            work.report(len(steps), 100)

    work = workshop.ask("map", "The map", do, "a")
    workshop.ask("map", "The map", do, "b")
    work.left_by("a")
    stepped.set()
    while not work.done:
        threading.Event().wait(0.001)
    assert not work.ended.is_set()
    work.left_by("b")
    stepped.set()
    assert work.ended.wait(10) and work.result is None and work.failure is None


def test_a_reader_who_closed_the_tab_leaves(monkeypatch: pytest.MonkeyPatch, workshop: Workshop) -> None:
    work = workshop.ask("map", "The map", lambda work: threading.Event().wait(0.01), "a")
    assert work.wanted
    now = works.time.monotonic() + works.ABANDONED_SECONDS
    monkeypatch.setattr(works.time, "monotonic", lambda: now)
    assert not work.wanted
    with pytest.raises(works.CancelledError):
        work.check()


def test_who_asks_has_a_place_in_the_queue_before_the_thread_has_begun(
    monkeypatch: pytest.MonkeyPatch, workshop: Workshop
) -> None:
    may_begin, order = threading.Event(), list[str]()
    monkeypatch.setattr(works, "_let_pages_go_first", lambda: may_begin.wait(10))
    asked = [workshop.ask(name, "The map", lambda work: order.append(work.name), name) for name in ("one", "two", "three")]
    assert [(work.waits, work.ahead) for work in asked] == [(False, 0), (True, 0), (True, 1)]
    may_begin.set()
    assert all(work.ended.wait(10) for work in asked) and order == ["one", "two", "three"]


def test_where_the_system_has_no_thread_nobody_waits_for_what_never_begins(
    monkeypatch: pytest.MonkeyPatch, workshop: Workshop
) -> None:
    def refuses(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(threading.Thread, "start", refuses)
        workshop.ask("map", "The map", lambda _: "never", "a")
    work = workshop.ask("map", "The map", lambda _: "map", "a")
    assert not work.waits and work.ended.wait(10) and work.result == "map"


def test_who_leaves_the_queue_lets_the_next_one_move_up(workshop: Workshop) -> None:
    may_end = threading.Event()
    first = workshop.ask("first", "The map", lambda work: may_end.wait(10), "a")
    second = workshop.ask("second", "The map", lambda work: None, "b")
    third = workshop.ask("third", "The map", lambda work: None, "c")
    assert second.waits and third.ahead == 1
    second.left_by("b")
    assert second.ended.wait(10) and third.waits and third.ahead == 0
    may_end.set()
    assert first.ended.wait(10) and third.ended.wait(10)


@pytest.mark.parametrize(("free", "order"), [(works.ROOM_BETWEEN + 1, ["short", "long"]), (1, ["long", "short"])])
def test_others_go_in_between_where_there_is_memory_for_them(
    monkeypatch: pytest.MonkeyPatch, workshop: Workshop, free: int, order: list[str]
) -> None:
    monkeypatch.setattr(works, "free_bytes", lambda _: free)
    monkeypatch.setattr(gates, "SLICE_SECONDS", 0)
    ended, may_step = list[str](), threading.Event()

    def long(work: Work) -> None:
        may_step.wait(10)
        work.report(1, 2)
        ended.append("long")

    first = workshop.ask("long", "The map", long, "a")
    second = workshop.ask("short", "The map", lambda _: ended.append("short"), "b")
    assert second.waits
    may_step.set()
    assert first.ended.wait(10) and second.ended.wait(10) and ended == order


def test_what_is_called_alike_is_not_the_same_work(workshop: Workshop) -> None:
    effects = workshop.ask("cat", "The effect of every head", lambda _: "effects", "a")
    recording = workshop.ask("cat", "The map", lambda _: "recording", "b")
    for work in (effects, recording):
        assert work.ended.wait(10)
    assert (effects.result, recording.result) == ("effects", "recording")


def test_who_may_come_back_keeps_the_place_for_a_moment(monkeypatch: pytest.MonkeyPatch, workshop: Workshop) -> None:
    may_end = threading.Event()
    first = workshop.ask("first", "The map", lambda work: may_end.wait(10), "a")
    second = workshop.ask("second", "The map", lambda work: None, "b")
    second.hold_for("b", 5)
    third = workshop.ask("third", "The map", lambda work: None, "c")
    assert workshop.ask("second", "The map", lambda work: None, "b again") is second and second.wanted
    assert second.waits and third.ahead == 1
    second.left_by("b")
    assert second.wanted and second.ahead == 0, "who came back has the place"
    third.hold_for("c", 0)
    assert third.ended.wait(10) and third.result is None, "nobody came"
    may_end.set()
    assert first.ended.wait(10) and second.ended.wait(10)


def test_the_time_left_is_that_of_the_last_step(monkeypatch: pytest.MonkeyPatch, workshop: Workshop) -> None:
    now = 100.0
    monkeypatch.setattr(works.time, "monotonic", lambda: now)
    work = workshop.ask("map", "The map", lambda work: None, "a")
    assert work.ended.wait(10)
    work.report(0, 12)
    now += 4
    work.report(2, 12)
    assert (work.share, work.seconds_left) == (2 / 12, 40)
    now += 6
    assert work.seconds_left == 34
    now += 100
    assert work.seconds_left == 1


def test_of_many_like_steps_the_time_left_goes_by_the_mean_pace_of_their_part(
    monkeypatch: pytest.MonkeyPatch, workshop: Workshop
) -> None:
    now = 0.0
    monkeypatch.setattr(works.time, "monotonic", lambda: now)
    work = workshop.ask("map", "The map", lambda work: None, "a")
    assert work.ended.wait(10)
    now = 50.0
    work.wanted_by("a")
    work.begin_part()
    now = 52.0
    work.report(2, 20)
    now = 58.0
    work.report(4, 20)
    assert work.seconds_left == 2 * 16
    work.begin_part()
    now = 61.0
    work.report(5, 20)
    assert work.seconds_left == 3 * 15


@pytest.fixture
def six_threads() -> Iterator[None]:
    """Of torch, whatever the machine has."""
    before = torch.get_num_threads()
    torch.set_num_threads(6)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("cores", "places"), [(1, 1), (2, 1), (7, 1), (8, 2), (16, 4)])
def test_without_a_setting_there_is_a_place_for_every_four_cores(
    cores: int, places: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REGARD_CONCURRENCY", raising=False)
    monkeypatch.setattr(works.torch, "get_num_threads", lambda: cores)
    monkeypatch.setattr(works, "Workshop", lambda *given: given)
    assert inspect.unwrap(works.workshop)() == (places, cores // places)


@pytest.mark.usefixtures("six_threads")
@pytest.mark.parametrize(("places", "threads"), [(1, 6), (2, 3), (4, 1), (8, 1)])
def test_the_servers_own_has_as_many_places_as_are_set_and_they_share_torchs_threads(
    places: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGARD_CONCURRENCY", str(places))
    servers, may_end = inspect.unwrap(works.workshop)(), threading.Event()
    inside: SimpleQueue[int] = SimpleQueue()

    def do(_: Work) -> None:
        inside.put(torch.get_num_threads())
        may_end.wait(10)

    asked = [servers.ask(f"map {number}", "The map", do, "a") for number in range(places + 1)]
    assert [inside.get(timeout=10) for _ in range(places)] == [threads] * places
    with pytest.raises(Empty):
        inside.get(timeout=0.1)
    assert sum(work.waits for work in asked) == 1
    may_end.set()
    assert inside.get(timeout=10) == threads and all(work.ended.wait(10) for work in asked)
