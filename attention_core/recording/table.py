"""The statistics of a record as a table."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

    from attention_core.recording.record import AttentionRecord


def statistics_table(record: AttentionRecord) -> pandas.DataFrame:
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
        for layer, found in zip(record.layers, record.statistics(), strict=True)
        for image in range(layer.q.shape[0])
        for head in range(layer.num_heads)
    ]
    return pandas.DataFrame(rows)
