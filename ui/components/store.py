"""The page's store of arrays that Python found of several pictures; figures take the names under which they are kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from attention_core.export.bundler import bundle
from ui.components.component import component

_store = component("regard_store", js=bundle("store/store.js"))


def keep_arrays(name: str, kind: str, meta: dict[str, Any], arrays: dict[str, np.ndarray], key: str) -> None:
    """Send flat arrays to the browser's store, where they have this name. Equal arrays are sent once."""
    # As Streamlit sends arrays in the end: by way of pandas that takes five times as long.
    tables = {each: pa.table([pa.array(values)], names=["0"]) for each, values in arrays.items()}
    _store(key=f"{key}-{kind}", data={"meta": {"id": name, "kind": kind, **meta}, **tables}, height=0)
