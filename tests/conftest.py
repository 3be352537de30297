import pytest
import torch
from hypothesis import settings

settings.register_profile("regard", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("regard")


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)
