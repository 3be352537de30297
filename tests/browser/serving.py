"""Starting the app and a browser, for the tests and the benchmarks."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Playwright

from tests.browser.waiting import PATIENCE_MS

ROOT: Final = Path(__file__).resolve().parents[2]
DESKTOP: Final = {"width": 1440, "height": 900}
PHONE: Final = {"width": 390, "height": 844}
SERVER: Final = "app.py"
QUIET: Final = "tests.browser.quiet_streamlit"
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
_WITHOUT_WINDOWS: Final = ("chromium-headless-shell", "chrome-headless-shell")
"""The same engine without windows to draw around the pages: a tenth to a sixth less of a processor for the same tests."""
_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launch(playwright: Playwright, *flags: str, windows: bool = True) -> Browser:
    """Chromium or Chrome from PATH, else Playwright's own. Raises playwright's Error where there is none.

    windows: False where one that has none will do, if it is there.
    """
    names = _NAMES if windows else (*_WITHOUT_WINDOWS, *_NAMES)
    found = next(filter(None, map(shutil.which, names)), None)
    return playwright.chromium.launch(executable_path=found, args=[*_FLAGS, *flags])


class Servers:
    """For tests. Started when first needed and stopped in between, since an idle one wakes up some twenty times a second."""

    def __init__(self) -> None:
        self._started: dict[object, tuple[str, subprocess.Popen[bytes]]] = {}
        self._all = ExitStack()

    @contextmanager
    def lend(self, script: str = SERVER, **environment: str) -> Iterator[str]:
        asked = (script, *sorted(environment.items()))
        if asked not in self._started:
            self._started[asked] = self._all.enter_context(_started(QUIET, script, environment))
        url, process = self._started[asked]
        process.send_signal(signal.SIGCONT)
        try:
            yield url
        finally:
            process.send_signal(signal.SIGSTOP)

    def close(self) -> None:
        for _, process in self._started.values():
            process.send_signal(signal.SIGCONT)
        self._all.close()


@contextmanager
def serve(script: str = SERVER, cwd: Path = ROOT, **environment: str) -> Iterator[str]:
    """`streamlit run app.py`, or another script, on a free port."""
    with running(script, cwd, **environment) as (url, _):
        yield url


@contextmanager
def running(
    script: str = SERVER,
    cwd: Path = ROOT,
    port: int = 0,
    streamlit: str = "streamlit",
    output: Path | None = None,
    within: Sequence[str] = (),
    **environment: str,
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """As `serve`, with its process. port: 0 for a free one. streamlit: the module that is the command. output: a file for what
    it writes. within: what is put before the command, as tests/limited.py has it.
    """
    with _started(streamlit, script, environment, cwd, port, output, within) as started:
        yield started


@contextmanager
def hosted(base_path: str = "", **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """`python -m ui` on a free port: where its pages begin, and its process. settings: without REGARD_, in small letters."""
    port = free_port()
    given = {f"REGARD_{name}".upper(): value for name, value in settings.items()}
    environment = given | {"REGARD_PORT": str(port), "REGARD_BASE_PATH": base_path, "STREAMLIT_SERVER_HEADLESS": "true"}
    with _run(["ui"], f"http://127.0.0.1:{port}{base_path}", environment, ROOT) as started:
        yield started


@contextmanager
def _started(
    streamlit: str,
    script: str,
    environment: dict[str, str],
    cwd: Path = ROOT,
    port: int = 0,
    output: Path | None = None,
    within: Sequence[str] = (),
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = port or free_port()
    settings = ["--server.headless=true", f"--server.port={port}", "--server.address=127.0.0.1"]
    with _run([streamlit, "run", script, *settings], f"http://127.0.0.1:{port}", environment, cwd, output, within) as started:
        yield started


@contextmanager
def _run(
    words: list[str], url: str, environment: dict[str, str], cwd: Path, output: Path | None = None, within: Sequence[str] = ()
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    command = [*within, sys.executable, "-m", *words]
    with (
        tempfile.TemporaryFile("w+") if output is None else output.open("w+") as log
    ):  # not a pipe: nobody reads it while the server runs
        process = subprocess.Popen(command, cwd=cwd, env=os.environ | environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_until_healthy(url, process)
            yield url, process
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_MS / 1000)
        log.seek(0)
        written = log.read()
    if "Traceback" in written:
        raise RuntimeError(written[-4000:])


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    patience_ends = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < patience_ends:
        if process.poll() is not None:
            raise RuntimeError("the server has stopped")
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(url)
