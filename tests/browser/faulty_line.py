"""A line between a browser and a server on this machine that does what bad networks do, below HTTP and WebSockets.

Data requests come late, get lost, or lose their answer, and a proxy says that the server is away. Streamlit's messages come
late, in order, and its socket is cut with whatever was on its way. Pages and scripts come as they are.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Final

from playwright.sync_api import Page

from tests.browser.relay import Relay

CHUNK: Final = 64 * 1024
LONGEST_SECONDS: Final = 1.5
FATES: Final = {"nothing": 55, "late": 15, "answered late": 12, "lost": 6, "answer lost": 6, "away": 6}
"""Faults of data requests, with their frequencies. Answers overtake each other, as each has a connection of its own."""
LATE: Final = (0.0, 0.0, 0.0, 0.0, 0.05, 0.1, 0.3, LONGEST_SECONDS)
"""Seconds by which a message of Streamlit's may be late; those behind it wait."""
NOTICED: Final = """async () => {
  const app = document.querySelector("[data-testid=stApp]");
  while (app.dataset.testConnectionState === "CONNECTED") await new Promise((done) => setTimeout(done, 10));
  THEN;
}"""
AWAY: Final = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(eq=False)
class Connection:
    """to_browser, to_server: its ends. is_socket: whether it carries Streamlit's messages. fate: of the request under way."""

    to_browser: asyncio.StreamWriter
    to_server: asyncio.StreamWriter
    is_socket: bool = False
    fate: str = "nothing"

    def cut(self) -> None:
        for end in (self.to_browser, self.to_server):
            end.transport.abort()


class FaultyLine(Relay):
    """A relay with faults. happened: the faults of requests and sockets, with their numbers."""

    def __init__(self, to: str, seed: int) -> None:
        super().__init__(to)
        self._chance, self._faulty = Random(seed), True
        self._open: set[Connection] = set()
        self.happened = Counter[str]()

    def cut_sockets(self) -> None:
        """Cut Streamlit's sockets; what is on its way in either direction is lost."""
        self._run(self._cut_sockets())

    def cut(self, page: Page, then: str = "") -> None:
        """As `cut_sockets`, until the page has noticed, which opens another one soon. then: what it runs before that."""
        self.cut_sockets()
        page.evaluate(NOTICED.replace("THEN", then))

    def cease(self) -> None:
        """No more faults from here on."""
        self._faulty = False

    async def _end(self) -> None:
        await super()._end()
        await asyncio.sleep(0.1)  # in which the loop closes what was cut

    async def _cut_sockets(self) -> None:
        for connection in [each for each in self._open if each.is_socket]:
            self.happened["socket cut"] += 1
            connection.cut()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(self._to.hostname, self._to.port)
        except OSError:
            writer.transport.abort()
            return
        connection = Connection(writer, back)
        self._open.add(connection)
        with suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(
                self._pump(reader, back, lambda data: self._ask(connection, data)),
                self._pump(there, writer, lambda _: self._answer(connection)),
            )
        self._open.discard(connection)
        connection.cut()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, may_pass: Callable[[bytes], Awaitable[bool]]
    ) -> None:
        """Carry what comes until an end is cut, or `may_pass` says so."""
        while data := await reader.read(CHUNK):
            if not await may_pass(data):
                raise ConnectionAbortedError
            writer.write(data)
            await writer.drain()
        writer.write_eof()

    async def _ask(self, connection: Connection, data: bytes) -> bool:
        head = data.partition(b"\r\n")[0]
        connection.is_socket = connection.is_socket or b"/_stcore/stream" in head
        if connection.is_socket:
            await self._dawdle(self._chance.choice(LATE))
        elif head.startswith(b"POST ") and b"/data/" in head:
            connection.fate = self._chance.choices(list(FATES), list(FATES.values()))[0] if self._faulty else "nothing"
            self.happened[connection.fate] += 1
            if connection.fate == "late":
                await self._dawdle(self._chance.uniform(0, LONGEST_SECONDS))
            elif connection.fate == "away":
                connection.to_browser.write(AWAY)
                await asyncio.sleep(0.2)  # or the browser would see the line cut
            return connection.fate not in ("lost", "away")
        return True

    async def _answer(self, connection: Connection) -> bool:
        if connection.is_socket:
            await self._dawdle(self._chance.choice(LATE))
        fate, connection.fate = connection.fate, "nothing"
        if fate == "answered late":
            await self._dawdle(self._chance.uniform(0, LONGEST_SECONDS))
        return fate != "answer lost"

    async def _dawdle(self, seconds: float) -> None:
        if self._faulty and seconds:
            await asyncio.sleep(seconds)
