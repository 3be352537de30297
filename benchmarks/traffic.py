"""Traffic between a page and its server: script runs, requests, messages and bytes, by direction and not by route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from playwright.sync_api import Page, Request, WebSocket
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.line import Line


@dataclass(frozen=True)
class Count:
    """runs: script runs of the page. requests: over HTTP. messages: sent over a WebSocket. received: bytes."""

    runs: int = 0
    requests: int = 0
    messages: int = 0
    received: int = 0

    @property
    def asked(self) -> int:
        """Return how often the page sent anything to the server."""
        return self.requests + self.messages

    def __sub__(self, other: Self) -> Count:
        return Count(
            self.runs - other.runs,
            self.requests - other.requests,
            self.messages - other.messages,
            self.received - other.received,
        )


class Traffic:
    """Traffic of one page, from before it opens its first address. line: counts its bytes, which are 0 without it.

    The server announces each script run by a `new_session` message, and this counts these messages. The page's
    attribute `data-test-script-state` would merge two runs if one replaces the other.
    """

    def __init__(self, page: Page, line: Line | None = None) -> None:
        self._line = line
        self._runs = self._requests = self._messages = 0
        page.on("request", self._note_request)
        page.on("websocket", self._listen)

    def count(self) -> Count:
        return Count(self._runs, self._requests, self._messages, self._line.received if self._line else 0)

    def _note_request(self, request: Request) -> None:
        self._requests += request.url.startswith("http")

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda _: self._note_message())
        socket.on("framereceived", self._note_answer)

    def _note_message(self) -> None:
        self._messages += 1

    def _note_answer(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            self._runs += ForwardMsg.FromString(frame).HasField("new_session")
