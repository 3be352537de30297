"""A cluster of two nodes and object stores, all on loopback."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from pyarrow import fs


@pytest.fixture(scope="module")
def short_folder() -> Iterator[str]:
    """Yield a short folder: a socket's path has room for some 100 characters, and pytest's folders have long names."""
    folder = tempfile.mkdtemp(prefix="ray", dir="/tmp")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def nodes(short_folder: str) -> Iterator[Any]:
    """Yield a cluster of two nodes with one processor each. This process belongs to the first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_TMPDIR", short_folder)
        patch.setenv("RAY_health_check_period_ms", "500")
        patch.setenv("RAY_health_check_failure_threshold", "4")
        import ray
        from ray.cluster_utils import Cluster as Nodes

        nodes = Nodes(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        nodes.add_node(num_cpus=1)
        try:
            ray.init(nodes.address, log_to_driver=False, logging_level=logging.ERROR)
            yield nodes
        finally:
            ray.shutdown()
            nodes.shutdown()


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Yield the query that follows a path on S3 and leads to a bucket of a server on loopback."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        here = fs.S3FileSystem(
            access_key="key", secret_key="secret", endpoint_override=f"{host}:{port}", scheme="http",
            region="us-east-1", allow_bucket_creation=True,
        )  # fmt: skip
        here.create_dir("bucket")
        yield f"?endpoint_override={host}%3A{port}&scheme=http&region=us-east-1"
    finally:
        server.stop()


@pytest.fixture(scope="module")
def gs_port() -> Iterator[int]:
    """Yield the port of a Google store (tests/atlas/gs_server.py) with a bucket."""
    command = [sys.executable, "-m", "tests.atlas.gs_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


@pytest.fixture
def gs_bucket(gs_port: int) -> str:
    """Yield the query that follows a path on gs and leads to a bucket of that store."""
    return f"?endpoint_override=127.0.0.1%3A{gs_port}&scheme=http&retry_limit_seconds=30"
