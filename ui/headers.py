"""What every answer of the server says to browsers, and whom it does not answer."""

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
"""What pages may load: nothing of other sites. Streamlit makes modules of components as blobs and styles elements inline; the
digest is that of the one script in its page, which a test notices when it changes.
"""

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def response_headers(embed: tuple[str, ...] = ()) -> dict[str, str]:
    """Of every answer. embed: sites that may show a page within theirs; the server's own always may."""
    policy = POLICY | {"frame-ancestors": " ".join(["'self'", *embed])}
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }


class ResponseHeaders:
    """ASGI middleware that adds them."""

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
    """ASGI middleware that lets no page of another site open a WebSocket: browsers send cookies along with one from anywhere.

    Streamlit's own check lets every page of the server's machine through, and asks a host outside for the server's address,
    with all readers waiting, as often as a stranger knocks.
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
    """Whether a page of that origin may speak to the server at that host. others: origins that may too."""
    try:
        return (bool(host) and urlsplit(origin).netloc.lower() == host.lower()) or origin in others
    except ValueError:
        return False
