"""The columns of an atlas: one row a picture × layer × head, with units and sources in the schema's metadata."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from attention_core.measures import measures_in

if TYPE_CHECKING:
    import pyarrow as pa

VERSION: Final = 1
"""Of the columns and of the manifest beside them; raised where a reader of today would misread what was written."""
ABOUT: Final = b"regard.atlas"
"""Under this name the schema's metadata says, as JSON, what the atlas is of."""


MEASURES: Final = measures_in("atlas")
NAMES: Final = tuple(measure.name for measure in MEASURES)


def schema(about: dict[str, Any] | None = None, cls_map: bool = False) -> pa.Schema:
    """Of every shard. A measure is null where it cannot be had.

    Args:
        about: what the metadata of the schema says of the atlas.
        cls_map: whether there is a column with the weights of CLS on each patch, row by row.
    """
    import pyarrow as pa

    fields = [
        pa.field("picture", pa.string(), False, {"about": "its name, relative to where pictures were looked for"}),
        pa.field("layer", pa.int16(), False, {"about": "attention call of the model, from 0"}),
        pa.field("head", pa.int16(), False, {"about": "from 0"}),
        pa.field("rows", pa.int16(), False, {"unit": "patches", "about": "height of the picture's grid"}),
        pa.field("cols", pa.int16(), False, {"unit": "patches", "about": "width of the picture's grid"}),
        *(pa.field(one.name, pa.float32(), True, {"unit": one.unit, "source": one.source}) for one in MEASURES),
    ]
    if cls_map:
        said = {"unit": "share of weight", "about": "what CLS gives to each patch, row by row"}
        fields.append(pa.field("cls_map", pa.list_(pa.float32()), True, said))
    return pa.schema(fields, {ABOUT: json.dumps({"version": VERSION} | (about or {})).encode()})
