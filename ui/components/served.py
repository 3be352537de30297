"""Layers over HTTP, where the app runs as ui/server.py has it: that costs the server a tenth of a run of the page's script.

Elsewhere, and for what the server has let go of, they come with a run (`send_layers` in ui/components/store.py).
"""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any, Final
from urllib.parse import unquote

import numpy as np
import streamlit as st
from safetensors.numpy import save
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ui import caches, keeping
from ui.recording import Recording
from ui.shared.faults import noted

RECORDING: Final = "regard-recording"
"""The header that says which: what stands in an address may end in a log."""
CUTS_AT_ONCE: Final = 2
_SERVED: Final = threading.Event()


def address() -> str:
    """Under which layers are, by their number; empty where this server has none."""
    return f"{_base()}/layers" if _SERVED.is_set() else ""


def layers_route() -> Route:
    """For `st.App`. From here on pages know that they can have layers so."""
    _SERVED.set()
    cutting = asyncio.Semaphore(CUTS_AT_ONCE)

    async def answer(request: Request) -> Response:
        recording = keeping.recording_shown(unquote(request.headers.get(RECORDING, "")))
        layer = request.path_params["layer"]
        if recording is None or not recording.in_browser or layer >= len(recording.layers):
            return Response(status_code=404)
        try:
            async with cutting:
                data = await run_in_threadpool(_packed, recording, layer)
        except Exception as error:  # noqa: BLE001 (a run of the script, which is asked next, says it to the reader)
            noted(error, "layer", f"Layer {layer}", "")
            return Response(status_code=500)
        return Response(data, media_type="application/octet-stream", headers={"cache-control": "no-store"})

    return Route(f"{_base()}/layers/{{layer:int}}", answer)


def about_layer(shown: Recording, layer: int) -> dict[str, Any]:
    """What the browser's store has to know of it (assets/shared/stored.js)."""
    kept, of = shown.layers[layer].layer, shown.layer_key(layer)
    shape = {"numHeads": kept.num_heads, "numTokens": kept.num_keys, "headDim": kept.q.shape[-1], "scale": kept.scale}
    return {"id": f"record:{of}/{layer}", "kind": "record", "recording": of, **shape}


def _packed(shown: Recording, layer: int) -> bytes:
    """The layer as it is sent, in the format of safetensors; "entry" of its metadata is what `about_layer` says."""
    arrays: dict[str, np.ndarray] = caches.layer_for_wire(shown.layer_key(layer), layer, shown)
    return save(arrays, {"entry": json.dumps(about_layer(shown, layer))})


def _base() -> str:
    path = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{path}" if path else ""
