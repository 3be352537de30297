"""The methods of maps through all layers, as assets/data/map_methods.json describes them.

A new one is a function, an entry of `THROUGH_LAYERS`, and its description under the same name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from torch import Tensor

from attention_core.analysis.rollout import rollout

THROUGH_LAYERS: Final[dict[str, Callable[..., Tensor]]] = {
    "rollout": rollout,
}
"""Each takes the layers, the number of a token, its settings by name, and `on_layer`, which is told how many layers are done.

Returns (B, Nk), what each token of the input is to that token. Raises ValueError for what it cannot compute.
"""
