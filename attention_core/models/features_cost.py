"""What keeping the features of all layers takes besides a recording, said before it starts."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from PIL import Image

from attention_core.models.cost import OVERHEAD, SIDES, PassEstimate, Recordable


@dataclass(frozen=True)
class FeaturesCost:
    """Bytes: a block returns so many for each token, whatever their number; the norm of the head has `fixed` of its own."""

    per_token: float
    fixed: int

    def added_to(self, estimate: PassEstimate, tokens: int) -> PassEstimate:
        """The estimate of a recording of so many tokens, with their features; copying them takes no time worth telling."""
        kept = math.ceil(tokens * self.per_token) + self.fixed
        return replace(estimate, peak=estimate.peak + math.ceil(OVERHEAD * kept), kept=estimate.kept + kept)


def measure_features(model: Recordable) -> FeaturesCost:
    """Record the model on one small grey picture. Raises ValueError as `record` does."""
    grey = Image.new("RGB", (SIDES[0], SIDES[0]), "grey")
    record, grid = model.record(grey, SIDES[0], keep_v=False, features=True)
    of_tokens = sum({id(of): of.raw.nbytes for of in record.features.values()}.values())
    return FeaturesCost(of_tokens / (len(model.prefix_tokens) + grid.num_patches), record.features_nbytes - of_tokens)
