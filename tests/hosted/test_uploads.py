"""An upload is never on the server's disk, not even while it arrives."""

from __future__ import annotations

import os
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks.visitor import XSRF, Visitor
from tests.asynchronous import run
from tests.browser.serving import running
from tests.browser.waiting import PATIENCE_MS

pytestmark = pytest.mark.nightly

HEAD = b'--mark\r\nContent-Disposition: form-data; name="file"; filename="photograph.png"\r\nContent-Type: image/png\r\n\r\n'
END = b"\r\n--mark--\r\n"
PART = os.urandom(6 * 2**20)
"""A part of a file. It is larger than what Starlette keeps in memory by default."""


def open_files(process: int) -> list[str]:
    """Return the temporary files that the process has open."""
    found = []
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        try:
            found.append(str(descriptor.readlink()))
        except FileNotFoundError:  # closed meanwhile
            continue
    return [name for name in found if name.startswith(tempfile.gettempdir())]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux's list of open files")
def test_half_of_a_file_is_in_memory() -> None:
    async def put(url: str, process: int) -> tuple[list[str], list[str], int]:
        visitor = Visitor(url)
        await visitor.enter()
        place = await visitor.place_for("photograph.png")
        before = open_files(process)
        connection = HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_MS / 1000)
        connection.putrequest("PUT", place.upload_url)
        connection.putheader("Content-Type", "multipart/form-data; boundary=mark")
        connection.putheader("Content-Length", str(len(HEAD) + 2 * len(PART) + len(END)))
        connection.putheader("X-Xsrftoken", visitor.token)
        connection.putheader("Cookie", f"{XSRF}={visitor.token}")
        connection.endheaders(HEAD)
        connection.send(PART)  # when this returns, the server has read all but what fits into the line's buffers
        during = open_files(process)
        for _ in range(20):
            time.sleep(0.05)
            during += open_files(process)
        connection.send(PART + END)
        status = connection.getresponse().status
        connection.close()
        await visitor.leave()
        return before, during, status

    with running() as (url, process):
        before, during, status = run(put(url, process.pid))
    assert status == 204 and set(during) <= set(before)
