"""The way of data through a block, from what heads return to what the block returns, told afterwards by what was computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from torch import Tensor

from attention_core.capture.aliases import is_same
from attention_core.capture.computed import Computed
from attention_core.capture.head_writes import Added, Write, are_in, per_channel, reordered

_GATE: Final = "something multiplies what the heads return before W_0"
_NORM: Final = "a norm stands between the heads and W_0"


@dataclass(frozen=True, eq=False)
class Move:
    """One sum of the residual stream: what it was, what was added, and what it then is.

    norm_after: the norm whose output the stream is then (post-norm). of: how it was attention's, () where it was not.
    in_place: whether what the stream was has been written over.
    """

    before: Tensor
    added: Tensor
    after: Tensor
    norm_after: str = ""
    of: tuple[Added, ...] = ()
    in_place: bool = False


@dataclass(frozen=True, eq=False)
class Normed:
    """A norm that has ended: what it was given, and what it returned."""

    before: Tensor
    result: Tensor
    path: str


Step = Computed | Normed


@dataclass(eq=False)
class BlockTrace:
    """What is computed in one running block from its first attention call on.

    stream: what the block was given. waits: whether a softmax is open that may be attention, whose outputs are told later.
    """

    stream: Tensor | None
    writes: list[Write] = field(default_factory=list)
    waits: bool = False
    _steps: list[Step] = field(default_factory=list)
    _waiting: list[tuple[Step, Callable[[], str]]] = field(default_factory=list)

    def took(self, step: Step, path: Callable[[], str]) -> None:
        """A step inside of the block; path: of the module whose weight it used."""
        self._waiting.append((step, path))
        if not self.waits:
            self._look()

    def _look(self) -> None:
        """A linear map may be W_0 of an attention call that has ended."""
        waiting, self._waiting = self._waiting, []
        for step, path in waiting:
            if isinstance(step, Computed) and step.kind == "linear":
                for write in self.writes:
                    write.mapped(step, path)
            else:
                why = _NORM if isinstance(step, Normed) else _GATE if step.kind == "product" else ""
                operands = (step.before,) if isinstance(step, Normed) else step.operands
                for write in self.writes:
                    write.met(operands, why)
                self._steps.append(step)

    def moves(self, output: Tensor) -> list[Move] | None:
        """The sums by which the stream became what the block returns, in order; None where it cannot be told how it did."""
        self._look()
        moves = self._chain(output)
        if moves is None:
            return None
        free = list(self.writes)
        for at, move in enumerate(moves):
            moves[at] = replace(move, of=self._parts(move.added, len(self._steps), free))
            written = [part.write for part in moves[at].of]
            free = [write for write in free if write not in written]
        return moves

    def sums(self) -> Iterator[Move]:
        """All sums of attention's writes and something of their size, where the chain of them cannot be told."""
        for place, step in enumerate(self._steps):
            if isinstance(step, Computed) and step.kind == "sum" and _are_alike(*step.operands):
                for base in (0, 1):
                    before, added = step.operands[base], step.operands[1 - base]
                    if of := self._parts(added, place, self.writes):
                        yield Move(before, added, step.result, "", of, step.in_place)

    def _chain(self, output: Tensor) -> list[Move] | None:
        """From what the block returns back to what it was given."""
        at, limit, found = output, len(self._steps), list[Move]()
        while not is_same(at, self.stream):
            place, step = self._made(at, limit)
            after, norm_after = at, ""
            if isinstance(step, Normed):
                norm_after = step.path
                place, step = self._made(step.before, place)
            if step is None and found and self._parts(found[-1].added, limit, self.writes):
                break  # what was done to the stream before attention is not followed
            base = self._base(step, place) if isinstance(step, Computed) and step.kind == "sum" else None
            if step is None or isinstance(step, Normed) or base is None:
                return None
            at, limit = step.operands[base], place
            found.append(Move(at, step.operands[1 - base], after, norm_after, (), step.in_place))
        return found[::-1] or None

    def _made(self, tensor: Tensor, limit: int) -> tuple[int, Step | None]:
        """The last step before that one that made the tensor, and its place."""
        for place in range(limit - 1, -1, -1):
            if is_same(self._steps[place].result, tensor):
                return place, self._steps[place]
        return 0, None

    def _base(self, step: Computed, place: int) -> int | None:
        """Which of two operands is the stream: what the block was given, a sum made before, or what is not attention's."""
        one, other = step.operands
        if not _are_alike(one, other):
            return None
        for base, (stream, _) in enumerate(((one, other), (other, one))):
            if is_same(stream, self.stream):
                return base
        sums = [self._is_sum(each, place) for each in (one, other)]
        if sums[0] != sums[1]:
            return sums.index(True)
        added = [bool(self._parts(each, place, self.writes)) for each in (one, other)]
        return added.index(False) if added[0] != added[1] else None

    def _is_sum(self, tensor: Tensor, limit: int) -> bool:
        place, step = self._made(tensor, limit)
        if isinstance(step, Normed):
            _, step = self._made(step.before, place)
        return isinstance(step, Computed) and step.kind == "sum"

    def _parts(self, tensor: Tensor, limit: int, writes: list[Write]) -> tuple[Added, ...]:
        """How the tensor is what one of these has written, or of several side by side the sum; () where it is not."""
        if (of := self._added(tensor, limit, writes)) is not None:
            return (of,) if are_in((of,), tensor) else ()
        parts = tuple(self._latest(write) for write in writes if write.returned is not None)
        return parts if len(parts) > 1 and are_in(parts, tensor) else ()

    def _latest(self, write: Write) -> Added:
        """What became of it by factors alone."""
        for place in range(len(self._steps) - 1, -1, -1):
            step = self._steps[place]
            of = self._added(step.result, place + 1, [write]) if isinstance(step, Computed) and step.kind == "product" else None
            if of is not None:
                return of
        return Added(write)

    def _added(self, tensor: Any, limit: int, writes: list[Write]) -> Added | None:
        """How the tensor is what one of these has written; None where it is not."""
        if not isinstance(tensor, Tensor) or tensor.ndim < 2 or not writes:
            return None
        place, step = self._made(tensor, limit)
        if isinstance(step, Normed):
            of = self._added(step.before, place, writes)
            return of.normed(step.path) if of is not None else None
        if step is not None:
            return self._of_operands(step, place, writes)
        same = next((write for write in writes if is_same(tensor, write.returned)), None)
        return reordered(tensor, writes) if same is None else Added(same)

    def _of_operands(self, step: Computed, place: int, writes: list[Write]) -> Added | None:
        """What was written times a factor of each channel, or with what an MLP has made of the same stream."""
        for one, other in (step.operands, step.operands[::-1]):
            if (of := self._added(one, place, writes)) is not None:
                if step.kind == "product":
                    return of.scaled(per_channel(other, one))
                return of.with_beside(other) if _are_alike(one, other) and not is_same(other, self.stream) else None
        return None


def _are_alike(one: Any, other: Any) -> bool:
    return isinstance(one, Tensor) and isinstance(other, Tensor) and one.shape == other.shape
