"""The simulated line counts all bytes and is as slow as it says. Script runs and requests are counted by direction."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, cast

import pytest
from playwright.sync_api import Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.line import Line
from benchmarks.traffic import Count, Traffic

BODY = bytes(300_000)


class Heard:
    """Stands for a page or a socket and calls its listeners."""

    def __init__(self, url: str = "") -> None:
        self.url = url
        self._listeners: dict[str, Callable[[Any], None]] = {}

    def on(self, event: str, listener: Callable[[Any], None]) -> None:
        self._listeners[event] = listener

    def tell(self, event: str, given: Any) -> None:
        self._listeners[event](given)


def test_each_script_run_counts_even_if_it_replaces_another() -> None:
    page, socket = Heard(), Heard()
    traffic = Traffic(cast(Page, page))
    page.tell("websocket", socket)
    begun, done = ForwardMsg(), ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
    begun.new_session.name = "app.py"
    for message in (begun, begun, done, begun, done):
        socket.tell("framereceived", message.SerializeToString())
    socket.tell("framesent", b"rerun")
    for url in ("http://127.0.0.1/data/layer", "data:image/png,", "blob:http://127.0.0.1/1"):
        page.tell("request", Heard(url))
    assert traffic.count() == Count(runs=3, requests=1, messages=1)
    assert (traffic.count() - Count(runs=1)).runs == 2 and traffic.count().asked == 2


class Given(BaseHTTPRequestHandler):
    """Answers every request with BODY, POST included."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Given) as running:
        thread = Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def fetch(url: str, sent: bytes | None = None) -> float:
    """Return the seconds until the whole answer has arrived."""
    began = time.perf_counter()
    with urllib.request.urlopen(urllib.request.Request(url, sent), timeout=30) as answer:
        assert answer.read() == BODY
    return time.perf_counter() - began


def test_a_line_counts_all_bytes_in_both_directions(server: str) -> None:
    with Line(server) as line:
        fetch(line.url)
        assert len(BODY) < line.received < len(BODY) + 300
        assert 0 < line.sent < 300
        fetch(line.url, bytes(50_000))
        assert 2 * len(BODY) < line.received < 2 * len(BODY) + 600
        assert 50_000 < line.sent < 51_000


def test_a_line_has_its_speed_and_delay_on_every_connection(server: str) -> None:
    with Line(server, bytes_a_second=1e6, round_trip=0.2) as line:
        assert fetch(line.url) + 0.03 >= 0.3 + 0.4, "the bytes, a handshake, and a request with its answer"
        began = time.perf_counter()
        threads = [Thread(target=fetch, args=(line.url,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert time.perf_counter() - began + 0.03 >= 0.9 + 0.4, "three at once share it"
        assert line.idle_seconds() < 5
    with Line(server) as line:
        assert fetch(line.url) < 0.3
