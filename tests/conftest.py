import os

import pytest
import torch
from hypothesis import settings

if "PYTEST_XDIST_WORKER" in os.environ:
    torch.set_num_threads(1)  # each worker has a core; more threads would only wait for each other
    os.environ["OMP_NUM_THREADS"] = "1"  # of the servers that it starts, too

settings.register_profile("regard", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("regard")


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)
