"""The statistics of a record as a table."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import TYPE_CHECKING

from attention_core.analysis.head_statistics import LayerStatistics
from attention_core.capture.layer_record import LayerRecord
from attention_core.measures import measures_in

if TYPE_CHECKING:
    import pandas


def statistics_table(layers: Sequence[LayerRecord], statistics: Sequence[LayerStatistics]) -> pandas.DataFrame:
    """Return a row per image, layer and head with the measures of rows; NaN for a measure that the layer does not have.

    Raises ImportError if pandas is not installed.
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
            **{
                measure.column("table"): float(found.means[measure.name][image, head])
                if measure.name in found.means
                else float("nan")
                for measure in measures_in("table")
            },
        }
        for layer, found in zip(layers, statistics, strict=True)
        for image in range(layer.q.shape[0])
        for head in range(layer.num_heads)
    ]
    return pandas.DataFrame(rows)
