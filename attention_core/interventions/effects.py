"""What each head is worth: how far the model's result moves when it is switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any, Final

import torch
from torch import Tensor

from attention_core.capture.edit import edit_attention
from attention_core.images.patch_grid import cell_of_token
from attention_core.interventions.change import distance
from attention_core.interventions.classes import logits_of
from attention_core.interventions.edits import edited
from attention_core.interventions.outcome import Outcome, given_before
from attention_core.interventions.resuming import ROOT, Pass, Resumable, resumable
from attention_core.models import VisionModel
from attention_core.models.cost import room_for_pass
from attention_core.recording.of_calls import BlocksOfCalls, FeaturesOfCalls

Told = Callable[[int, int], None]
Head = tuple[int, int]
"""(layer, head)."""
MAX_TOKENS: Final = 512
"""Of all images of a batch together: with more a batch takes longer than its images one by one, for caches are small."""


@dataclass(frozen=True, eq=False)
class Effects:
    """Each (L, H), layers by heads; NaN where a layer has fewer heads than others.

    cls: 1 − the cosine of CLS before and after the head is off; None where there is none. patches: the same of a patch, the
    mean over all. patch: of the pinned patch, None where none was asked for. target: by how much the value (logit) of the class
    changes, None where none was asked for.
    """

    cls: Tensor | None
    patches: Tensor
    patch: Tensor | None = None
    target: Tensor | None = None

    @property
    def main(self) -> Tensor:
        """Of CLS, or without it of the patches."""
        return self.patches if self.cls is None else self.cls


def every_effect(
    model: VisionModel,
    before: Outcome,
    patch: int | None = None,
    target: int | None = None,
    on_done: Told | None = None,
    check: Callable[[], None] | None = None,
) -> Effects:
    """Switch off every head by itself, a batch of passes a layer, each from that layer's block on.

    Args:
        before: the pass that each is compared with; its own edits are made in all.
        patch: the number of a patch of `before.grid`, row by row.
        target: the number of a class.
        on_done: told how many heads of all are done.
        check: called before each batch; what it raises stops the work.

    Raises:
        ValueError: where there is no such patch or class, and where the heads of a layer cannot be changed.
    """
    measure = _Measure(model, before, patch, target)
    heads = [layer.num_heads for layer in before.record.layers]
    done, found = 0, torch.full((4, len(heads), max(heads)), torch.nan)
    for layer, count in enumerate(heads):
        for part in _batches([((layer, head),) for head in range(count)], measure.size):
            if check is not None:
                check()
            found[:, layer, [head for ((_, head),) in part]] = measure.of(part)
            done += len(part)
            if on_done is not None:
                on_done(done, sum(heads))
    cls, patches, of_patch, of_target = found
    return Effects(
        None if before.cls(model) is None else cls,
        patches,
        None if patch is None else of_patch,
        None if target is None else of_target,
    )


def greedy(
    model: VisionModel,
    before: Outcome,
    order: Sequence[Head],
    on_done: Told | None = None,
    check: Callable[[], None] | None = None,
) -> Tensor:
    """How far CLS moves, or without it the patches in the mean, when the first 1, 2, … heads of an order are off together.

    Args: order: each (layer, head), such as those of the least effect first. on_done, check: as `every_effect` takes them.

    Returns: (len(order),), each 1 − the cosine.

    Raises ValueError where there is no such head, or it cannot be changed.
    """
    measure = _Measure(model, before, None, None)
    found: list[Tensor] = []
    for part in _batches([tuple(order[: count + 1]) for count in range(len(order))], measure.size):
        if check is not None:
            check()
        cls, patches, *_ = measure.of(part)
        found.append(patches if before.cls(model) is None else cls)
        if on_done is not None:
            on_done(sum(map(len, found)), len(order))
    return torch.cat(found) if found else torch.zeros(0)


def _batches(runs: Sequence[tuple[Head, ...]], size: int) -> Iterator[Sequence[tuple[Head, ...]]]:
    return (runs[at : at + size] for at in range(0, len(runs), size))


@dataclass
class _Measure:
    """Runs a batch of passes over one picture, each with other heads off, and measures what that moves."""

    model: VisionModel
    before: Outcome
    patch: int | None
    target: int | None
    _copied: Resumable = field(init=False)
    _cell: int | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        before, self._copied = self.before, resumable(self.model)
        if self.patch is not None:
            before.grid.position(self.patch)  # raises where there is none
            factor = max(1, before.last.grid.patch_size // before.grid.patch_size)
            self._cell = int(cell_of_token(before.grid, before.last.grid, factor, 0, torch.device("cpu"))[self.patch])
        if self.target is not None and (before.logits is None or not 0 <= self.target < len(before.logits)):
            count = 0 if before.logits is None else len(before.logits)
            raise ValueError(f"expected one of the {count} classes of {self.model.title}, received {self.target!r}")

    @property
    def size(self) -> int:
        """How many passes run together."""
        tokens = self.before.record.layers[0].q.shape[0] * self.before.record.layers[0].num_queries
        return max(1, MAX_TOKENS // tokens) if self._copied.batches and not self._copied.why_whole else 1

    def of(self, runs: Sequence[tuple[Head, ...]]) -> Tensor:
        """(4, runs): how far CLS, the patches in the mean and the pinned patch move, and the class's value changes; NaN of what
        is not there or was not asked for.
        """
        features, logits = self._ran(runs)
        moved = torch.full((4, len(runs)), torch.nan)
        for at in range(len(runs)):
            last = self._placed(features, at, len(runs))
            patches = distance(self.before.last.patches, last.patches)
            moved[1, at] = patches.mean()
            if (cls := self.before.cls(self.model)) is not None:
                moved[0, at] = distance(cls, last.prefix[0])
            if self._cell is not None:
                moved[2, at] = patches[self._cell]
            if self.target is not None and logits is not None and self.before.logits is not None:
                moved[3, at] = logits[at, self.target] - self.before.logits[self.target]
        return moved

    def _ran(self, runs: Sequence[tuple[Head, ...]]) -> tuple[Any, Tensor | None]:
        """What the last block returned in all of these, and the classifier."""
        before, copied = self.before, self._copied
        given = given_before(copied, before.record, min(layer for run in runs for layer, _ in run))
        last = copied.calls[before.last.layer].block
        this = Pass(given, len(runs), (ROOT, last))
        with ExitStack() as stack:  # of a batch no layer is kept: it takes less than one recorded pass
            stack.enter_context(room_for_pass(self.model, before.grid))
            again = [edit for edit in before.edits if copied.calls[edit.layer].block not in given]
            stack.enter_context(edited(self.model, again, before.grid))
            for layer in sorted({layer for run in runs for layer, _ in run}):
                off = torch.zeros(len(runs), before.record.layers[layer].num_heads, dtype=torch.bool)
                for image, run in enumerate(runs):
                    off[image, [head for of, head in run if of == layer]] = True
                stack.enter_context(edit_attention(copied.calls[layer].path, off))
            output = copied.run(this, before.pixels)
        return this.kept[last], logits_of(self.model, output)

    def _placed(self, raw: Tensor, at: int, count: int) -> Any:
        """One run's features on the image, through the model's norm."""
        before, layer = self.before.record, self.before.last.layer
        size = raw.shape[0] // count
        one = replace(before.features[layer], raw=raw[at * size : (at + 1) * size])
        record = before.with_parts(before.layers, FeaturesOfCalls({layer: one}), BlocksOfCalls())
        return self.model.feature_map(record, self.before.grid, layer)
