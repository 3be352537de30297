"""deploy/Containerfile: its files exist, the copied files are enough, and its steps lead to a server that answers."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from attention_core.models.weights import cache_file
from benchmarks.visitor import VisitError, Visitor
from tests.asynchronous import run
from tests.browser.serving import ROOT
from tests.browser.waiting import PATIENCE_MS
from tests.deploy.containerfile import Container, Step, commands, read, steps
from tests.deploy.proxy import free_ports

LOCK = "deploy/requirements.lock"


def test_continued_lines_are_one_step_and_comments_are_not_steps() -> None:
    assert steps("# no\nRUN a \\\n  && b\n\nCOPY c d\n") == [Step("RUN", "a   && b"), Step("COPY", "c d")]


def test_its_copied_files_exist_and_are_tracked_by_git() -> None:
    sources = [path for step in read() if step.word == "COPY" and "--from" not in step.rest for path in step.paths[:-1]]
    assert {"app.py", "ui", "attention_core", "pages", "assets", ".streamlit", LOCK} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists(), source
        assert subprocess.run(["git", "check-ignore", "-q", source], cwd=ROOT).returncode, f"{source} is ignored"


def test_all_packages_of_pip_and_uv_are_pinned() -> None:
    installs = [command for command in commands() if " install " in command]
    assert len(installs) == 3
    assert all(f"--constraint {LOCK}" in command or "uv==" in command for command in installs)
    unchecked = [command for command in installs if "--no-verify-hashes" in command]
    assert len(unchecked) == 1 and unchecked[0].endswith(" torch torchvision") and "--no-deps" in unchecked[0]


def test_it_does_not_run_as_root_and_has_a_health_check() -> None:
    last = {step.word: step.rest for step in read()}
    user = last["USER"].partition(":")[0]
    assert user.isdecimal() and int(user) > 0, "a number, which Kubernetes can tell from root"
    container = Container(Path(), {})
    for step in read():
        if step.word in {"CMD", "HEALTHCHECK"}:
            container.take(step)
    assert container.health[0] == "python" and (ROOT / container.health[1]).is_file()
    assert container.command[:2] == ["python", "-m"] and importlib.util.find_spec(f"{container.command[2]}.__main__")


@contextmanager
def started(container: Container, python: str) -> Iterator[str]:
    """Run its command until the health check passes, and yield the server's address."""
    (port,) = free_ports(1)
    own = {"REGARD_PORT": str(port), "REGARD_ADDRESS": "127.0.0.1", "REGARD_BASE_PATH": "class"}
    environment = container.environment | own | {"STREAMLIT_SERVER_HEADLESS": "true"}
    run = {"cwd": container.at("/app"), "env": environment}
    server = subprocess.Popen([python, *container.command[1:]], **run)
    try:
        patience_ends = time.monotonic() + PATIENCE_MS / 1000
        while subprocess.run([python, *container.health[1:]], **run, stderr=subprocess.DEVNULL).returncode:
            assert server.poll() is None and time.monotonic() < patience_ends, "the server does not become healthy"
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/class"
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE_MS / 1000)


async def visit(url: str, page: str) -> None:
    visitor = Visitor(url)
    try:
        await visitor.enter(page)
    finally:
        await visitor.leave()


def test_its_copied_files_are_enough_to_start(tmp_path: Path) -> None:
    container = Container(tmp_path, dict(os.environ))
    for step in read():
        if step.word in {"WORKDIR", "COPY", "CMD", "HEALTHCHECK"}:
            container.take(step)
    with started(container, sys.executable) as url:
        run(visit(url, "multi_head"))


@pytest.mark.nightly
def test_its_steps_make_a_server_in_an_empty_folder_and_environment(tmp_path: Path) -> None:
    """The test needs no container engine: a folder stands for the root directory.

    If torch is on the machine's disk, it is taken from there.
    """
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "usr"], check=True)  # python:3.11-slim has its own
    base = {"PATH": f"{tmp_path / 'usr/bin'}:/usr/bin:/bin", "HOME": str(tmp_path)}
    passed = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_"))}
    if files := os.environ.get("PIP_FIND_LINKS"):
        passed["UV_FIND_LINKS"] = files
    container = Container(tmp_path, base | passed)
    for step in read():
        if files and "--torch-backend" in step.rest:
            step = Step("RUN", step.rest.replace("--torch-backend=$TORCH", "--no-index"))
        container.take(step)
    python = str(tmp_path / "opt/venv/bin/python")
    assert_locked(subprocess.run([python, "-m", "pip", "freeze"], capture_output=True, text=True, check=True).stdout)
    assert list((tmp_path / "weights").rglob("*.safetensors"))
    with started(container, python) as url:
        run(visit(url, "your_image"))


@pytest.mark.nightly
def test_mounted_weights_are_used_and_not_baked_in(tmp_path: Path) -> None:
    """The packages are those of the tests. The test above shows that the steps install them."""
    base = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "WEIGHTS": "mount", "HF_HUB_OFFLINE": "1"}
    container, steps = Container(tmp_path, base), read()
    last = max(number for number, step in enumerate(steps) if step.word == "FROM")
    for step in steps[last:]:
        container.take(step)
    weights = tmp_path / "weights"
    assert container.environment["REGARD_CACHE"] == str(weights) and not list(weights.iterdir()), "baked in"
    with started(container, sys.executable) as url, pytest.raises(VisitError, match="weights"):
        run(visit(url, "your_image"))
    shutil.copy(cache_file(), weights)
    with started(container, sys.executable) as url:
        run(visit(url, "your_image"))
    assert [path.name for path in weights.iterdir()] == [cache_file().name]


def assert_locked(installed: str) -> None:
    locked = {line.split(" ")[0] for line in (ROOT / LOCK).read_text("utf-8").splitlines() if "==" in line}
    pins = (line.partition("+")[0].split("==") for line in installed.splitlines())
    found = {f"{canonicalize_name(name)}=={version}" for name, version in pins}
    assert len(found) > 50 and not found - locked
