"""Attention while a model is trained: every so many steps one HTML file of it, and what its heads do as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

import torch
from torch import Tensor, nn

from attention_core.analysis.movement import head_movement
from attention_core.export.csv_table import csv_table
from attention_core.export.html_view import html_view
from attention_core.images.decoding import load_image
from attention_core.images.patch_grid import PatchGrid
from attention_core.measures import measures_in
from attention_core.recording.record import AttentionRecord
from attention_core.recording.recorder import record_attention

_MEASURES: Final = measures_in("table")
COLUMNS: Final = ("step", "layer", "path", "head", *(measure.column("table") for measure in _MEASURES), "moved_bits")


class AttentionMonitor:
    """Records one fixed batch of pictures before the training, and then every so many steps.

        with AttentionMonitor(vit, pixels, PatchGrid(14, 14, 16), "attention", every=100) as monitor:  # pixels (B, 3, 224, 224)
            for pictures, labels in loader:
                train_on(pictures, labels)
                monitor.step()

    Into the folder come step-000000.html, step-000100.html, …, which are explored as in the app, and heads.csv: the measures of
    every head (`analysis.row_measures`) and how far it moved since step 0 (`analysis.movement`), means over the batch. A
    heads.csv of an earlier run is replaced.

    The pass runs without gradients and in evaluation mode; then every module has its own mode again, and what is trained is
    what would be without it. Files are written in a thread of their own, at most one recording behind. In Lightning, call
    `step` in `on_train_batch_end`.
    """

    def __init__(
        self,
        model: nn.Module,
        pixels: Tensor,
        grid: PatchGrid,
        folder: str | Path,
        every: int = 100,
        prefix_tokens: tuple[str, ...] = ("CLS",),
        shown: int = 0,
    ) -> None:
        """Record step 0 and write its files, so that what does not fit is said before the training.

        Args:
            model: any module; it is called with `pixels`, wherever it lies.
            pixels: the batch (B, 3, height, width), as the model takes it.
            grid: of the patches of a picture.
            folder: where the files go; it is made.
            every: how many steps lie between two recordings.
            prefix_tokens: the names of the tokens before the first patch; () without.
            shown: the number of the picture that the HTML files show.

        Raises:
            ValueError: where `every` or `shown` is out of range, no attention is seen, or `html_view` cannot show it.
        """
        if every < 1:
            raise ValueError(f"every must be 1 or more, received {every}")
        if not 0 <= shown < len(pixels):
            raise ValueError(f"shown must be 0–{len(pixels) - 1}, the number of a picture in the batch; received {shown}")
        self.folder = Path(folder)
        self._model, self._pixels, self._grid, self._prefix = model, pixels, grid, prefix_tokens
        self._every, self._shown, self._steps = every, shown, 0
        self._picture = load_image(_from_0_to_1(pixels[shown]))
        self._first = self._recorded()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._table.write_text(csv_table(COLUMNS, ()), encoding="utf-8")
        self._write(0, self._first)
        self._writer = ThreadPoolExecutor(1, "attention-monitor")
        self._writing: Future[None] | None = None

    def step(self) -> None:
        """Count a step of the training, after it; at every so many record and write. Raises what writing the last raised."""
        self._steps += 1
        if self._steps % self._every == 0:
            record = self._recorded()
            self.wait()
            self._writing = self._writer.submit(self._write, self._steps, record)

    def wait(self) -> None:
        """Until all files are written. Raises what writing them raised."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def close(self) -> None:
        """After the training: wait, and end the thread. Raises what writing the last raised."""
        self._writer.shutdown()
        self.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _table(self) -> Path:
        return self.folder / "heads.csv"

    def _recorded(self) -> AttentionRecord:
        recording = record_attention(keep_v=False, device="cpu", model=self._model)
        # Not inference_mode: what a model then keeps for its next call, such as positions, could not be trained with.
        with _evaluating(self._model), torch.no_grad(), recording as record:
            self._model(self._pixels)
        record.require()
        record.grid, record.prefix_tokens, record.num_images = self._grid, self._prefix, len(self._pixels)
        return record

    def _write(self, step: int, record: AttentionRecord) -> None:
        layers = record.image(self._shown).layers
        view = html_view(layers, self._picture, self._grid, self._prefix, title=f"Attention at step {step:,}")
        view.save(self.folder / f"step-{step:06}.html")
        with self._table.open("a", encoding="utf-8", newline="") as table:
            csv.writer(table, lineterminator="\n").writerows(_rows(step, record, self._first))


def _rows(step: int, record: AttentionRecord, first: AttentionRecord) -> Iterator[tuple[object, ...]]:
    """A line of COLUMNS for every head."""
    for layer, began, found in zip(record.layers, first.layers, record.statistics(), strict=True):
        absent = torch.full((1, layer.num_heads), torch.nan)
        means = [found.means.get(measure.name, absent).mean(0) for measure in _MEASURES]
        for head, row in enumerate(torch.stack([*means, head_movement(began, layer)], 1).tolist()):
            yield step, layer.index, layer.path, head, *row


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    """In evaluation mode inside the block; afterwards every module in its own again, for some may have been frozen alone."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def _from_0_to_1(picture: Tensor) -> Tensor:
    """A normalised picture (3, height, width), its range stretched to 0–1; the means and deviations are the trainer's own."""
    picture = picture.detach().float()
    low, high = picture.min(), picture.max()
    return (picture - low) / (high - low).clamp_min(torch.finfo(picture.dtype).tiny)
