"""Regard's additions to Streamlit's server: routes, response headers, the origin check and the warm-up. app.py joins them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import streamlit as st
from starlette.formparsers import MultiPartParser
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from attention_core.settings import settings
from ui.compare import files as compare_files
from ui.compare import findings, movement
from ui.data import atlases, depth, files, heads, layers
from ui.data.leases import SWEEP_SECONDS, leases
from ui.data.requests import data_routes
from ui.headers import OwnOrigin, ResponseHeaders, response_headers
from ui.lessons import kinds as lessons
from ui.shared.faults import keep_addresses_out_of_the_log, noted, say_fault
from ui.streamlit_workarounds import keep_messages_out_of_the_log
from ui.warming import warm
from ui.whatif import changed, effects, python

__all__ = ["middleware", "routes", "say_fault", "warmed"]
KINDS: Final = (
    layers.KINDS | heads.KINDS | depth.KINDS | files.KINDS | atlases.KINDS | lessons.KINDS
    | findings.KINDS | movement.KINDS | compare_files.KINDS | changed.KINDS | effects.KINDS | python.KINDS
)  # fmt: skip
"""The kinds of data that browsers may request."""
_LOG: Final = logging.getLogger("regard")

keep_messages_out_of_the_log()
keep_addresses_out_of_the_log()
# Keep uploads in memory while they arrive. By default, Starlette writes files above 1 MB into a temporary file.
MultiPartParser.spool_max_size = (st.get_option("server.maxUploadSize") + 1) * 2**20


@asynccontextmanager
async def warmed(_app: st.App) -> AsyncIterator[None]:
    """Load the models that the settings name, before the first reader comes. A failure is logged, and the server starts."""
    for name in settings().warm:
        try:
            warm(name)
        except Exception as error:  # noqa: BLE001 (the server starts all the same)
            _LOG.warning("warm model=%s failed: %s", name, noted(error, "warm", "The model", ""))
    sweeping = asyncio.create_task(_sweep())
    yield
    sweeping.cancel()


async def _sweep() -> None:
    """End leases that nobody renews."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        leases().sweep()


def routes() -> list[BaseRoute]:
    return [*data_routes(KINDS)]


def middleware() -> list[Middleware]:
    return [Middleware(ResponseHeaders, headers=response_headers(settings().embed)), Middleware(OwnOrigin)]
