"""The benchmarks themselves: each part still runs, rows are kept as they are measured, and a line is as slow as it says."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, cast

import pytest
from playwright.sync_api import Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import __main__ as runner
from benchmarks.figure import Figure
from benchmarks.line import Line
from benchmarks.results import Results
from benchmarks.traffic import Count, Traffic
from tests.browser.serving import ROOT

BODY = bytes(300_000)


@pytest.mark.long
@pytest.mark.nightly
@pytest.mark.parametrize("part", runner.PARTS)
def test_each_part_runs_in_a_short_mode(part: str, tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    command = [sys.executable, "-m", "benchmarks", "--short", "--results", str(results), part]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    rows = rows_of(results)
    assert rows and all(row["part"] == part and row["short"] and math.isfinite(row["value"]) for row in rows)


@pytest.mark.nightly
def test_a_checkout_beside_itself_runs_in_a_short_mode(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    command = [sys.executable, "-m", "benchmarks.beside", "--short", "--results", str(results), str(ROOT)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    ratios = [row for row in rows_of(results) if row["limit"] is not None]
    assert len(ratios) == 3 and all(0.1 < row["value"] < 10 for row in ratios)


def test_what_was_measured_stays_and_the_next_part_runs_after_one_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    results = Results(tmp_path / "results.jsonl", short=False, commit="0123abc+")

    def figures(part: str, short: bool) -> Iterator[Figure]:
        yield Figure(f"{part}: wait", 12.5, 20.0, "ms")
        assert [row["part"] for row in rows_of(results.path)][-1] == part, "a row is written before the next is measured"
        if part == "one":
            raise ValueError("no such button")
        yield Figure(f"{part}: runs", 3)

    monkeypatch.setattr(runner, "figures_of", figures)
    measured, failed = runner.measure(["one", "other"], results)
    assert failed == ["one"] and [figure.name for figure in measured] == ["one: wait", "other: wait", "other: runs"]
    rows = rows_of(results.path)
    assert [row.pop("at")[:2] for row in rows] == ["20"] * 3
    same = {"commit": "0123abc+", "short": False}
    assert rows == [
        same | {"part": "one", "name": "one: wait", "value": 12.5, "limit": 20.0, "unit": "ms"},
        same | {"part": "other", "name": "other: wait", "value": 12.5, "limit": 20.0, "unit": "ms"},
        same | {"part": "other", "name": "other: runs", "value": 3, "limit": None, "unit": ""},
    ]
    said = capsys.readouterr()
    assert "| one: wait | 12.5 ms | 20.0 ms |" in said.out and "no such button" in said.err


def test_a_run_ends_with_the_parts_that_failed_and_writes_a_table_only_if_it_was_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("<!-- benchmarks -->\n<!-- /benchmarks -->", "utf-8")
    monkeypatch.setattr(runner, "README", readme)
    monkeypatch.setattr(runner, "PARTS", ("one", "other"))
    broken = {"other"}

    def figures(part: str, short: bool) -> Iterator[Figure]:
        yield Figure(f"{part}: time", 2.0, 1.0 if part == "one" else 3.0)
        yield Figure(f"{part}: runs", 3)
        if part in broken:
            raise ValueError

    monkeypatch.setattr(runner, "figures_of", figures)
    given = ["--results", str(tmp_path / "results.jsonl")]
    assert runner.main(given) == 1 and "| time |" not in readme.read_text("utf-8")
    said = capsys.readouterr().out
    assert "Failed: other\n" in said and said.count("| one: time |") == 2, "what is over its limit is said once more"
    broken.clear()
    assert runner.main([*given, "other"]) == runner.main([*given, "--short"]) == 0
    assert "time" not in readme.read_text("utf-8")
    assert runner.main(given) == 1
    table = "| one: time | 2.000 | 1.000 |\n| other: time | 2.000 | 3.000 |\n"
    assert (
        readme.read_text("utf-8")
        == f"<!-- benchmarks -->\n| Figure | Measured | At most |\n|---|---|---|\n{table}<!-- /benchmarks -->"
    )


def rows_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


class Heard:
    """Calls whoever listens to a page or to a socket."""

    def __init__(self, url: str = "") -> None:
        self.url = url
        self._listeners: dict[str, Callable[[Any], None]] = {}

    def on(self, event: str, listener: Callable[[Any], None]) -> None:
        self._listeners[event] = listener

    def tell(self, event: str, given: Any) -> None:
        self._listeners[event](given)


def test_each_script_run_counts_also_one_that_takes_the_place_of_another() -> None:
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
    """Answers with BODY, also to what is posted."""

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
    """Seconds until all has come."""
    began = time.perf_counter()
    with urllib.request.urlopen(urllib.request.Request(url, sent), timeout=30) as answer:
        assert answer.read() == BODY
    return time.perf_counter() - began


def test_a_line_counts_all_that_passes_in_both_directions(server: str) -> None:
    with Line(server) as line:
        fetch(line.url)
        assert len(BODY) < line.received < len(BODY) + 300
        assert 0 < line.sent < 300
        fetch(line.url, bytes(50_000))
        assert 2 * len(BODY) < line.received < 2 * len(BODY) + 600
        assert 50_000 < line.sent < 51_000


def test_a_line_is_as_slow_and_as_far_as_asked_whichever_connection_is_used(server: str) -> None:
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
