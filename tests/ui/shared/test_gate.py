"""First come first served, so many at a time; what takes long steps aside."""

from __future__ import annotations

import threading

import pytest

from ui.shared import gate as gates
from ui.shared.gate import Gate, Ticket


class Caller(threading.Thread):
    """Comes to the gate, notes when it is in, and leaves when it may."""

    def __init__(self, gate: Gate, order: list[str], name: str) -> None:
        super().__init__(daemon=True, name=name)
        self.gate, self.order, self.ticket, self.may_leave = gate, order, Ticket(), threading.Event()
        self.start()

    def run(self) -> None:
        self.gate.enter(self.ticket)
        self.order.append(self.name)
        self.may_leave.wait()
        self.gate.leave(self.ticket)


def come(gate: Gate, order: list[str], *names: str) -> list[Caller]:
    """One after the other."""
    callers = []
    for name in names:
        callers.append(caller := Caller(gate, order, name))
        while not (caller.gate.waits(caller.ticket) or name in order):
            threading.Event().wait(0.001)
    return callers


def finish(*callers: Caller) -> None:
    for caller in callers:
        caller.may_leave.set()
        caller.join(10)


def test_first_come_first_served() -> None:
    gate, order = Gate(1), []
    callers = come(gate, order, "a", "b", "c")
    assert order == ["a"] and [gate.ahead_of(caller.ticket) for caller in callers] == [0, 0, 1]
    finish(*callers)
    assert order == ["a", "b", "c"]


def test_so_many_at_a_time() -> None:
    gate, order = Gate(2), []
    callers = come(gate, order, "a", "b", "c")
    assert order == ["a", "b"]
    finish(*callers)


def test_who_gives_up_while_waiting_takes_no_place() -> None:
    gate, order = Gate(1), []
    (inside,) = come(gate, order, "a")

    def gives_up() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        gate.enter(Ticket(), gives_up)
    (after,) = come(gate, order, "b")
    finish(inside, after)
    assert order == ["a", "b"]


def test_what_takes_long_lets_those_who_wait_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "SLICE_SECONDS", -1)
    gate, order, long = Gate(1), [], Ticket()
    gate.enter(long)
    assert not gate.is_long_inside(long), "nobody waits"
    gate.step_aside(long)
    assert gate.ahead_of(long) == 0 and not gate.waits(long)
    (short,) = come(gate, order, "short")
    short.may_leave.set()
    assert gate.is_long_inside(long)
    gate.step_aside(long)
    assert order == ["short"] and not gate.waits(long)
    gate.leave(long)


def test_what_has_just_come_in_goes_on() -> None:
    gate, order, long = Gate(1), [], Ticket()
    gate.enter(long)
    (short,) = come(gate, order, "short")
    assert not gate.is_long_inside(long)
    assert order == [] and gate.waits(short.ticket)
    gate.leave(long)
    finish(short)
