"""Work that takes a while: the reader is told how far it is, and it goes on as long as somebody waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from tests.ui.data.asking import KINDS, Reader, reader
from ui.data.answers import Answer, Kind, Task
from ui.data.asked import whole
from ui.data.leases import leases
from ui.jobs import steps
from ui.recording import Recording
from ui.shared.kept import store
from ui.shared.work import Work, Workshop


@dataclass
class Slow:
    """A kind of data whose work goes on until `may_end`; fails: with what it then ends."""

    may_end: threading.Event = field(default_factory=threading.Event)
    begun: list[Work] = field(default_factory=list)
    fails: Exception | None = None

    def read(self, _shown: Recording, asked: Mapping[str, Any]) -> int:
        return whole(asked, "number", 10)

    def task(self, shown: Recording, number: int) -> Task:
        return Task(f"slow {number}:{shown.key}", "The slow work", self.make, steps("Slow: step"))

    def make(self, work: Work) -> str:
        self.begun.append(work)
        work.report(1, 4)
        while not self.may_end.wait(0.01):
            work.report(1, 4)
        if self.fails is not None:
            raise self.fails
        return f"made of {work.name}"

    def answer(self, _shown: Recording, number: int, result: str) -> Answer:
        return Answer({"number": number, "result": result})

    @property
    def kind(self) -> Kind:
        return Kind(self.answer, self.read, self.task, needs_numbers=False)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    """On a server that does one thing at a time."""
    workshop, slow = Workshop(places=1, threads=1), Slow()
    monkeypatch.setattr("ui.data.requests.workshop", lambda: workshop)
    monkeypatch.setattr("ui.data.requests.PATIENCE_SECONDS", 0.1)
    yield slow
    slow.may_end.set()
    assert all(work.ended.wait(10) for work in slow.begun)


@pytest.fixture
def readers(slow: Slow) -> list[Reader]:
    """Of one recording, each with a lease."""
    return [reader(kinds={"slow": slow.kind}) for _ in range(4)]


def ask(asking: Reader, number: int = 0, **more: Any) -> httpx2.Response:
    return asking.post("slow", {"number": number} | more)


def begin(slow: Slow, *asking: Reader) -> None:
    """Have each wait for the same work, until it has done a step."""
    begun = len(slow.begun)
    for each in asking:
        assert ask(each).status_code == 202
    until(lambda: len(slow.begun) > begun and slow.begun[-1].done == 1)


def until(there: Callable[[], object]) -> None:
    ends = time.monotonic() + 10
    while not there():
        assert time.monotonic() < ends
        time.sleep(0.01)


def result_of(asking: Reader, number: int = 0) -> str:
    found: str = asking.numbers("slow", number=number)[0]["result"]
    return found


def test_the_reader_is_told_how_far_it_is_until_it_is_there(slow: Slow, readers: list[Reader]) -> None:
    begin(slow, readers[0])
    for _ in range(3):
        answer = ask(readers[0])
        said = answer.json()
        assert answer.status_code == 202 and set(said) == {"says", "share", "waits"}
        assert said["says"].startswith("Slow: step 1 of 4, about ") and said["share"] == 0.25 and said["waits"] is False
        assert answer.headers["cache-control"] == "no-store"
    slow.may_end.set()
    assert result_of(readers[0]).startswith("made of slow 0")
    assert len(slow.begun) == 1


def test_who_comes_later_is_told_the_place_in_the_queue(slow: Slow, readers: list[Reader]) -> None:
    begin(slow, readers[0])
    said = [ask(asking, number).json() for number, asking in enumerate(readers)]
    assert [(each["waits"], each["share"]) for each in said] == [(False, 0.25), (True, 0), (True, 0), (True, 0)]
    assert [each["says"] for each in said[1:]] == [
        "The server is busy for somebody else. You are next.",
        "The server is busy for somebody else. One more is before you.",
        "The server is busy for somebody else. 2 more are before you.",
    ]
    slow.may_end.set()
    for number, asking in enumerate(readers):
        assert result_of(asking, number).startswith(f"made of slow {number}")
    assert [work.name.split(":")[0] for work in slow.begun] == [f"slow {number}" for number in range(4)]


def test_who_asks_again_keeps_the_place(slow: Slow, readers: list[Reader]) -> None:
    begin(slow, readers[0])
    for number, asking in enumerate(readers[:3]):
        ask(asking, number)
    for _ in range(3):
        assert ask(readers[1], 1).json()["says"] == "The server is busy for somebody else. You are next."


def test_two_leases_wait_for_the_same_work_and_it_is_done_once(slow: Slow, readers: list[Reader]) -> None:
    begin(slow, *readers[:2])
    slow.may_end.set()
    assert len({result_of(asking) for asking in readers[:2]}) == 1 and len(slow.begun) == 1


def test_a_result_waits_for_who_asked_for_it(slow: Slow, readers: list[Reader]) -> None:
    begin(slow, readers[0])
    slow.may_end.set()
    assert slow.begun[0].ended.wait(10)
    result_of(readers[0])
    assert len(slow.begun) == 1, "although nobody keeps it"
    result_of(readers[0])
    assert len(slow.begun) == 2, "and the lease does not keep it either"


def test_cancelled_work_ends_and_can_be_asked_for_again(slow: Slow, readers: list[Reader]) -> None:
    begin(slow, readers[0])
    cancelled = ask(readers[0], cancel=True)
    assert cancelled.status_code == 204 and cancelled.content == b""
    assert slow.begun[0].ended.wait(10) and slow.begun[0].result is None
    begin(slow, readers[0])
    assert len(slow.begun) == 2
    slow.may_end.set()
    result_of(readers[0])


def test_work_that_one_cancels_goes_on_for_another(slow: Slow, readers: list[Reader]) -> None:
    begin(slow, *readers[:2])
    ask(readers[0], cancel=True)
    time.sleep(0.1)
    assert not slow.begun[0].ended.is_set()
    ask(readers[1], cancel=True)
    assert slow.begun[0].ended.wait(10) and len(slow.begun) == 1


def test_who_cancels_in_the_queue_lets_others_move_up(slow: Slow, readers: list[Reader]) -> None:
    begin(slow, readers[0])
    for number, asking in enumerate(readers[:3]):
        ask(asking, number)
    ask(readers[1], 1, cancel=True)
    until(lambda: ask(readers[2], 2).json()["says"] == "The server is busy for somebody else. You are next.")
    slow.may_end.set()
    result_of(readers[2], 2)
    assert [work.name[:6] for work in slow.begun] == ["slow 0", "slow 2"]


def test_nothing_is_cancelled_by_who_waits_for_nothing(slow: Slow, readers: list[Reader]) -> None:
    begin(slow, readers[0])
    assert ask(readers[1], cancel=True).status_code == ask(readers[0], 7, cancel=True).status_code == 204
    time.sleep(0.1)
    assert not slow.begun[0].ended.is_set() and len(slow.begun) == 1


def test_work_ends_with_the_last_lease_that_waits_for_it(slow: Slow, readers: list[Reader]) -> None:
    begin(slow, *readers[:2])
    leases().end(readers[0].token)
    time.sleep(0.1)
    assert not slow.begun[0].ended.is_set()
    leases().end(readers[1].token)
    assert slow.begun[0].ended.wait(10) and slow.begun[0].result is None


def test_work_ends_when_nobody_asks_any_more(slow: Slow, readers: list[Reader], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.shared.work.ABANDONED_SECONDS", 1)
    for _ in range(15):
        assert ask(readers[0]).status_code == 202
    assert len(slow.begun) == 1, "as long as somebody asks it goes on"
    assert slow.begun[0].ended.wait(10) and slow.begun[0].result is None
    begin(slow, readers[0])
    assert len(slow.begun) == 2, "who comes back begins anew"


def test_what_is_kept_does_not_wait(slow: Slow) -> None:
    asking = reader("random-heads", 10, kinds=KINDS | {"slow": slow.kind})
    assert asking.fetch("layer", layer=0).status_code == 200
    begin(slow, reader(kinds={"slow": slow.kind}))
    row = {"layer": 0, "token": 3, "direction": "outgoing", "temperature": 1}
    for kind, body in {"picture": {}, "layer": {"layer": 0}, "rows": row, "matrix": row, "renew": {}}.items():
        assert asking.post(kind, body).status_code in (200, 204), kind
    assert asking.post("statistics").json()["waits"] is True, "the gate was never free"


def test_what_fails_is_said_with_its_number(slow: Slow, readers: list[Reader], fault_lines: list[str]) -> None:
    slow.fails = KeyError("secret.jpg")
    begin(slow, *readers[:2])
    slow.may_end.set()
    answers = [asking.fetch("slow", number=0) for asking in readers[:2]]
    assert [answer.status_code for answer in answers] == [500, 500]
    (line,) = fault_lines
    number = line.split("id=")[1].split()[0]
    assert {answer.json()["says"] for answer in answers} == {
        f"The slow work failed, but the rest of the page stays: try again, or choose another picture or model (fault {number})."
    }
    assert "type=KeyError" in line and "page=your_image" in line and "secret" not in line
    slow.fails = None
    assert result_of(readers[0]).startswith("made of") and len(slow.begun) == 2, "who asks again has it done again"


def test_what_fails_in_answering_is_said_with_its_number(fault_lines: list[str]) -> None:
    def fails(*_: Any) -> Answer:
        raise RuntimeError("secret.jpg")

    answer = reader(kinds={"layer": Kind(fails)}).fetch("layer")
    (line,) = fault_lines
    number = line.split("id=")[1].split()[0]
    assert (
        answer.status_code == 500 and answer.json()["says"].startswith("The layer failed") and number in answer.json()["says"]
    )
    assert "kind=data" in line and "page=your_image" in line and "secret" not in line + answer.text


def test_a_recording_that_cannot_be_made_again_says_why(fault_lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asking = reader("random-heads", 9)

    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret.jpg")

    monkeypatch.setattr("ui.explorer.loading.make_recording", fails)
    answer = asking.fetch("layer", layer=0)
    assert answer.status_code == 500 and answer.json()["says"].startswith("The map failed, but the rest of the page stays")
    assert len(fault_lines) == 1 and asking.fetch("picture").status_code == 200


def test_a_row_that_only_refines_waits_until_the_server_is_free(slow: Slow) -> None:
    asking = reader(kinds=KINDS | {"slow": slow.kind})
    row = {"layer": 0, "token": 1, "direction": "outgoing", "temperature": 1}
    begin(slow, asking)
    store().forget(lambda name: asking.made.key in str(name))
    assert asking.post("rows", row | {"refines": True}).status_code == 429
    assert asking.post("rows", row).status_code == 202, "a row that the reader waits for has its place in the queue"
    assert asking.post("rows", row | {"refines": True}).status_code == 202, "its pass waits already"
    slow.may_end.set()
    assert slow.begun[-1].ended.wait(10)
    refined = asking.fetch("rows", **row, refines=True)
    store().forget(lambda name: asking.made.key in str(name))
    assert asking.fetch("rows", **row, refines=True).content == refined.content, "a free server makes the recording again"
