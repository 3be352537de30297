"""Keeps what a recording finds out about blocks: followed while they run, known once they have ended."""

from __future__ import annotations

from typing import Any, Final

from torch import Tensor, nn

from attention_core.capture.axes import of_heads
from attention_core.capture.block_moves import block_moves
from attention_core.capture.block_record import BlockRecord
from attention_core.capture.block_trace import BlockTrace, Move, Normed
from attention_core.capture.blocks import Blocks
from attention_core.capture.call_signatures import AttentionCall
from attention_core.capture.computed import Computed
from attention_core.capture.features import first_tensor
from attention_core.capture.head_writes import Write
from attention_core.capture.layer_record import LayerRecord
from attention_core.capture.output_projection import OutputProjection
from attention_core.capture.running_modules import Frame, ModuleNames
from attention_core.capture.seen import SeenQK, SeenWeights
from attention_core.capture.watcher import Where
from attention_core.recording.keeping import Keeper
from attention_core.recording.of_calls import BlocksOfCalls

_NO_BLOCK: Final = "the call lies in no block, a member of a list of modules"
_NO_MAP: Final = "no linear map takes what the heads return"
_NO_HEADS: Final = "what the heads return cannot be told"
_NOT_FOLLOWED: Final = "what W_0 returns cannot be followed into the residual stream"
_NO_CHAIN: Final = "the block is not recognised: what it returns cannot be followed back to what it was given"


class BlockKeeper:
    """Fills `kept`, by the number of the attention call, once its block has ended. model: the recording's."""

    def __init__(self, kept: BlocksOfCalls, keeper: Keeper, model: nn.Module | None) -> None:
        self._kept = kept
        self._keeper = keeper
        self._blocks = Blocks(model)
        self._names = ModuleNames(model)
        self._running: dict[Frame, tuple[BlockTrace, int]] = {}

    def expect(self, where: Where, softmax: bool = False) -> BlockTrace | None:
        """Follow the block here from now on: attention, or a softmax that may be attention, is about to be computed."""
        block = self._blocks.of(where.frame)
        if block is None:
            return None
        if block not in self._running:
            given = next((arg for arg in block.args if isinstance(arg, Tensor)), None)
            self._running[block] = BlockTrace(given), where.step
            block.on_end += (self._ended,)
            outermost = block.chain[0]
            if self._computed not in outermost.on_step:
                outermost.on_step += (self._computed,)
                outermost.on_norm += (self._normed,)
        trace = self._running[block][0]
        trace.waits = softmax
        return trace

    def attended(self, call: int, attention: AttentionCall, seen: SeenQK, output: Any, where: Where) -> None:
        """Note the end of a call of torch's attention."""
        if (w_0 := attention.w_0()) is not None:
            write = Write(call, _one_query(seen) if attention.heads is None else attention.heads, _NO_MAP)
            write.found(*w_0, f"{where.path}.out_proj", output[0])
        else:
            heads = of_heads(output, seen.q.shape[0], seen.q.shape[1], attention.module)
            write = Write(call, heads, _NO_HEADS if heads is None else _NO_MAP)
        self._write(write, where)

    def saw(self, call: int, seen: SeenWeights, where: Where) -> None:
        """Note that a softmax was attention, and look again at what was computed since."""
        self._write(Write(call, seen.output, _NO_HEADS if seen.output is None else _NO_MAP), where)

    def _write(self, write: Write, where: Where) -> None:
        trace = self.expect(where)
        if trace is None:
            self._kept[write.call] = BlockRecord("", None, _NO_BLOCK, None, _NO_BLOCK, where.step)
        else:
            trace.writes.append(write)

    def _trace(self, frame: Frame | None) -> BlockTrace | None:
        while frame is not None and frame not in self._running:
            frame = frame.parent
        return None if frame is None else self._running[frame][0]

    def _computed(self, frame: Frame, step: Computed) -> None:
        if self._running and (trace := self._trace(frame)) is not None:
            trace.took(step, lambda: self._path(frame, step.operands[1]))

    def _normed(self, norm: Frame, output: Any) -> None:
        if self._running and isinstance(output, Tensor) and norm.args and (trace := self._trace(norm)) is not None:
            path = self._names.of(norm.chain)
            trace.took(Normed(norm.args[0], output, path), str)

    def _path(self, frame: Frame, weight: Tensor) -> str:
        """Path of the module that owns the weight; of the running module if no module does."""
        running = self._names.of(frame.chain)
        inside = (name for name, own in frame.module.named_parameters() if own is weight)
        return f"{running}.{next(inside, '')}".removesuffix(".").removesuffix(".weight")

    def _ended(self, block: Frame, output: Any) -> None:
        trace, step = self._running.pop(block)
        tokens = first_tensor(output)
        moves = None if tokens is None else trace.moves(tokens)
        moved = _NO_CHAIN if moves is None else block_moves(moves)
        linked = list(trace.sums()) if moves is None else moves
        path = self._names.of(block.chain)
        kept, why = (None, moved) if isinstance(moved, str) else (moved.mapped(self._keeper.shared), "")
        for write in trace.writes:
            found = self._projection(write, linked)
            projection, why_not = (None, found) if isinstance(found, str) else (found, "")
            self._kept[write.call] = BlockRecord(path, projection, why_not, kept, why, step)

    def _projection(self, write: Write, moves: list[Move]) -> OutputProjection | str:
        if write.why or write.weight is None:
            return write.why or _NO_MAP
        for move in moves:
            for part in move.of:
                if part.write is write:
                    norm = part.norm_after or move.norm_after
                    found = OutputProjection(write.weight, write.bias, part.scale, write.path, norm)
                    return found.mapped(self._keeper.shared)
        return _NOT_FOLLOWED


def _one_query(seen: SeenQK) -> Tensor:
    """Output of the heads of a call that joins them itself, as if every query were the one that W_0 is compared on."""
    layer = LayerRecord(seen.q, seen.k, None, seen.q.shape[-1] ** -0.5, seen.mask)
    queries = seen.q.shape[2]
    one = layer.rows([queries // 3]).to(seen.v) @ seen.v  # (B, H, 1, dv)
    return one.expand(-1, -1, queries, -1)
