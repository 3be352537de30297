"""What was measured of a batch as rows of an atlas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from attention_core.atlas.columns import NAMES, schema
from attention_core.atlas.measuring import Measured

if TYPE_CHECKING:
    import pyarrow as pa


def rows_of(names: Sequence[str], measured: Measured, about: dict[str, Any], cls_map: bool) -> pa.Table:
    """A row for each picture, layer and head, in that order."""
    import pyarrow as pa

    heads = [numbers.shape[-1] for numbers in measured.numbers]
    images, a_picture = len(names), sum(heads)
    layer = np.repeat(np.arange(len(heads), dtype=np.int16), heads)
    head = np.concatenate([np.arange(count, dtype=np.int16) for count in heads])
    numbers = torch.cat(measured.numbers, -1).transpose(0, 1).reshape(len(NAMES), -1).numpy()  # (measures, B · all heads)
    columns = [
        pa.array(np.repeat(np.asarray(names, dtype=object), a_picture), pa.string()),
        pa.array(np.tile(layer, images)),
        pa.array(np.tile(head, images)),
        *(pa.array(np.full(images * a_picture, side, np.int16)) for side in (measured.grid.rows, measured.grid.cols)),
        *(pa.array(column, mask=np.isnan(column)) for column in numbers),
    ]
    if cls_map:
        columns.append(_maps(measured.cls_maps, heads, images))
    return pa.table(columns, schema=schema(about, cls_map))


def features_of(names: Sequence[str], features: Tensor) -> pa.Table:
    """A row for each picture: its pooled features, (D,)."""
    import pyarrow as pa

    kind = pa.list_(pa.float32(), features.shape[1])
    values = pa.FixedSizeListArray.from_arrays(pa.array(features.reshape(-1).numpy()), type=kind)
    about = {"about": "mean over patches of what the last block returns, through the norm of the model's head"}
    return pa.table(
        [pa.array(names, pa.string()), values],
        schema=pa.schema([pa.field("picture", pa.string(), False), pa.field("features", kind, False, about)]),
    )


def _maps(maps: Sequence[Tensor | None], heads: Sequence[int], images: int) -> pa.Array:
    """Of each picture, layer and head a list of weights; null where a layer has none."""
    import pyarrow as pa

    patches = next((each.shape[-1] for each in maps if each is not None), 0)
    filled = [torch.zeros(images, count, patches) if each is None else each for each, count in zip(maps, heads, strict=True)]
    absent = np.repeat([each is None for each in maps], heads)
    values = torch.cat(filled, 1).reshape(-1).numpy()
    ends = np.arange(images * sum(heads) + 1, dtype=np.int32) * patches
    return pa.ListArray.from_arrays(ends, pa.array(values), mask=pa.array(np.tile(absent, images)))
