"""Debian's nginx with deploy/nginx.conf, in front of replicas on loopback. Only addresses, ports and /tmp are replaced."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.browser.serving import ROOT
from tests.browser.waiting import PATIENCE_MS

DEPLOY: Final = ROOT / "deploy"
COOKIE: Final = "regard_replica"
OURS: Final = (8501, 8502, 8503)


def free_ports(count: int) -> list[int]:
    """Return ports on which nobody listens."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [taken.getsockname()[1] for taken in sockets]
    for taken in sockets:
        taken.close()
    return ports


def write_configuration(folder: Path, listens: int, ports: Sequence[int], access_log: Path | None = None) -> Path:
    """Write our files for these ports of loopback. access_log: path of an access log, which our files turn off."""
    folder.mkdir(exist_ok=True)
    replicas = re.sub(r"\b10\.89\.14\.\d+", "127.0.0.1", (DEPLOY / "replicas.conf").read_text("utf-8"))
    for ours, port in zip(OURS, ports, strict=True):
        replicas = replicas.replace(str(ours), str(port))
    (folder / "replicas.conf").write_text(replicas, "utf-8")
    server = (DEPLOY / "nginx.conf").read_text("utf-8").replace("/tmp/", f"{folder}/")
    if access_log is not None:
        server = server.replace("access_log off;", f"access_log {access_log};")
    (folder / "nginx.conf").write_text(server.replace("listen 8080;", f"listen 127.0.0.1:{listens};"), "utf-8")
    return folder / "nginx.conf"


def program() -> str:
    """Return nginx's path. Without nginx the test is skipped, but CI fails."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        message = "no nginx: `apt-get install nginx-light`"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


@contextmanager
def nginx(folder: Path, ports: Sequence[int], access_log: Path | None = None) -> Iterator[str]:
    """Yield the address of a running nginx. access_log: see `write_configuration`."""
    (listens,) = free_ports(1)
    words = [
        program(),
        "-p",
        str(folder),
        "-c",
        str(write_configuration(folder, listens, ports, access_log)),
        "-g",
        "daemon off;",
    ]
    process = subprocess.Popen(words)
    try:
        wait_for_port(listens, process)
        yield f"http://127.0.0.1:{listens}"
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_MS / 1000)


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process listens on the port. Raises RuntimeError if the process ends before that."""
    patience_ends = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < patience_ends:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args} has stopped")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(port)
