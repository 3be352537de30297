"""A relay of TCP connections between a browser and a server on this machine, below HTTP and WebSockets."""

from __future__ import annotations

import asyncio
from threading import Thread
from typing import Any, Self
from urllib.parse import urlsplit


class Relay:
    """Relays connections to the server at `to` while it is entered; `_connected` of a subclass says how.

    url: where a browser finds that server instead.
    """

    def __init__(self, to: str) -> None:
        self._to, self.url = urlsplit(to), ""
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="relay", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._connected, "127.0.0.1", 0))
        self.url = self._to._replace(netloc=f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}").geturl()
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _end(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
