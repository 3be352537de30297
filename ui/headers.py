"""Security headers of every response, and the check of WebSocket origins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers

POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self' blob: 'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}
"""The content security policy: pages load nothing from other sites.

Streamlit turns components into blobs and uses inline styles. The digest belongs to the only script in Streamlit's page. A test
fails if that script changes.
"""

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def response_headers(embed: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the headers of every response. embed: sites that may show a page in a frame; the server's own always may."""
    policy = POLICY | {"frame-ancestors": " ".join(["'self'", *embed])}
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }


class ResponseHeaders:
    """ASGI middleware that adds the headers."""

    def __init__(self, app: Application, headers: dict[str, str]) -> None:
        self.app = app
        self.headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self.headers]
            await send(message)

        await self.app(scope, receive, with_headers)


class OwnOrigin:
    """ASGI middleware that refuses WebSockets from pages of other sites, because browsers send cookies with such WebSockets.

    Streamlit's own check accepts every page of the server's machine. It also requests the server's address from an outside host
    at every foreign attempt, and all readers wait for that.
    """

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            headers = Headers(raw=scope["headers"])
            origin = headers.get("origin")
            if origin is not None and not is_own(origin, headers.get("host", ""), st.get_option("server.corsAllowedOrigins")):
                await send({"type": "websocket.close", "code": 1008})
                return
        await self.app(scope, receive, send)


def is_own(origin: str, host: str, others: list[str]) -> bool:
    """True if a page of that origin may talk to the server at that host. others: further allowed origins."""
    try:
        return (bool(host) and urlsplit(origin).netloc.lower() == host.lower()) or origin in others
    except ValueError:
        return False
