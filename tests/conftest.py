import os
import sys

import pytest
from hypothesis import settings

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")  # numbers are compared with those of the CPU

if "PYTEST_XDIST_WORKER" in os.environ:
    import torch  # only here: the process that hands out the tests needs none

    torch.set_num_threads(1)  # each worker has a core; more threads would only wait for each other
    os.environ["OMP_NUM_THREADS"] = "1"  # of the servers that it starts, too

settings.register_profile("regard", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("regard")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--firefox", action="store_true", help="run the browser's tests in Firefox")


@pytest.fixture(autouse=True)
def seeded() -> None:
    import torch

    torch.manual_seed(0)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A run that is stopped never gets to its summary: say at once what failed."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        end = "\n".join(str(report.longrepr).splitlines()[-40:])
        sys.stderr.write(f"\n{report.nodeid} ({report.when}):\n{end}\n")
