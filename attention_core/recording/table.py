"""The statistics of a record as a table."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import TYPE_CHECKING

from attention_core.analysis.head_statistics import LayerStatistics
from attention_core.capture.layer_record import LayerRecord

if TYPE_CHECKING:
    import pandas


def statistics_table(layers: Sequence[LayerRecord], statistics: Sequence[LayerStatistics]) -> pandas.DataFrame:
    """A row for each image, layer and head: entropy in bits, mean distance in patches (NaN where there are none), prefix share.

    Raises ImportError where pandas is not installed.
    """
    if importlib.util.find_spec("pandas") is None:
        raise ImportError("a table needs pandas: run `pip install pandas`")
    import pandas

    rows = [
        {
            "image": image,
            "layer": layer.index,
            "step": layer.step,
            "path": layer.path,
            "head": head,
            "entropy_bits": float(found.entropy[image, head]),
            "mean_distance_patches": float("nan") if found.mean_distance is None else float(found.mean_distance[image, head]),
            "prefix_share": float(found.prefix_share[image, head]),
        }
        for layer, found in zip(layers, statistics, strict=True)
        for image in range(layer.q.shape[0])
        for head in range(layer.num_heads)
    ]
    return pandas.DataFrame(rows)
