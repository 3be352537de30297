"""Which patch of the other picture is this one: best matches both ways, and the two tests by which false ones are left out."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from attention_core.analysis.similarity import require_same_width, unit_vectors
from attention_core.capture.layer_record import BLOCK_ELEMENTS, BLOCK_ROWS

Best = tuple[Tensor, Tensor, Tensor]
"""The number of the best match, its cosine, and the second best's."""


@dataclass(frozen=True, eq=False)
class Matches:
    """The best matches between the patches of a (N) and of b (M), by the cosine of their features.

    forward (N) int64: for every patch of a its best of b, the first of equals; similarity (N) its cosine and second (N) that of
    the second best, −1 where b has one patch. backward, backward_similarity, backward_second (M): for every patch of b in a.
    """

    forward: Tensor
    similarity: Tensor
    second: Tensor
    backward: Tensor
    backward_similarity: Tensor
    backward_second: Tensor

    @property
    def mutual(self) -> Tensor:
        """(N) bool: whether a patch of a is the best of its own best, too.

        "Best buddies" of Dekel et al. 2015; Amir et al. 2021 match the patches of Vision Transformers by them.
        """
        own = torch.arange(len(self.forward), device=self.forward.device)
        return self.backward[self.forward] == own

    @property
    def ratio(self) -> Tensor:
        """(N), 0 to 1: the distance of the best over that of the second best; 1 says that there is no choosing between them.

        Lowe 2004, "Distinctive Image Features from Scale-Invariant Keypoints", section 7.1, who keeps matches below 0.8. The
        distance of unit vectors is √(2 − 2·cosine). Neighbours are alike, so a dense grid seldom falls as low.
        """
        best, second = (torch.sqrt((2 - 2 * cosine).clamp_min(0)) for cosine in (self.similarity, self.second))
        return torch.where(second > 0, best / second.masked_fill(second == 0, 1), 1.0)


def match(a: Tensor, b: Tensor) -> Matches:
    """Match the patches of features a (N, D) and b (M, D), in blocks of rows: O(N·M·D) time, no N × M matrix.

    Raises:
        ValueError: where a and b are not two matrices of the same width.
    """
    require_same_width(a, b)
    a, b = unit_vectors(a), unit_vectors(b).T.contiguous()  # (N, D), (D, M)
    forward: list[Best] = []
    lowest = a.new_full((b.shape[1],), -1.0)
    backward: Best = torch.zeros_like(lowest, dtype=torch.long), lowest, lowest
    for first in range(0, len(a), rows := max(BLOCK_ROWS, BLOCK_ELEMENTS // b.shape[1])):
        cosines = (a[first : first + rows] @ b).clamp_(-1, 1)  # (n, M)
        forward.append(_best_two(cosines, 1))
        index, best, second = _best_two(cosines, 0)
        backward = _better(backward, (index + first, best, second))
    index, best, second = (torch.cat(parts) for parts in zip(*forward, strict=True))
    return Matches(index, best, second, *backward)


def _best_two(cosines: Tensor, axis: int) -> Best:
    """Along an axis the best two; the second is −1 where there is none."""
    best, index = cosines.max(axis)
    if cosines.shape[axis] == 1:
        return index, best, torch.full_like(best, -1.0)
    others = cosines.scatter(axis, index.unsqueeze(axis), -torch.inf)
    return index, best, others.amax(axis)


def _better(earlier: Best, later: Best) -> Best:
    """The best two of two blocks; of equals the earlier."""
    (index, best, second), (other_index, other, other_second) = earlier, later
    wins = other > best
    runner_up = torch.where(wins, torch.maximum(best, other_second), torch.maximum(second, other))
    return torch.where(wins, other_index, index), torch.maximum(best, other), runner_up
