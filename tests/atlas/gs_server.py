"""gs as a server on loopback answers it, in a process of its own: `python -m tests.atlas.gs_server` prints its port."""

from __future__ import annotations

import sys
import time
from functools import partial
from http.server import ThreadingHTTPServer
from typing import Final

from gcp_storage_emulator.handlers.buckets import create_bucket
from gcp_storage_emulator.server import RequestHandler
from gcp_storage_emulator.storage import Storage

AFAR: Final = "afar"
"""What lies in a folder of this name takes AFAR_SECONDS to come."""
AFAR_SECONDS: Final = 1.0


class Handler(RequestHandler):  # type: ignore[misc]  # it has no types
    def do_GET(self) -> None:  # noqa: N802
        if f"{AFAR}%2F" in self.path and "alt=media" in self.path:
            time.sleep(AFAR_SECONDS)
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    storage = Storage(use_memory_fs=True)
    create_bucket("bucket", storage)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, storage))
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
