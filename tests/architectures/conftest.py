"""What the libraries leave behind in torch is taken away again."""

from collections.abc import Iterator

import pytest
from torch import nn


@pytest.fixture(autouse=True)
def leave_torch_as_it_was() -> Iterator[None]:
    """transformers gives `nn.Module` a method of its own, which later tests of what is public would see."""
    yield
    if "smart_apply" in vars(nn.Module):
        del nn.Module.smart_apply
