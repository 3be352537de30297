"""Undoes the changes that the libraries make to torch."""

from collections.abc import Iterator

import pytest
from torch import nn


@pytest.fixture(autouse=True)
def leave_torch_as_it_was() -> Iterator[None]:
    """transformers gives `nn.Module` a method of its own. Later tests of the public names would notice it."""
    yield
    if "smart_apply" in vars(nn.Module):
        del nn.Module.smart_apply
