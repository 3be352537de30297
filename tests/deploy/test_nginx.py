"""deploy/nginx.conf and replicas.conf in Debian's nginx: which replica serves a reader, and what is passed on.

The replicas here are small servers that repeat the request. tests/browser/test_replicas.py has real ones.
"""

from __future__ import annotations

import http.client
import json
import threading
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.serving import ROOT
from tests.deploy.proxy import COOKIE, free_ports, nginx

MB = 1024 * 1024


class Replica(ThreadingHTTPServer):
    """Answers with its port, and with the path, headers and body length of the request."""

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Echo)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class _Echo(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        remaining = length
        while remaining:
            remaining -= len(self.rfile.read(min(remaining, MB)))
        said = {"port": self.server.server_address[1], "path": self.path, "headers": dict(self.headers), "length": length}
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_GET  # noqa: N815

    def log_message(self, *arguments: Any) -> None:
        pass


class Reader:
    """A browser that keeps one cookie."""

    def __init__(self, url: str, cookie: str = "") -> None:
        self.host, self.cookie = urlsplit(url).netloc, cookie
        self.told = ""
        self.headers: list[tuple[str, str]] = []

    def ask(self, path: str = "/", method: str = "GET", body: Any = None, **headers: str) -> dict[str, Any]:
        own = {"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}
        with closing(http.client.HTTPConnection(self.host, timeout=60)) as connection:
            connection.request(method, path, body, own | headers)
            answer = connection.getresponse()
            self.headers, self.told, text = answer.getheaders(), answer.getheader("Set-Cookie", ""), answer.read()
        assert answer.status == 200, answer.status
        if self.told:
            self.cookie = self.told.partition(";")[0].removeprefix(f"{COOKIE}=")
        said: dict[str, Any] = json.loads(text)
        return said


@pytest.fixture
def replicas() -> Iterator[dict[int, Replica]]:
    started = {port: Replica(port) for port in free_ports(3)}
    yield started
    for replica in started.values():
        replica.stop()


@pytest.fixture
def proxy(replicas: dict[int, Replica], tmp_path: Path) -> Iterator[str]:
    with ExitStack() as stack:
        yield stack.enter_context(nginx(tmp_path / "nginx", list(replicas)))


def test_new_readers_are_spread_and_stay_at_their_replica(proxy: str, replicas: dict[int, Replica]) -> None:
    readers = [Reader(proxy) for _ in range(30)]
    first = [reader.ask()["port"] for reader in readers]
    assert min(Counter(first)[port] for port in replicas) >= 5
    assert [int(reader.cookie) for reader in readers] == first
    for path in ("/_stcore/stream", "/class/_stcore/upload_file/a/b", "/media/c.png"):
        assert [reader.ask(path)["port"] for reader in readers] == first
        assert not any(reader.told for reader in readers), "a cookie that holds is not sent again"


@pytest.mark.parametrize("path", ["/", "/class/_stcore/stream", "/class/_stcore/upload_file/a/b"])
def test_readers_of_a_dead_replica_stay_at_another_after_its_return(
    proxy: str, replicas: dict[int, Replica], path: str
) -> None:
    reader = Reader(proxy)
    dead = reader.ask()["port"]
    replicas[dead].stop()
    now = reader.ask(path, "PUT" if "upload" in path else "GET", b"x" * 1000)["port"]
    assert now != dead and reader.cookie == str(now)
    others = [Reader(proxy) for _ in range(20)]
    assert dead not in {other.ask()["port"] for other in others}
    replicas[dead] = Replica(dead)
    assert {reader.ask()["port"] for _ in range(20)} == {now}


def test_a_request_for_data_does_not_move_a_reader(proxy: str, replicas: dict[int, Replica]) -> None:
    """A replica may miss one request and still have the page's WebSocket, and with it the reader's session."""
    reader = Reader(proxy)
    own = reader.ask()["port"]
    replicas[own].stop()
    for path in ("/data/layer", "/class/data/renew"):
        assert reader.ask(path, "POST", b"{}")["port"] != own and not reader.told and reader.cookie == str(own)
        names = [name.lower() for name, _ in reader.headers]
        assert names.count("x-content-type-options") == 1
    assert reader.ask("/_stcore/health")["port"] != own and reader.told, "a new line leads the reader there"


def test_two_dead_replicas_leave_the_third(proxy: str, replicas: dict[int, Replica]) -> None:
    *dead, alive = replicas
    for port in dead:
        replicas[port].stop()
    for cookie in ("", *map(str, replicas)):
        reader = Reader(proxy, cookie)
        assert reader.ask()["port"] == alive and reader.cookie == str(alive)


@pytest.mark.parametrize("cookie", ["nonsense", "80", "10.0.0.1:22", "replica_8501", "newcomers"])
def test_a_forged_cookie_leads_to_no_other_address(proxy: str, replicas: dict[int, Replica], cookie: str) -> None:
    reader = Reader(proxy, cookie)
    assert reader.ask()["port"] in replicas and int(reader.cookie) in replicas


def test_the_cookie_is_hidden_from_scripts_and_goes_into_other_sites_only_over_https(proxy: str) -> None:
    reader = Reader(proxy)
    reader.ask()
    assert reader.told.endswith("; Path=/; HttpOnly; SameSite=Lax")
    reader = Reader(proxy)
    heard = reader.ask(**{"X-Forwarded-Proto": "https"})["headers"]
    assert reader.told.endswith("; Path=/; HttpOnly; SameSite=None; Secure; Partitioned")
    assert heard["X-Forwarded-Proto"] == "https"


def test_websockets_host_and_path_are_passed_on_and_headers_come_once(proxy: str) -> None:
    reader = Reader(proxy)
    heard = reader.ask("/class/_stcore/stream?a=%2F", Upgrade="websocket", Connection="Upgrade", Host="regard.example.org")
    assert heard["path"] == "/class/_stcore/stream?a=%2F"
    assert heard["headers"]["Upgrade"] == "websocket" and heard["headers"]["Connection"] == "upgrade"
    assert heard["headers"]["Host"] == "regard.example.org"
    names = [name.lower() for name, _ in reader.headers]
    assert names.count("x-content-type-options") == 1
    assert not {"referrer-policy", "content-security-policy"} & set(names), "these are the app's to say"
    assert "Upgrade" not in reader.ask()["headers"]


def test_what_nginx_says_by_itself_has_the_headers_too(proxy: str, replicas: dict[int, Replica]) -> None:
    def said(**headers: str) -> tuple[int, dict[str, str]]:
        with closing(http.client.HTTPConnection(urlsplit(proxy).netloc, timeout=60)) as connection:
            connection.request("PUT", "/upload", headers=headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}

    answers = [said(**{"Content-Length": str(500 * MB)})]
    for replica in replicas.values():
        replica.stop()
    answers.append(said(**{"Content-Length": "0"}))
    assert [status for status, _ in answers] == [413, 502]
    for _, headers in answers:
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_the_largest_upload_passes_and_is_never_on_disk(proxy: str, tmp_path: Path) -> None:
    limit = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["server"]["maxUploadSize"]
    size = limit * MB + 4096  # including the form fields around a file
    chunk = b"\0" * MB
    seen: set[str] = set()

    def body() -> Iterator[bytes]:
        for _ in range(limit):
            yield chunk
            seen.update(path.name for path in (tmp_path / "nginx").rglob("*") if path.parent.name.startswith("nginx-"))
        yield b"\0" * 4096

    assert Reader(proxy).ask("/upload", "PUT", body(), **{"Content-Length": str(size)})["length"] == size
    assert not seen
    with pytest.raises(AssertionError, match="413"):
        Reader(proxy).ask("/upload", "PUT", b"", **{"Content-Length": str((limit + 20) * MB)})
