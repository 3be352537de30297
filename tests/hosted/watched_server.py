"""The app with one more address, which returns what the server holds."""

from __future__ import annotations

import gc

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from attention_core import VisionModel
from tests.browser.serving import ROOT
from ui.data.leases import leases
from ui.pictures import Picture
from ui.server import middleware, routes, warmed
from ui.shared.kept import store


async def held(_: Request) -> JSONResponse:
    gc.collect()
    things = gc.get_objects()
    return JSONResponse(
        {
            "kept": [str(name) for name in store().names()],
            "leases": len(leases()),
            "pictures": sorted({thing.digest for thing in things if isinstance(thing, Picture)}),
            "models": sorted({thing.title for thing in things if isinstance(thing, VisionModel)}),
        }
    )


app = st.App(ROOT / "app.py", lifespan=warmed, routes=[Route("/held", held), *routes()], middleware=middleware())
