"""Keeps the outputs of blocks, and the norm at the end of the model."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from torch import nn

from attention_core.capture.blocks import Blocks
from attention_core.capture.features import Features, Norm, first_tensor, norm_of
from attention_core.capture.running_modules import Frame, ModuleNames
from attention_core.capture.watcher import Where
from attention_core.recording.keeping import Keeper
from attention_core.recording.of_calls import FeaturesOfCalls


class FeatureKeeper:
    """Fills `kept`, by the number of the attention call, with the output of its block once that has ended.

    only: numbers of calls; None keeps all. model: as in `record_attention`.
    """

    def __init__(self, kept: FeaturesOfCalls, keeper: Keeper, only: Collection[int] | None, model: nn.Module | None) -> None:
        self._kept = kept
        self._keeper = keeper
        self._only = only
        self._blocks = Blocks(model)
        self._names = ModuleNames(model)
        self._calls: dict[Frame, tuple[int, list[int]]] = {}
        """Step and calls of each running block."""
        self._step: list[int] = []
        self._awaits_norm = False

    def expect(self, call: int, where: Where) -> None:
        """Note an attention call, whose block has yet to end."""
        block = self._blocks.of(where.frame)
        if block is None:
            return
        if block not in self._calls:
            self._calls[block] = where.step, []
            block.on_end += (self._ended,)
            outermost = block.chain[0]
            if self._normed not in outermost.on_norm:
                outermost.on_norm += (self._normed,)
                self._step = []
        self._calls[block][1].append(call)

    def _ended(self, block: Frame, output: Any) -> None:
        step, inside = self._calls.pop(block)
        calls = [call for call in inside if self._only is None or call in self._only]
        if (tokens := first_tensor(output)) is not None and calls:
            features = Features(self._keeper.kept(tokens), self._names.of(block.chain), step)
            self._kept.update(dict.fromkeys(calls, features))
            self._step += calls
        self._settle(None)
        self._awaits_norm = True

    def _normed(self, norm: Frame, output: Any) -> None:
        """Take the first norm after a block: after the last block, it is the head's."""
        if self._awaits_norm and not self._blocks.around(norm):
            self._settle(norm_of(norm.module, self._names.of(norm.chain), norm.args, output))

    def _settle(self, norm: Norm | None) -> None:
        self._awaits_norm = False
        under: dict[int, Features] = {}
        for call in self._step:
            features = self._kept[call]
            self._kept[call] = under.setdefault(id(features), features.under(norm))
