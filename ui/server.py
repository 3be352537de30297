"""The app as a server runs it: app.py with response headers, models that are loaded before anybody comes, and a word on faults.

`python -m ui` starts it as the settings say (attention_core/settings.py); `streamlit run app.py` is the app without all that.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import streamlit as st
from starlette.middleware import Middleware

from attention_core.settings import settings
from ui.components.served import layers_route
from ui.headers import OwnOrigin, ResponseHeaders, response_headers
from ui.shared.faults import keep_addresses_out_of_the_log, noted, say_fault
from ui.streamlit_workarounds import keep_messages_out_of_the_log
from ui.warming import warm

APP: Final = Path(__file__).resolve().parent.parent / "app.py"
_LOG: Final = logging.getLogger("regard")


@asynccontextmanager
async def warmed(_app: st.App) -> AsyncIterator[None]:
    """Load what the settings name before anybody comes; a model that cannot be had is left to the first who wants it."""
    for name in settings().warm:
        try:
            warm(name)
        except Exception as error:  # noqa: BLE001 (the server starts all the same)
            _LOG.warning("warm model=%s failed: %s", name, noted(error, "warm", "The model", ""))
    yield


keep_messages_out_of_the_log()
keep_addresses_out_of_the_log()
app = st.App(
    APP,
    lifespan=warmed,
    routes=[layers_route()],
    middleware=[Middleware(ResponseHeaders, headers=response_headers(settings().embed)), Middleware(OwnOrigin)],
    on_script_error=say_fault,
)
