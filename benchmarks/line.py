"""A simulated line between a browser and a server on this machine. It counts every byte, and has a given speed and delay.

It is a relay of TCP connections, below HTTP and WebSockets. So it counts and slows both in the same way, in any
browser. Chromium's own emulation is not used: it would slow the same bytes a second time.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tests.browser.relay import Relay

CHUNK: Final = 16 * 1024
"""Bytes that a connection sends before the next one gets its turn."""
SLACK_SECONDS: Final = 0.02
"""Largest delay of a late timer that is made up for."""


@dataclass
class Lane:
    """One direction of a line, shared by all connections. bytes_a_second: None for no limit."""

    bytes_a_second: float | None
    bytes: int = 0
    used_at: float = 0.0
    _free_at: float = 0.0

    async def carry(self, data: bytes) -> None:
        """Return once the last byte is on its way."""
        self.bytes += len(data)
        self.used_at = time.perf_counter()
        if self.bytes_a_second is None:
            return
        self._free_at = max(self._free_at, self.used_at - SLACK_SECONDS) + len(data) / self.bytes_a_second
        await asyncio.sleep(self._free_at - self.used_at)
        self.used_at = time.perf_counter()


class Line(Relay):
    """A relay that counts bytes, and delays them like a line of this speed and length."""

    def __init__(self, to: str, bytes_a_second: float | None = None, round_trip: float = 0.0) -> None:
        super().__init__(to)
        self._one_way = round_trip / 2
        self._down, self._up = Lane(bytes_a_second), Lane(bytes_a_second)

    @property
    def received(self) -> int:
        """Return the bytes that the browser has received, including headers."""
        return self._down.bytes

    @property
    def sent(self) -> int:
        return self._up.bytes

    def idle_seconds(self) -> float:
        """Return the seconds since a byte last passed in either direction."""
        return time.perf_counter() - max(self._down.used_at, self._up.used_at)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * self._one_way)  # the handshake of a connection takes one round trip
        with suppress(OSError, asyncio.CancelledError):
            there, back = await asyncio.open_connection(self._to.hostname, self._to.port)
            try:
                await asyncio.gather(self._pump(reader, back, self._up), self._pump(there, writer, self._down))
            finally:
                back.close()
        writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lane: Lane) -> None:
        """Carry all data, and deliver them later by the one-way delay of the line."""
        on_its_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.create_task(_arrive(on_its_way, writer))
        try:
            data = b"begun"
            while data:
                data = await reader.read(CHUNK)
                await lane.carry(data)
                on_its_way.put_nowait((time.perf_counter() + self._one_way, data))
            await arriving
        finally:
            arriving.cancel()


async def _arrive(on_its_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
    """Deliver the data at their times. An empty piece ends the connection in that direction."""
    with suppress(OSError):
        while True:
            at, data = await on_its_way.get()
            await asyncio.sleep(at - time.perf_counter())
            if not data:
                writer.write_eof()
                return
            writer.write(data)
            await writer.drain()
