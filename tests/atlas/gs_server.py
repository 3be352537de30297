"""A server on loopback that answers like gs, in a process of its own. `python -m tests.atlas.gs_server` prints its port."""

from __future__ import annotations

import sys
import threading
from functools import partial
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from typing import Final

from gcp_storage_emulator.handlers.buckets import create_bucket
from gcp_storage_emulator.server import RequestHandler
from gcp_storage_emulator.storage import Storage

AFAR: Final = "afar"
"""Folder name. A file in such a folder is sent once GO is requested. WHEN_ASKED is answered once the file is requested."""
WHEN_ASKED: Final = "/when-asked"
GO: Final = "/go"
_PATIENCE_SECONDS: Final = 30
_asked, _go = threading.Event(), threading.Event()


class Handler(RequestHandler):
    def do_GET(self) -> None:  # noqa: N802
        if self.path == WHEN_ASKED:
            self._say(HTTPStatus.NO_CONTENT if _asked.wait(_PATIENCE_SECONDS) else HTTPStatus.NOT_FOUND)
        elif self.path == GO:
            _go.set()
            self._say(HTTPStatus.NO_CONTENT)
        elif f"{AFAR}%2F" in self.path and "alt=media" in self.path and not self._goes():
            self._say(HTTPStatus.NOT_FOUND)
        else:
            super().do_GET()

    def _goes(self) -> bool:
        _asked.set()
        return _go.wait(_PATIENCE_SECONDS)

    def _say(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    storage = Storage(use_memory_fs=True)
    create_bucket("bucket", storage)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, storage))
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
