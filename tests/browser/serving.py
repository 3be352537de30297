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
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Playwright

from tests.browser.waiting import PATIENCE_MS

ROOT: Final = Path(__file__).resolve().parents[2]
DESKTOP: Final = {"width": 1440, "height": 900}
PHONE: Final = {"width": 390, "height": 844}
QUIET: Final = "tests.browser.quiet_streamlit"
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launch(playwright: Playwright, *flags: str) -> Browser:
    """Chromium or Chrome from PATH, else Playwright's own. Raises playwright's Error where there is none."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return playwright.chromium.launch(executable_path=found, args=[*_FLAGS, *flags])


class Servers:
    """For tests. Started when first needed and stopped in between, since an idle one wakes up some twenty times a second."""

    def __init__(self) -> None:
        self._started: dict[object, tuple[str, subprocess.Popen[bytes]]] = {}
        self._all = ExitStack()

    @contextmanager
    def lend(self, script: str = "app.py", **environment: str) -> Iterator[str]:
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
def serve(script: str = "app.py", cwd: Path = ROOT, **environment: str) -> Iterator[str]:
    """`streamlit run app.py`, or another script, on a free port."""
    with _started("streamlit", script, environment, cwd) as (url, _):
        yield url


@contextmanager
def _started(
    streamlit: str, script: str, environment: dict[str, str], cwd: Path = ROOT
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = ["--server.headless=true", f"--server.port={port}", "--server.address=127.0.0.1"]
    command = [sys.executable, "-m", streamlit, "run", script, *settings]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile("w+") as log:  # not a pipe: nobody reads it while the server runs
        process = subprocess.Popen(command, cwd=cwd, env=os.environ | environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_until_healthy(url, process)
            yield url, process
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_MS / 1000)
        log.seek(0)
        output = log.read()
    if "Traceback" in output:
        raise RuntimeError(output[-4000:])


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
