import os
import sys
from collections import Counter
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")  # tests compare numbers with those of the CPU

if "PYTEST_XDIST_WORKER" in os.environ:
    import torch  # imported late: the process that distributes the tests does not need it

    torch.set_num_threads(1)  # each worker has a core, and more threads would wait for each other
    os.environ["OMP_NUM_THREADS"] = "1"  # also for the servers that the tests start

settings.register_profile("regard", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("regard")


SLOW: Final = frozenset(
    {"adding", "architectures", "atlas", "benchmarks", "browser", "cli", "deploy", "fuzz", "hosted", "js", "models"}
    | {"compare", "explorer", "whatif"}
)
"""Folders that `--quick` leaves out. They start browsers, servers, Node or programs, or run many models or whole pages."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="leave out what is slow: browsers, servers, many models (make quick)")
    parser.addoption("--firefox", action="store_true", help="run the browser's tests in Firefox")
    parser.addoption("--screenshots", action="store_true", help="leave screenshots of the browser's tests in test-artefacts/")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Return True to skip the path. None leaves the decision to pytest."""
    slow = collection_path.is_dir() and collection_path.name in SLOW
    return True if slow and config.getoption("--quick") else None


@pytest.fixture(autouse=True)
def seeded() -> None:
    import torch

    torch.manual_seed(0)


def pytest_xdist_auto_num_workers() -> int:
    """Return one more than the number of cores: a browser test spends a third of its time waiting."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests if there are several workers, so that all workers end together.

    The browser's files come first, the longest one before all others. Then come files with few tests, because these
    tests are slow. The last tests take only seconds.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    tests = Counter(item.path for item in items)
    long = {item.path for item in items if item.get_closest_marker("long")}
    slow = {path: "browser" in path.parts or path in long for path in tests}
    items.sort(key=lambda item: (not slow[item.path], -tests[item.path] if slow[item.path] else tests[item.path]))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Print a failure at once: a run that is stopped never prints its summary."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        end = "\n".join(str(report.longrepr).splitlines()[-40:])
        sys.stderr.write(f"\n{report.nodeid} ({report.when}):\n{end}\n")
